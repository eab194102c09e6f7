/// Restrictions behind `permit`, `reject` or `defer`: never reached.
@Sendable func unreachableCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { _, _, restriction -> Finding? in
    guard let reason = restriction.unreachableReason,
      !RestrictionName.endsList(restriction.name)
    else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "unreachable",
      location: restriction.origin.location,
      message: "\(restriction.target.label) stands \(reason.split(separator: " ").prefix(2).joined(separator: " ")) "
        + "and is never reached; move it up",
      fix: [.move(restriction.target, offset: -1)])
  }
}
