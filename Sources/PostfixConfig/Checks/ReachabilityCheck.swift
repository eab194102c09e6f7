/// Restrictions behind an unconditional permit or reject.
func checkReachability(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    let restriction = active.restriction
    guard let reason = restriction.unreachableReason else { return nil }
    return Finding(
      .silentlyNotEnforced, "unreachable", at: restriction,
      "\(restriction.name) is never used, it stands \(reason): move it up or remove it",
      fix: context.removal(of: restriction))
  }
}
