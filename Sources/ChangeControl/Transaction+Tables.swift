import HostSystem
import PostfixConfig
import PostfixHost

extension Transaction {
  /// The tables that a change touches, as they are now.
  ///
  /// - Throws: ``ChangeError`` for a table that cannot be edited, trusted or read.
  func presentTables(of change: Change) throws(ChangeError) -> [String: [UInt8]] {
    var names: [String] = []
    switch change {
    case .tables(let edits, _): names = edits.map(\.table)
    case .undo(let number), .endTrial(let number): names = try history().record(number).tables ?? []
    case .edits, .text: break
    }
    return try presentTables(names)
  }

  /// Both files and these tables as they are now; Postfix is not asked.
  func presentFiles(_ names: some Sequence<String>) throws(ChangeError) -> FilePair {
    do {
      return FilePair(
        main: try instance.contents(of: .main).bytes,
        master: try instance.contents(of: .master).bytes, tables: try presentTables(names))
    } catch let error as InstanceError {
      throw .instance(error)
    } catch let error as ChangeError {
      throw error
    } catch {
      throw .system("\(error)")
    }
  }

  func presentTables(_ names: some Sequence<String>) throws(ChangeError) -> [String: [UInt8]] {
    var tables: [String: [UInt8]] = [:]
    for name in names {
      let table = try TableFile(name)
      tables[table.name] = try table.contents()
    }
    return tables
  }

  /// What a change makes of its tables.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` when their lines were edited since.
  func candidateTables(
    of change: Change, on present: [String: [UInt8]]
  ) throws(ChangeError) -> [String: [UInt8]] {
    var tables = present
    switch change {
    case .tables(let edits, _):
      for edit in edits {
        let name = try TableFile(edit.table).name
        tables[name] = try edit.applied(to: tables[name] ?? [])
      }
    case .undo(let number), .endTrial(let number):
      let before = try history().files(of: number, .before).tables
      let after = try history().files(of: number, .after).tables
      for (name, bytes) in present {
        guard
          let merged = threeWayMerge(
            base: after[name] ?? [], ours: bytes, theirs: before[name] ?? [])
        else {
          throw .doesNotFit(
            "the entries that change \(number) wrote to \(name) were edited since; mend them there")
        }
        tables[name] = merged
      }
    case .edits, .text: break
    }
    return tables
  }

  /// Copies of tables with their indexes.
  func stage(
    _ tables: [String: [UInt8]], _ layout: InstanceLayout
  ) throws(ChangeError) -> TableStage {
    let staging: String
    do {
      staging = try requireState().stagingDirectory()
    } catch {
      throw .system("\(error)")
    }
    return try TableStage(tables, of: instance, layout: layout, below: staging, log: commands)
  }

  /// Builds the indexes of tables anew from their sources: whoever was interrupted between the two
  /// left an index that says something else.
  func rebuildIndexes(_ tables: [String: [UInt8]]) throws(ChangeError) {
    guard !tables.isEmpty else { return }
    let staged = try stage(tables, try layout())
    let locked = try LockedPair(instance, tables: Array(tables.keys))
    defer { locked.release() }
    try locked.write(locked.bytes, instance: instance, indexes: staged, rebuilding: true)
  }

  /// Refuses an exception that would do more than let a client in: one that is asked before relay
  /// protection would let it relay.
  ///
  /// A list that refuses before it asks the table is enough, since every list has to pass
  /// (SMTPD_RELAY_README); not one that permits others than own users before it does. Classes that only a table's answer names are not looked into.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` naming the list.
  func requireHarmless(_ edits: [TableEdit], in configuration: Configuration) throws(ChangeError) {
    let policy = configuration.policy()
    for edit in edits where edit.value != nil && edit.value?.lowercased() != "dunno" {
      let table = try TableFile(edit.table)
      for service in policy.services {
        let lists = service.lists.filter { $0.stage == .recipient || $0.stage == .relay }
        let passages = lists.map { table.passage(through: $0) }
        guard !passages.contains(.closed), let open = passages.firstIndex(of: .opened) else {
          continue
        }
        throw .doesNotFit(
          "\(table.name) is asked in \(lists[open].originParameter) of \(service.service) before what "
            + "protects from relaying: \(edit.key) could relay through this server; move that check "
            + "behind reject_unauth_destination first, or use another table")
      }
    }
  }
}

/// What a list does to a stranger's relaying for whom a table says OK.
private enum Passage { case closed, opened, untouched }

/// What permits those only who may relay anyway, and mail that is not relayed.
private let permittingNoStranger: Set<String> = [
  "permit_mynetworks", "permit_sasl_authenticated", "permit_tls_clientcerts",
  "permit_tls_all_clientcerts", "permit_auth_destination", "sleep",
]

extension TableFile {
  fileprivate func passage(through list: RestrictionList) -> Passage {
    var permitsStrangers = false
    for restriction in list.restrictions where restriction.state != .off && restriction.isReachable
    {
      if isNamed(by: restriction) { return .opened }
      if restriction.state == .on, restriction.protectsFromRelay {
        // Whom an earlier one lets in, the list keeps from nothing.
        return permitsStrangers ? .untouched : .closed
      }
      let name = restriction.name.lowercased()
      let refusesOnly = name.hasPrefix("reject") || name.hasPrefix("defer")
      if !refusesOnly, !permittingNoStranger.contains(name) { permitsStrangers = true }
    }
    return .untouched
  }

  /// True when a restriction looks something up in this table, however it spells the path, by whatever
  /// type, and also as a part of a `unionmap:` or `pipemap:`.
  private func isNamed(by restriction: Restriction) -> Bool {
    guard restriction.name.lowercased().hasPrefix("check_"), let argument = restriction.argument
    else { return false }
    let own = try? FileStatus(of: path)
    let parts = argument.split { "{},;".contains($0) || $0.isWhitespace }
    return parts.contains { part in
      guard let start = part.firstRange(of: ":/")?.upperBound else { return false }
      let other = "/" + part[start...]
      guard other != path else { return true }
      guard let own, let status = try? FileStatus(of: other) else { return false }
      return status.isSameFile(as: own)
    }
  }
}
