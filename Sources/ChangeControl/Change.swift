import PostfixConfig
import PostfixHost

/// What is wanted, as something that can be carried out on any text.
public enum Change: Hashable, Sendable {
  /// A draft.
  case edits([Edit])
  /// Takes back a change of the history: its bytes, if the files are still what it wrote, else the
  /// reverse of its difference.
  case undo(Int)
  /// A main.cf edited by other means, for example in an editor, and the text that was edited; what
  /// differs between the two is carried over to the file as it is.
  case text(original: [UInt8], edited: [UInt8])
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
    case .edits(let edits):
      for edit in edits {
        do {
          try candidate.apply(edit)
        } catch {
          throw .doesNotFit(error.message)
        }
      }
    case .undo(let number):
      candidate = try reversal(of: number, on: configuration)
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
    guard record.phase == .kept || record.phase == .waiting || record.phase == .prepared else {
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
      throw .doesNotFit(
        "the lines of change \(number) were edited since; undo the later changes first, or take "
          + "what you need from \(history.path(number))/before")
    }
    var candidate = configuration
    candidate.main = MainCF(main)
    candidate.master = MasterCF(master)
    return candidate
  }

  /// Unified diff of both files, as `diff -u` writes it.
  public func diff(from old: Configuration, to new: Configuration) -> String {
    instance.diff(from: old, to: new)
  }

  /// What can be said of edits without rights: the diff and our own checks; nothing is run or written.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` when an edit does not fit.
  public static func judge(
    _ edits: [Edit], on base: Configuration, of instance: Instance
  ) throws(ChangeError) -> Outcome {
    var candidate = base
    for edit in edits {
      do {
        try candidate.apply(edit)
      } catch {
        throw .doesNotFit(error.message)
      }
    }
    var report = PreflightReport()
    report.findings = Preflight.findings(of: candidate, base: base, on: instance)
    report.notJudged = ["Postfix itself was not asked: that needs root"]
    let diff = instance.diff(from: base, to: candidate)
    return Outcome(
      result: diff.isEmpty ? .unchanged : .planned, diff: diff, report: report, before: base,
      after: candidate)
  }
}

extension Instance {
  /// Unified diff of both files.
  func diff(from old: Configuration, to new: Configuration) -> String {
    unifiedDiff(old: old.main.bytes, new: new.main.bytes, oldLabel: mainCF, newLabel: mainCF)
      + unifiedDiff(
        old: old.master.bytes, new: new.master.bytes, oldLabel: masterCF, newLabel: masterCF)
  }
}
