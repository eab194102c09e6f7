/// Reply codes that are no refusal: smtpd answers 450 "Service unavailable" instead.
@Sendable func replyCodeCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  let services: [ServiceID?] = [nil] + configuration.master.smtpdServices
  return Catalog.parameters.flatMap { parameter -> [Finding] in
    guard case .replyCode = parameter.kind else { return [] }
    return services.compactMap { service in
      guard let source = configuration.source(of: parameter.name, service: service),
        !source.isDefault, service == nil || source.override != nil, let code = Int(source.value),
        !(400...599).contains(code), !isAcceptance(code, parameter.name)
      else { return nil }
      return Finding(
        severity: .error, findingClass: .everyoneDeferred, code: "bad-reply-code",
        location: context.location(of: parameter.name, service: service),
        message: "\(parameter.name) = \(code) is no 4xx or 5xx code, so whoever is to be refused gets "
          + "450 \"Service unavailable\" and comes back; write 450 (come back) or 554 (do not)")
    }
  }
}

/// 250 in the codes of address verification means "accept" (postconf(5)).
private func isAcceptance(_ code: Int, _ name: String) -> Bool {
  code == 250 && name.hasPrefix("unverified_")
}
