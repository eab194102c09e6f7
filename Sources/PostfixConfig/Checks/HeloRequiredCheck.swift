/// HELO checks that a client escapes by not saying HELO.
func checkHeloRequired(_ context: CheckContext) -> [Finding] {
  context.policy.services.compactMap { service in
    guard
      context.configuration.value(of: "smtpd_helo_required", service: service.service)?
        .asciiLowercased != "yes",
      let list = service.lists.first(where: { $0.stage == .helo }),
      list.restrictions.contains(where: { $0.state == .on && $0.name.hasPrefix("reject") })
    else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "helo-not-required",
      location: context.place(of: list),
      message:
        "a client that says no HELO escapes \(list.originParameter): set smtpd_helo_required = yes",
      fix: [.setParameter(name: "smtpd_helo_required", value: "yes", service: nil)])
  }
}
