import HostSystem
import PostfixConfig
import PostfixHost

/// Makes changes to one instance: judged, recorded, written whole, reloaded, looked at, put back
/// when Postfix does not work with them.
///
/// The order of work is that of the README's "Changing Postfix safely". Every method blocks;
/// call them off the screen's thread.
public struct Transaction: Sendable {
  /// The instance that is changed.
  public let instance: Instance
  /// Where history and staging lie; nil for users who may not use it: they can only review.
  public let state: StateDirectory?
  /// Where the commands that run are kept.
  public let commands: CommandLog
  /// The log to watch after a reload; nil for the one that the instance names.
  public var logFile: String?
  /// Makes the verdict of a trial that has ended, as the text of a file `verdict.json`; nil for none.
  public var makeVerdict: (@Sendable (EndedTrial) throws -> [UInt8])?
  /// The program whose `guard-run` watches confirm windows; nil for the running one.
  public var guardExecutable: String?

  /// Prepares changes of one instance; nothing is read or written yet.
  public init(
    instance: Instance, state: StateDirectory?, commands: CommandLog, logFile: String? = nil
  ) {
    self.instance = instance
    self.state = state
    self.commands = commands
    self.logFile = logFile
  }

  /// The history of this instance.
  ///
  /// - Throws: ``ChangeError`` when the state directory cannot be used.
  public func history() throws(ChangeError) -> History {
    try History(of: instance, in: requireState())
  }

  func requireState() throws(ChangeError) -> StateDirectory {
    guard let state else {
      throw .system("history and changes need the state directory, and that needs root; use sudo")
    }
    return state
  }

  /// Judges a change without touching anything: for the Review screen.
  ///
  /// - Parameter base: what the draft was made from; nil for the files as they are now.
  /// - Throws: ``ChangeError`` when the change does not fit or the instance cannot be asked.
  public func review(
    _ change: Change, base: ConfigurationSnapshot? = nil
  ) throws(ChangeError) -> Outcome {
    let start = monotonicSeconds()
    var outcome = try judged(change, on: try present(base), layout: try layout(for: change))
    outcome.seconds = monotonicSeconds() - start
    return outcome
  }

  /// Makes a change.
  ///
  /// - Parameter base: what the draft was made from; when the files are others now, the change is
  ///   carried out on the new text and judged again.
  /// - Returns: what became of it; `unchanged` when everything was so already.
  /// - Throws: ``ChangeError``; nothing was written except as its cases say.
  public func apply(
    _ change: Change, base: ConfigurationSnapshot? = nil, options: ChangeOptions = ChangeOptions()
  ) throws(ChangeError) -> Outcome {
    let start = monotonicSeconds()
    var outcome: Outcome
    if options.isDryRun {
      outcome = try review(change, base: base)
    } else {
      try requireTrusted()
      let turn = try Turn(instance: instance, state: requireState())
      defer { turn.end() }
      try recoverInTurn()
      try requireNoOtherWindow(than: change, options)
      outcome = try make(change, base: base, options: options)
    }
    outcome.seconds = monotonicSeconds() - start
    return outcome
  }

  /// Judges, locks, and judges again if the files are not those that were judged.
  func make(
    _ change: Change, base: ConfigurationSnapshot?, options: ChangeOptions
  ) throws(ChangeError) -> Outcome {
    let layout = try layout(for: change)
    do {
      try requireTrust(layout.daemonDirectory)
      try requireTrust(layout.commandDirectory)
    } catch {
      throw .system("\(error)")
    }
    let base = try present(base)
    var present = base
    for round in 1...3 {
      var outcome = try judged(change, on: present, layout: layout)
      guard outcome.result != .unchanged else { return outcome }
      try requireLeave(outcome, options)
      let locked = try LockedPair(instance, tables: outcome.tablesBefore.keys)
      defer { locked.release() }
      if locked.bytes != outcome.filesBefore {
        present = try snapshot(of: locked.bytes)
        try change.requireUntouched(from: base, to: present)
        // Whoever keeps editing must not keep us out: the last round is judged under the lock.
        guard round == 3 else { continue }
        outcome = try judged(change, on: present, layout: layout)
        guard outcome.result != .unchanged else { return outcome }
        try requireLeave(outcome, options)
      }
      return try write(outcome, change, locked, layout: layout, options: options)
    }
    throw .busy("the configuration keeps changing; try again")
  }

  /// The candidate, its diff and the verdict on it.
  private func judged(
    _ change: Change, on present: Configuration, layout: InstanceLayout
  ) throws(ChangeError) -> Outcome {
    let candidate = try candidate(of: change, on: present)
    var outcome = Outcome(
      result: .unchanged, diff: "", report: PreflightReport(), before: present, after: candidate)
    outcome.tablesBefore = try presentTables(of: change)
    outcome.tablesAfter = try candidateTables(of: change, on: outcome.tablesBefore)
    guard outcome.filesAfter != outcome.filesBefore else { return outcome }
    if case .tables(let edits, _) = change { try requireHarmless(edits, in: candidate) }
    outcome.result = .planned
    outcome.diff = diff(from: present, to: candidate) + tableDiff(outcome)
    outcome.report = try preflight(candidate, present, layout, tables: outcome.tablesAfter)
    if try !endsByItself(change) {
      outcome.report.foreignOwner = ForeignOwner.of(present.main)?.warning
      outcome.report.otherNames = outcome.otherNamesWarning(on: instance)
    }
    return outcome
  }

  /// True for what was agreed to with the change that it takes back: the end of a trial, and the way
  /// back from what was never confirmed.
  private func endsByItself(_ change: Change) throws(ChangeError) -> Bool {
    switch change {
    case .endTrial: true
    case .undo(let number): try history().record(number).phase != .kept
    case .edits, .text, .tables: false
    }
  }

  func preflight(
    _ candidate: Configuration, _ present: Configuration, _ layout: InstanceLayout,
    tables: [String: [UInt8]] = [:]
  ) throws(ChangeError) -> PreflightReport {
    guard isPrivileged, let state else {
      var report = PreflightReport()
      report.findings = Preflight.findings(of: candidate, base: present, on: instance)
      report.notJudged = ["Postfix itself was not asked: that needs root"]
      return report
    }
    do {
      // Starting Postfix's programs on a foreign configuration would run what it names, as root.
      try instance.requireTrusted()
      try requireTrust(layout.daemonDirectory)
    } catch {
      var report = PreflightReport()
      report.findings = Preflight.findings(of: candidate, base: present, on: instance)
      report.notJudged = ["Postfix itself was not asked: \(error)"]
      return report
    }
    let staging: String
    do {
      staging = try state.stagingDirectory()
    } catch {
      throw .system("\(error)")
    }
    var preflight = Preflight(instance: instance, layout: layout, stagingDirectory: staging)
    preflight.tables = try stage(tables, layout)
    return preflight.run(candidate: candidate, base: present)
  }

  private func requireLeave(_ outcome: Outcome, _ options: ChangeOptions) throws(ChangeError) {
    if outcome.report.blocks { throw .refused(outcome.report, diff: outcome.diff) }
    if outcome.report.asks && !options.yes {
      throw .needsYes(outcome.report, diff: outcome.diff)
    }
  }

  private func present(_ base: ConfigurationSnapshot?) throws(ChangeError) -> Configuration {
    if let base { return base.configuration }
    return try snapshot().configuration
  }

  /// Both files as they are now.
  func snapshot() throws(ChangeError) -> ConfigurationSnapshot {
    do {
      return try instance.loadConfiguration()
    } catch {
      throw .instance(error)
    }
  }

  /// A configuration of bytes that were read under the lock.
  func snapshot(of pair: FilePair) throws(ChangeError) -> Configuration {
    var configuration = try snapshot().configuration
    configuration.main = MainCF(pair.main)
    configuration.master = MasterCF(pair.master)
    return configuration
  }

  /// Where the instance keeps its things, asked of a copy where we may make one: of the file itself
  /// postconf waits as long as others go on editing it.
  func layout() throws(ChangeError) -> InstanceLayout {
    do {
      guard isPrivileged, let staging = try? state?.stagingDirectory() else {
        return try instance.layout()
      }
      return try instance.layout(of: try snapshot().configuration, below: staging)
    } catch let error as InstanceError {
      throw .instance(error)
    } catch let error as ChangeError {
      throw error
    } catch {
      throw .system("\(error)")
    }
  }

  /// The layout of the instance, or, when Postfix cannot even read its configuration, the one that
  /// the change would give it: so that a broken main.cf can be mended.
  private func layout(for change: Change) throws(ChangeError) -> InstanceLayout {
    guard let state, isPrivileged else { return try layout() }
    let present = try snapshot().configuration
    let staging: String
    do {
      staging = try state.stagingDirectory()
    } catch {
      throw .system("\(error)")
    }
    if let layout = try? instance.layout(of: present, below: staging) { return layout }
    let candidate = try candidate(of: change, on: present)
    do {
      return try instance.layout(of: candidate, below: staging)
    } catch {
      throw .refused(Self.unreadable(error), diff: "")
    }
  }

  private static func unreadable(_ error: any Error) -> PreflightReport {
    var report = PreflightReport()
    report.problems = [
      ServiceProblem(problemClass: .serverDead, service: nil, message: "\(error)")
    ]
    return report
  }

  func requireTrusted() throws(ChangeError) {
    guard isPrivileged else {
      throw .system("changing Postfix needs root; run it with sudo, or look first with --dry-run")
    }
    do {
      try instance.requireTrusted()
    } catch {
      throw .instance(error)
    }
  }
}
