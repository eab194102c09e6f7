/// `warn_if_reject` with nothing behind it.
func checkTrials(_ context: CheckContext) -> [Finding] {
  context.policy.services.flatMap { service in
    service.lists.compactMap { list in
      guard list.endsInTrial else { return nil }
      return Finding(
        .silentlyNotEnforced, "trial-of-nothing", at: context.place(of: list),
        "warn_if_reject ends \(list.originParameter) with nothing behind it: remove it")
    }
  }
}
