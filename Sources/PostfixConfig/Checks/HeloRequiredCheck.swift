/// HELO restrictions bite only clients that send HELO; a spammer may leave it out.
@Sendable func heloRequiredCheck(_ context: CheckContext) -> [Finding] {
  guard let service = context.policy.services.first(where: { service in
    context.configuration.value(of: "smtpd_helo_required", service: service.service)?.lowercased() == "no"
      && service.lists.contains { $0.stage == .helo && $0.restrictions.contains(where: isRefusal) }
  }) else { return [] }
  return [
    Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "helo-not-required",
      location: context.location(of: "smtpd_helo_restrictions", service: service.service),
      message: "a client that sends no HELO passes by the HELO restrictions; set smtpd_helo_required = yes",
      fix: [.setParameter(name: "smtpd_helo_required", value: "yes", service: nil)])
  ]
}

private func isRefusal(_ restriction: Restriction) -> Bool {
  restriction.state == .on && restriction.name.lowercased().hasPrefix("reject")
}
