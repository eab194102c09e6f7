/// `warn_if_reject` that has nothing behind it, or a permit: it does nothing.
@Sendable func warnIfRejectCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { _, _, restriction -> Finding? in
    guard restriction.name.lowercased() == "warn_if_reject" else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "warn-of-nothing",
      location: restriction.origin.location,
      message: "warn_if_reject covers the next restriction only, and none follows; remove it",
      fix: [.remove(restriction.target)])
  }
}
