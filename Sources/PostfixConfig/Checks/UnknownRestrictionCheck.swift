/// A name that smtpd does not know: everybody who reaches it is deferred with 451 4.3.5.
@Sendable func unknownRestrictionCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { list, service, restriction -> Finding? in
    let name = restriction.name
    let classes = context.configuration.classes(for: service)
    let version = context.configuration.environment.version
    if let known = Catalog.restriction(named: name) {
      return age(known, restriction, version)
    }
    guard !classes.contains(name), !name.isEmpty else { return nil }
    let message: String
    if name.hasPrefix("#") {
      message =
        "comments cannot follow text on the same line: \"\(name)\" is taken as a restriction and everyone "
        + "gets 451 4.3.5; put the comment on a line of its own"
    } else if name.contains("/") || name.contains(":") {
      message =
        "\"\(name)\" is neither a restriction nor a type:table that may stand in \(list.stage.parameter), "
        + "so everyone gets 451 4.3.5; write check_…_access type:table"
    } else {
      let hint = Catalog.nearestRestriction(to: name).map { "; did you mean \($0)?" } ?? "; remove it"
      message = "Postfix knows no restriction \(name), so everyone gets 451 4.3.5" + hint
    }
    return Finding(
      severity: .error, findingClass: .everyoneDeferred, code: "unknown-restriction",
      location: restriction.origin.location, message: message)
  }
}

private func age(
  _ known: RestrictionInfo, _ restriction: Restriction, _ version: PostfixVersion
) -> Finding? {
  if let removed = known.removed, version >= removed {
    let instead = known.replacedBy.map { "use \($0)" } ?? "remove it"
    return Finding(
      severity: .error, findingClass: .everyoneDeferred, code: "removed-restriction",
      location: restriction.origin.location,
      message: "Postfix \(version) no longer knows \(known.name), so everyone gets 451 4.3.5; \(instead)")
  }
  if let introduced = known.introduced, version < introduced {
    return Finding(
      severity: .error, findingClass: .everyoneDeferred, code: "newer-restriction",
      location: restriction.origin.location,
      message: "\(known.name) needs Postfix \(introduced.major).\(introduced.minor), this is \(version): "
        + "everyone gets 451 4.3.5; remove it")
  }
  if let current = known.replacedBy {
    return Finding(
      severity: .hint, findingClass: .style, code: "old-spelling",
      location: restriction.origin.location,
      message: "\(known.name) is an old spelling; write \(current)")
  }
  return nil
}
