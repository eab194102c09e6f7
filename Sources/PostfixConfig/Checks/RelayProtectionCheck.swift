/// Without a working reject of foreign destinations smtpd refuses to start (smtpd_check_init).
func checkRelayProtection(_ context: CheckContext) -> [Finding] {
  context.policy.services.compactMap { service in
    let lists = service.lists.filter { $0.stage == .relay || $0.stage == .recipient }
    func protects(_ list: RestrictionList) -> Bool {
      list.restrictions.contains {
        $0.state == .on && $0.isReachable && $0.protectsFromRelay
      }
    }
    guard !lists.contains(where: protects), let relay = lists.first(where: { $0.stage == .relay })
    else { return nil }
    return Finding(
      .serverDead, "no-relay-protection", at: context.place(of: relay),
      "\(service.service) has no working reject_unauth_destination in its relay and recipient lists, so smtpd does not start: add it behind the permits",
      fix: protection(for: relay, of: service.service, context))
  }
}

/// Brings in a reject of foreign destinations, or the one that is there to where it works.
private func protection(
  for relay: RestrictionList, of service: ServiceID, _ context: CheckContext
) -> [Edit] {
  let name = "reject_unauth_destination"
  let isBehind = relay.restrictions.contains {
    $0.name.asciiLowercased == name && !$0.isReachable
  }
  if isBehind, let end = relay.restrictions.first(where: \.endsList) {
    return context.moving(name, inFrontOf: end, relay, service)
  }
  return [
    .insert(
      stage: .relay, service: service.description, name: name, argument: nil, state: .on)
  ]
}

extension Restriction {
  /// True for what refuses strangers' mail to foreign domains (postconf(5), smtpd_relay_restrictions).
  public var protectsFromRelay: Bool {
    switch name.asciiLowercased {
    case "reject_unauth_destination", "defer_unauth_destination", "reject", "defer",
      "defer_if_permit", "check_relay_domains":
      true
    default: false
    }
  }
}
