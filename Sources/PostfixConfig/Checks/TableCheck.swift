/// Tables of access checks that are of an unknown type, not there, or not indexed.
func checkTables(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    guard active.restriction.isReachable, let table = active.restriction.table,
      let fault = TableFault(table, context)
    else { return nil }
    return Finding(
      fault.findingClass, fault.code, at: active.restriction, fault.message)
  }
}

/// Why a table cannot be used.
struct TableFault {
  var code: String
  var message: String
  var findingClass: FindingClass

  /// Nil when the table can be used, or when nobody looked.
  init?(_ table: TableReference, _ context: CheckContext) {
    let name = "\(table.type):\(table.name)"
    let types = context.configuration.environment.tableTypes
    findingClass = .everyoneDeferred
    if !types.isEmpty, !types.contains(table.type) {
      code = "unknown-table-type"
      message =
        "this Postfix cannot open \(name), so everyone is deferred: install the package for \(table.type), or use another type"
      return
    }
    switch context.tables[table] {
    case .sourceMissing:
      code = "missing-table"
      message = "\(name) does not exist, so everyone is deferred: create it first"
    case .indexMissing:
      code = "missing-index"
      message = "\(name) has no index, so everyone is deferred: run postmap \(name)"
    case .indexStale:
      code = "stale-index"
      message = "\(name) is newer than its index, whose old content counts: run postmap \(name)"
      findingClass = .silentlyNotEnforced
    case .present, .unknown, nil: return nil
    }
  }
}
