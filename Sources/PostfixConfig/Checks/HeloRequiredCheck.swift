/// HELO checks that a client escapes by not saying HELO.
func checkHeloRequired(_ context: CheckContext) -> [Finding] {
  let name = "smtpd_helo_required"
  return context.policy.services.compactMap { service in
    guard !context.isYes(name, in: service.service),
      let list = service.lists.first(where: { $0.stage == .helo }),
      list.restrictions.contains(where: { $0.state == .on && $0.name.hasPrefix("reject") })
    else { return nil }
    let owner = context.owner(of: name, in: service.service)
    return Finding(
      .silentlyNotEnforced, "helo-not-required", at: context.place(of: list),
      "a client that says no HELO escapes \(list.originParameter): set smtpd_helo_required = yes",
      fix: [.setParameter(name: name, value: "yes", service: owner)])
  }
}
