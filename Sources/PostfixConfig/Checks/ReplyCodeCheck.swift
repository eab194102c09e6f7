/// Reply codes that turn a final refusal into a temporary one, or the reverse, or into acceptance.
func checkReplyCodes(_ context: CheckContext) -> [Finding] {
  let services: [ServiceID?] = [nil] + context.policy.services.map(\.service)
  return services.flatMap { service in
    names(context, service).compactMap { name in
      name == "soft_bounce" ? softBounce(context, service) : replyCode(name, context, service)
    }
  }
}

/// The parameters that main.cf, or the overrides of the service, set.
private func names(_ context: CheckContext, _ service: ServiceID?) -> [String] {
  guard let service else { return context.configuration.main.parameterNames }
  return context.configuration.master.entry(service)?.overrides.map(\.name) ?? []
}

private func softBounce(_ context: CheckContext, _ service: ServiceID?) -> Finding? {
  guard context.isYes("soft_bounce", in: service) else { return nil }
  return Finding(
    .silentlyNotEnforced, "soft-bounce", at: context.place(of: "soft_bounce", in: service),
    "soft_bounce = yes turns every final refusal into \"try again later\", so what is refused comes back: set it to no when you have tested",
    fix: [
      .setParameter(name: "soft_bounce", value: "no", service: service?.description)
    ])
}

private func replyCode(
  _ name: String, _ context: CheckContext, _ service: ServiceID?
) -> Finding? {
  guard case .replyCode? = Catalog.parameter(named: name)?.kind,
    let code = context.value(of: name, in: service).flatMap({ Int($0) }),
    let standard = Catalog.parameter(named: name)?.standard.flatMap({ Int($0) })
  else { return nil }
  func finding(_ kind: FindingClass, _ fault: String, _ message: String) -> Finding {
    Finding(
      kind, fault, at: context.place(of: name, in: service), "\(name) = \(code) \(message)",
      fix: [.resetParameter(name: name, service: service?.description)])
  }
  switch (standard / 100, code / 100) {
  case (_, 2):
    return finding(
      .silentlyNotEnforced, "code-accepts", "accepts what should be refused: use 450 or 550")
  case (5, 4):
    return finding(
      .style, "code-temporary",
      "asks refused senders to come back, where Postfix answers \(standard) by itself: use \(standard) unless you are testing"
    )
  case (4, 5):
    return finding(
      .style, "code-permanent",
      "refuses for good, where Postfix answers \(standard) by itself because the reason may pass: mail is lost when DNS or a table fails for a while"
    )
  default: return nil
  }
}
