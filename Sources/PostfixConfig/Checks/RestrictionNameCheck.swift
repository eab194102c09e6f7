/// Names that smtpd does not know: 451 for everyone who reaches them.
func checkRestrictionNames(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    let restriction = active.restriction
    let name = restriction.name
    guard restriction.isReachable else { return nil }
    if name.hasPrefix("#") {
      return Finding(
        .everyoneDeferred, "inline-comment", at: restriction,
        "\"\(name)\" is read as a restriction, since a comment needs a line of its own: move it",
        fix: [])
    }
    switch context.grammar.shape(of: name) {
    case .classReference: return nil
    case .bareTable: return bareTable(active)
    case .builtIn: return oldOrNew(active, context)
    case .reference, .unknown: return unknown(active, context)
    }
  }
}

private func bareTable(_ active: CheckContext.ActiveRestriction) -> Finding? {
  guard active.list.stage.impliedTableCheck == nil else { return nil }
  return Finding(
    .everyoneDeferred, "bare-table", at: active.restriction,
    "a table alone means nothing in a data list, and defers everyone: put check_client_access or another check_*_access in front of \(active.restriction.name)"
  )
}

/// A built-in name that the installed release does not know, or an old spelling.
private func oldOrNew(
  _ active: CheckContext.ActiveRestriction, _ context: CheckContext
) -> Finding? {
  let restriction = active.restriction
  let version = context.configuration.environment.version
  guard let info = Catalog.restriction(named: restriction.name) else { return nil }
  let fix = info.replacedBy.map { context.renaming(restriction, to: $0) }
  if !info.isKnown(to: version) {
    let reason =
      info.removed.map { $0 <= version ? "was removed in Postfix \($0.major).\($0.minor)" : "" }
      ?? info.introduced.map { "needs Postfix \($0.major).\($0.minor) or later" } ?? ""
    let remedy = info.replacedBy.map { "use \($0)" } ?? "remove it"
    return Finding(
      .everyoneDeferred, "unknown-to-version", at: restriction,
      "\(restriction.name) \(reason), and \(version), which is installed, defers everyone who reaches it: \(remedy)",
      fix: fix.flatMap { $0.isEmpty ? nil : $0 } ?? context.removal(of: restriction))
  }
  guard let current = info.replacedBy else { return nil }
  return Finding(
    .style, "old-name", at: restriction, "\(restriction.name) is an old name: use \(current)",
    fix: fix ?? [])
}

private func unknown(
  _ active: CheckContext.ActiveRestriction, _ context: CheckContext
) -> Finding {
  let restriction = active.restriction
  let nearest = Catalog.nearestRestriction(to: restriction.name)
  let remedy = nearest.map { "did you mean \($0)?" } ?? "remove it or define it as a class"
  let fix = nearest.map { context.renaming(restriction, to: $0) } ?? []
  return Finding(
    .everyoneDeferred, "unknown-restriction", at: restriction,
    "smtpd does not know \(restriction.name) and defers everyone who reaches it: \(remedy)",
    fix: fix.isEmpty ? context.removal(of: restriction) : fix)
}
