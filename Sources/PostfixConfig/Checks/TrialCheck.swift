/// `warn_if_reject` with nothing behind it.
func checkTrials(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  var findings: [Finding] = []
  for stage in Stage.allCases {
    for service in context.policy.services {
      guard let value = configuration.value(of: stage.parameter, service: service.service),
        listWords(value).last?.asciiLowercased == "warn_if_reject",
        let list = service.lists.first(where: { $0.stage == stage })
      else { continue }
      findings.append(
        Finding(
          severity: .warning, findingClass: .silentlyNotEnforced, code: "trial-of-nothing",
          location: context.place(of: list),
          message: "warn_if_reject ends \(list.originParameter) with nothing behind it: remove it"))
    }
  }
  return findings
}
