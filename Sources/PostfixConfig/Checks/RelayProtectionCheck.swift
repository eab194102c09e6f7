/// Without a working reject of foreign destinations smtpd refuses to start (smtpd_check_init).
func checkRelayProtection(_ context: CheckContext) -> [Finding] {
  let protections: Set<String> = [
    "reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "defer_if_permit",
    "check_relay_domains",
  ]
  return context.policy.services.compactMap { service in
    let lists = service.lists.filter { $0.stage == .relay || $0.stage == .recipient }
    func protects(_ list: RestrictionList) -> Bool {
      list.restrictions.contains {
        $0.state == .on && $0.isReachable && protections.contains($0.name.asciiLowercased)
      }
    }
    guard !lists.contains(where: protects), let relay = lists.first(where: { $0.stage == .relay })
    else { return nil }
    return Finding(
      severity: .error, findingClass: .serverDead, code: "no-relay-protection",
      location: context.place(of: relay),
      message:
        "\(service.service) has no working reject_unauth_destination in its relay and recipient lists, so smtpd does not start: add it behind the permits",
      fix: [
        .insert(
          stage: .relay, service: service.service.description, name: "reject_unauth_destination",
          argument: nil, state: .on)
      ])
  }
}
