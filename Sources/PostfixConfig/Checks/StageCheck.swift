/// With `smtpd_delay_reject = no` a check that needs later information is skipped in silence.
func checkStages(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { list, service, restriction in
    guard
      context.configuration.value(of: "smtpd_delay_reject", service: service)?.asciiLowercased
        == "no",
      let stages = Catalog.restriction(named: restriction.name)?.stages, !stages.isEmpty,
      let own = Stage.allCases.firstIndex(of: list.stage),
      let earliest = stages.compactMap({ Stage.allCases.firstIndex(of: $0) }).min(), own < earliest
    else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "wrong-stage",
      location: restriction.origin.location,
      message:
        "\(restriction.name) cannot work in \(list.originParameter) with smtpd_delay_reject = no: move it to \(Stage.allCases[earliest].parameter)"
    )
  }
}
