/// Tables of an unknown type, and tables that are not there or not indexed.
func checkTables(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { _, _, restriction in
    guard let table = restriction.table else { return nil }
    let name = "\(table.type):\(table.name)"
    func finding(
      _ code: String, _ message: String, _ kind: FindingClass, _ severity: Severity = .error
    ) -> Finding {
      Finding(
        severity: severity, findingClass: kind, code: code, location: restriction.origin.location,
        message: message)
    }
    let types = context.configuration.environment.tableTypes
    if !types.isEmpty, !types.contains(table.type) {
      return finding(
        "unknown-table-type",
        "this Postfix cannot open \(name): install the package for \(table.type), or use another type",
        .everyoneDeferred)
    }
    switch context.tables[table] {
    case .sourceMissing:
      return finding("missing-table", "\(name) does not exist: create it first", .everyoneDeferred)
    case .indexMissing:
      return finding(
        "missing-index", "\(name) has no index: run postmap \(name)", .everyoneDeferred)
    case .indexStale:
      return finding(
        "stale-index", "\(name) is newer than its index: run postmap \(name)", .silentlyNotEnforced,
        .warning)
    case .present, .unknown, nil: return nil
    }
  }
}
