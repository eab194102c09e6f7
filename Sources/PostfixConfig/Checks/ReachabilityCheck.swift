/// Restrictions behind an unconditional permit or reject.
func checkReachability(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { _, _, restriction in
    guard let reason = restriction.unreachableReason else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "unreachable",
      location: restriction.origin.location,
      message: "\(restriction.name) is never used, it stands \(reason): move it up or remove it",
      fix: [.remove(restriction.target)])
  }
}
