/// With `smtpd_delay_reject = no` a test whose subject is not known yet is silently skipped.
@Sendable func delayRejectCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { list, service, restriction -> Finding? in
    guard context.configuration.value(of: "smtpd_delay_reject", service: service)?.lowercased() == "no",
      let known = Catalog.restriction(named: restriction.name), let natural = known.stages.first,
      let place = Stage.allCases.firstIndex(of: list.stage),
      let needed = Stage.allCases.firstIndex(of: natural), place < needed, place < 3
    else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "too-early",
      location: restriction.origin.location,
      message: "\(known.name) in \(list.stage.parameter) is skipped, because with smtpd_delay_reject = no "
        + "its subject is not known yet; move it to \(natural.parameter)")
  }
}
