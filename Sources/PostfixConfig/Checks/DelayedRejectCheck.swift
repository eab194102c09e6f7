/// What `smtpd_delay_reject = no` costs (SMTPD_ACCESS_README, "Delayed evaluation").
func checkDelayedReject(_ context: CheckContext) -> [Finding] {
  let name = "smtpd_delay_reject"
  return context.policy.services.compactMap { service in
    guard context.value(of: name, in: service.service)?.asciiLowercased == "no",
      let list = service.lists.first(where: { $0.stage == .helo }),
      list.restrictions.contains(where: { $0.state == .on && $0.name.hasPrefix("reject") })
    else { return nil }
    let fix = Edit.setParameter(
      name: name, value: "yes", service: context.owner(of: name, in: service.service))
    return Finding(
      .silentlyNotEnforced, "early-reject", at: context.place(of: name, in: service.service),
      "with smtpd_delay_reject = no a client that is refused at HELO may go on without one and so escape \(list.originParameter), and the log names no recipient: set it to yes",
      fix: [fix])
  }
}
