import PostfixConfig

/// What is wanted, as something that can be carried out on any text.
public enum Change: Hashable, Sendable {
  /// A draft.
  case edits([Edit])
  /// Takes back a change of the history: its bytes, if the files are still what it wrote, else the
  /// reverse of its difference.
  case undo(Int)
  /// Ends the trial that a change of the history began: takes that change back, or, where others
  /// edited the same lines since, puts the restriction alone back to what it was.
  case endTrial(Int)
  /// Entries of access tables, and edits that go with them, as one change.
  case tables([TableEdit], edits: [Edit])
  /// A main.cf edited by other means, for example in an editor, and the text that was edited; what
  /// differs between the two is carried over to the file as it is.
  case text(original: [UInt8], edited: [UInt8])
}

extension Change {
  /// The change of the history that this one takes back; nil when it is none of that kind.
  var takesBack: Int? {
    switch self {
    case .undo(let number), .endTrial(let number): number
    case .edits, .tables, .text: nil
    }
  }
}

extension Change {
  /// Refuses a change whose edits would overwrite what others wrote since it was made.
  ///
  /// The other kinds carry over a difference, and find that out themselves.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` naming what was changed.
  func requireUntouched(
    from base: Configuration, to present: Configuration
  ) throws(ChangeError) {
    switch self {
    case .edits(let edits), .tables(_, let edits):
      try edits.requireUntouched(from: base, to: present)
    case .undo, .endTrial, .text: break
    }
  }
}

extension Transaction {
  /// The configuration that `change` makes of `configuration`.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` with the reason when it does not fit.
  public func candidate(
    of change: Change, on configuration: Configuration
  ) throws(ChangeError) -> Configuration {
    var candidate = configuration
    switch change {
    case .edits(let edits), .tables(_, let edits):
      for edit in edits {
        do {
          try candidate.apply(edit)
        } catch {
          throw .doesNotFit(error.message)
        }
      }
    case .undo(let number):
      candidate = try reversal(of: number, on: configuration)
    case .endTrial(let number):
      candidate = try withoutTrial(number, on: configuration)
    case .text(let original, let edited):
      guard
        let merged = threeWayMerge(
          base: original, ours: configuration.main.bytes, theirs: edited)
      else {
        throw .doesNotFit(
          "\(instance.mainCF) was changed in the same lines meanwhile; edit it anew")
      }
      candidate.main = MainCF(merged)
    }
    return candidate
  }

  private func reversal(
    of number: Int, on configuration: Configuration
  ) throws(ChangeError) -> Configuration {
    let history = try self.history()
    let record = try history.record(number)
    let inForce: Set<ChangeRecord.Phase> = [.kept, .waiting, .prepared, .alarm]
    guard inForce.contains(record.phase) else {
      throw .doesNotFit("change \(number) is not in force (\(record.phase.rawValue))")
    }
    let before = try history.files(of: number, .before)
    let after = try history.files(of: number, .after)
    guard
      let main = threeWayMerge(
        base: after.main, ours: configuration.main.bytes, theirs: before.main),
      let master = threeWayMerge(
        base: after.master, ours: configuration.master.bytes, theirs: before.master)
    else {
      // The same or the next line was edited, as by whoever added to a list of one line.
      if let reversed = record.edits.reversed(from: before, to: after, on: configuration) {
        return reversed
      }
      throw .doesNotFit(
        "the lines of change \(number) were edited since; undo the later changes first, or take "
          + "what you need from \(history.path(number))/before")
    }
    var candidate = configuration
    candidate.main = MainCF(main)
    candidate.master = MasterCF(master)
    return candidate
  }

  private func withoutTrial(
    _ number: Int, on configuration: Configuration
  ) throws(ChangeError) -> Configuration {
    guard let trial = try history().record(number).trial else {
      throw .doesNotFit("change \(number) began no trial")
    }
    guard let target = trial.present(in: configuration) else { return configuration }
    if let reversed = try? reversal(of: number, on: configuration),
      trial.present(in: reversed) == nil
    {
      return reversed
    }
    let edit: Edit = trial.stateBefore.map { .setState(target, $0) } ?? .remove(target)
    return try candidate(of: .edits([edit]), on: configuration)
  }

  /// Unified diff of the tables that a change touches.
  func tableDiff(_ outcome: Outcome) -> String {
    outcome.tablesBefore.keys.sorted().map { name in
      let path = name.drop { $0 != ":" }.dropFirst()
      return unifiedDiff(
        old: outcome.tablesBefore[name] ?? [], new: outcome.tablesAfter[name] ?? [],
        oldLabel: String(path), newLabel: String(path))
    }.joined()
  }

  /// Unified diff of both files, as `diff -u` writes it.
  public func diff(from old: Configuration, to new: Configuration) -> String {
    unifiedDiff(
      old: old.main.bytes, new: new.main.bytes, oldLabel: instance.mainCF, newLabel: instance.mainCF
    )
      + unifiedDiff(
        old: old.master.bytes, new: new.master.bytes, oldLabel: instance.masterCF,
        newLabel: instance.masterCF)
  }
}
