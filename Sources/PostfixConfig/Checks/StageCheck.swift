/// Checks in a list that smtpd runs before, or instead of, the moment at which they can judge.
func checkStages(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    let restriction = active.restriction
    guard restriction.isReachable,
      let stages = Catalog.restriction(named: restriction.name)?.stages, let natural = stages.first,
      let own = Stage.allCases.firstIndex(of: active.list.stage)
    else { return nil }
    let isDelayed =
      context.value(of: "smtpd_delay_reject", in: active.service)?.asciiLowercased != "no"
    let list = active.list.originParameter
    if stages.contains(active.list.stage) {
      let isLate = [.data, .endOfData].contains(active.list.stage)
      guard isLate, natural == .recipient || natural == .relay,
        restriction.name.asciiLowercased != "permit_auth_destination"
      else { return nil }
      return Finding(
        .silentlyNotEnforced, "wrong-stage", at: restriction,
        "\(restriction.name) in \(list) is skipped for every message with more than one recipient: move it to \(natural.parameter)"
      )
    }
    let earliest = stages.compactMap { Stage.allCases.firstIndex(of: $0) }.min() ?? 0
    guard isDelayed, natural != .etrn, active.list.stage != .etrn, own < earliest else {
      let reason =
        isDelayed || active.list.stage == .etrn || natural == .etrn
        ? "" : " with smtpd_delay_reject = no"
      return Finding(
        .silentlyNotEnforced, "wrong-stage", at: restriction,
        "\(restriction.name) cannot work in \(list)\(reason) and is skipped: move it to \(natural.parameter)"
      )
    }
    return Finding(
      .style, "early-stage", at: restriction,
      "\(restriction.name) works in \(list) only while smtpd_delay_reject = yes: it belongs in \(natural.parameter)"
    )
  }
}
