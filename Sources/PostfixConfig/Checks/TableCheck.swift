extension Configuration {
  /// Every `type:table` that the lists name, `$` expanded.
  public func tableReferences() -> [TableReference] {
    var references: [TableReference] = []
    for service in policy().services {
      for restriction in service.lists.flatMap(\.restrictions) where restriction.state != .off {
        guard let table = restriction.table, !references.contains(table) else { continue }
        references.append(table)
      }
    }
    return references
  }
}

extension Restriction {
  /// The table that its argument names, `proxy:` taken away.
  var table: TableReference? {
    guard Catalog.restriction(named: name)?.argument?.hasPrefix("type:table") == true,
      let argument, !argument.hasPrefix("{")
    else { return nil }
    let plain = argument.hasPrefix("proxy:") ? String(argument.dropFirst(6)) : argument
    guard let colon = plain.firstIndex(of: ":") else { return nil }
    return TableReference(
      type: String(plain[..<colon]), name: String(plain[plain.index(after: colon)...]))
  }
}

/// A table of a type that this Postfix cannot open, or whose file or index is missing.
@Sendable func tableCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { _, _, restriction -> Finding? in
    guard let table = restriction.table else { return nil }
    let types = context.configuration.environment.tableTypes
    if !types.isEmpty, !types.contains(table.type) {
      return finding(
        restriction, "unknown-table-type", .everyoneDeferred,
        "this Postfix cannot open tables of type \(table.type), so everyone gets 451 4.3.5; "
          + "install the package for it or use another type (postconf -m)")
    }
    let file = "\(table.type):\(table.name)"
    switch context.tables[table] ?? .unknown {
    case .sourceMissing:
      return finding(
        restriction, "missing-table", .everyoneDeferred,
        "there is no file for \(file), so everyone gets 451 4.3.5; create \(table.name) first")
    case .indexMissing:
      return finding(
        restriction, "missing-index", .everyoneDeferred,
        "\(file) has no index, so everyone gets 451 4.3.5; run: postmap \(file)")
    case .indexStale:
      return finding(
        restriction, "stale-index", .silentlyNotEnforced,
        "\(table.name) is newer than its index, so its changes do not count; run: postmap \(file)")
    case .present, .unknown: return nil
    }
  }
}

private func finding(
  _ restriction: Restriction, _ code: String, _ findingClass: FindingClass, _ message: String
) -> Finding {
  Finding(
    severity: findingClass.blocks ? .error : .warning, findingClass: findingClass, code: code,
    location: restriction.origin.location, message: message)
}
