/// Tests of names and networks that come before the permits for own networks and signed-in users.
///
/// Office printers and mail programs rarely have a proper HELO name or reverse name.
@Sendable func ownUsersCheck(_ context: CheckContext) -> [Finding] {
  var findings: [Finding] = []
  for service in context.policy.services {
    for list in service.lists where [.client, .helo, .sender, .recipient].contains(list.stage) {
      for restriction in list.restrictions where restriction.state == .on && restriction.isReachable {
        let name = restriction.name.lowercased()
        if name == "permit_mynetworks" || name == "permit_sasl_authenticated" { break }
        guard hurts(name), !findings.contains(where: { $0.location == restriction.origin.location }) else {
          continue
        }
        findings.append(
          Finding(
            severity: .warning, findingClass: .hurtsOwnUsers, code: "own-users-refused",
            location: restriction.origin.location,
            message: "\(name) in \(list.stage.parameter) is tested before permit_mynetworks and "
              + "permit_sasl_authenticated, so it refuses own machines and signed-in users too; move it behind them"))
      }
    }
  }
  return findings
}

private func hurts(_ name: String) -> Bool {
  [
    "reject_unknown_client_hostname", "reject_unknown_reverse_client_hostname",
    "reject_non_fqdn_helo_hostname", "reject_unknown_helo_hostname", "reject_invalid_helo_hostname",
    "reject_rbl_client", "reject_unknown_client", "reject_non_fqdn_hostname",
    "reject_unknown_hostname", "reject_invalid_hostname", "reject",
  ].contains(name)
}
