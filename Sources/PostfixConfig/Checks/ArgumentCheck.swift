/// Arguments that are missing or not what the restriction takes.
func checkArguments(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { _, _, restriction in
    guard let wanted = Catalog.restriction(named: restriction.name)?.argument else { return nil }
    let needsTable = wanted.hasPrefix("type:table")
    let isDNSList = wanted.hasPrefix("domain")
    func finding(_ code: String, _ message: String, _ kind: FindingClass) -> Finding {
      Finding(
        severity: .error, findingClass: kind, code: code, location: restriction.origin.location,
        message: message)
    }
    let argument = restriction.argument
    let takesRestriction =
      argument.map { Catalog.restriction(named: $0) != nil && !$0.contains(":") } ?? false
    if argument == nil || takesRestriction {
      return finding(
        "missing-argument", "\(restriction.name) needs \(wanted) behind it: add it",
        isDNSList ? .silentlyNotEnforced : .everyoneDeferred)
    }
    guard let argument else { return nil }
    if needsTable, !argument.hasPrefix("{"), TableReference(text: argument) == nil {
      return finding(
        "map-without-type",
        "\(argument) behind \(restriction.name) has no type, so everyone is deferred: write hash:\(argument) or another type",
        .everyoneDeferred)
    }
    if restriction.name.asciiLowercased == "sleep", !argument.utf8.allSatisfy(\.isDigit) {
      return finding("bad-argument", "sleep takes seconds in digits only", .everyoneDeferred)
    }
    return nil
  }
}
