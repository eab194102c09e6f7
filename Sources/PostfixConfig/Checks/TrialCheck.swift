/// `warn_if_reject` with nothing behind it.
func checkTrials(_ context: CheckContext) -> [Finding] {
  context.policy.services.flatMap { service in
    service.lists.compactMap { list in
      guard let value = context.value(of: list.stage.parameter, in: service.service),
        listWords(value).last?.asciiLowercased == "warn_if_reject"
      else { return nil }
      return Finding(
        .silentlyNotEnforced, "trial-of-nothing", at: context.place(of: list),
        "warn_if_reject ends \(list.originParameter) with nothing behind it: remove it")
    }
  }
}
