/// Lists that may refuse own networks and signed-in users: no permit before the first strict check.
func checkOwnUsers(_ context: CheckContext) -> [Finding] {
  let permits: Set<String> = [
    "permit_mynetworks", "permit_sasl_authenticated", "permit_inet_interfaces", "permit",
  ]
  return context.policy.services.flatMap { service in
    service.lists.compactMap { list -> Finding? in
      guard [.client, .helo, .sender, .recipient].contains(list.stage) else { return nil }
      let first = list.restrictions.first { restriction in
        restriction.state != .off && permits.contains(restriction.name.asciiLowercased)
          || restriction.mayRefuseOwnUsers
      }
      guard let first, first.mayRefuseOwnUsers else { return nil }
      return Finding(
        severity: .warning, findingClass: .hurtsOwnUsers, code: "own-users-rejected",
        location: first.origin.location,
        message:
          "\(first.name) in \(list.originParameter) comes before permit_mynetworks and permit_sasl_authenticated, so own users may be refused: put the permits first"
      )
    }
  }
}

extension Restriction {
  fileprivate var mayRefuseOwnUsers: Bool {
    guard state == .on else { return false }
    let lower = name.asciiLowercased
    if lower == "reject" || lower == "defer" { return true }
    let risk = Catalog.restriction(named: name)?.risk
    return lower.hasPrefix("reject_") && (risk == .high || risk == .medium)
  }
}
