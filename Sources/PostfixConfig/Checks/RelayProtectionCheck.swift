/// smtpd refuses to start without a working relay protection in the relay or the recipient list.
///
/// Source: smtpd(8), `fatal: in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions,
/// specify at least one working instance of …`. Behind `permit` or `warn_if_reject` none works.
@Sendable func relayProtectionCheck(_ context: CheckContext) -> [Finding] {
  context.policy.services.compactMap { service in
    let lists = service.lists.filter { $0.stage == .relay || $0.stage == .recipient }
    let isProtected = lists.flatMap(\.restrictions).contains { restriction in
      restriction.state == .on && restriction.isReachable
        && RestrictionName.relayProtection.contains(restriction.name.lowercased())
    }
    guard !isProtected else { return nil }
    let place = lists.first { !$0.isDefault } ?? lists.first
    return Finding(
      severity: .error, findingClass: .serverDead, code: "no-relay-protection",
      location: context.location(
        of: place?.originParameter ?? "smtpd_relay_restrictions", service: service.service),
      message: "\(service.service) has no working relay protection, so smtpd does not start; put "
        + "reject_unauth_destination (or defer_unauth_destination) into smtpd_relay_restrictions or "
        + "smtpd_recipient_restrictions, not behind permit or warn_if_reject")
  }
}
