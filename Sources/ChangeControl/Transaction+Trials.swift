import Glibc
import HostSystem
import PostfixConfig
import PostfixHost

/// A trial that is over, with what its verdict is made from.
public struct EndedTrial: Sendable {
  /// Which restriction, from when to when.
  public var trial: TimedTrial
  /// When it ended, seconds since 1970.
  public var ended: Int64
  /// The configuration with the restriction on trial, as the change wrote it.
  public var configuration: Configuration
}

extension Transaction {
  /// The changes whose trials run, oldest first.
  ///
  /// - Throws: ``ChangeError`` when the history cannot be used.
  public func runningTrials() throws(ChangeError) -> [ChangeRecord] {
    try history().records().filter {
      $0.isRunningTrial || ($0.phase == .waiting && $0.trial != nil)
    }
  }

  /// The restrictions that are on trial without an end, so that nobody forgets them.
  ///
  /// - Throws: ``ChangeError`` when the history cannot be used.
  public func trialsWithoutEnd(in configuration: Configuration) throws(ChangeError) -> [Restriction]
  {
    let timed = try runningTrials().compactMap { $0.trial?.present(in: configuration) }
    return configuration.trials.filter { !timed.contains($0.target) }
  }

  /// Gives a trial that runs another end, so many seconds from now.
  ///
  /// - Throws: ``ChangeError`` when no such trial runs.
  public func extendTrial(_ number: Int, seconds: Int) throws(ChangeError) {
    let turn = try Turn(instance: instance, state: requireState())
    defer { turn.end() }
    let history = try history()
    var record = try history.record(number)
    guard record.isRunningTrial else {
      throw .doesNotFit("change \(number) is no trial that runs; see postgate status")
    }
    record.trial?.extend(seconds: seconds)
    record.notes.append("given another end by \(UserIdentity.current().summary)")
    try history.update(record)
  }

  /// The whole work of a trial's guard process: waits for the end, and ends the trial.
  ///
  /// While a change waits for its confirmation the end is put off: a trial refuses nobody, and what is
  /// taken back unconfirmed should be the whole text that was there before.
  ///
  /// - Returns: what happened, for its log; nil when another guard watches already.
  /// - Throws: ``ChangeError`` when the trial could not be ended in twenty attempts.
  public func guardTrial(_ number: Int) throws(ChangeError) -> String? {
    let history = try history()
    let armed = ChangeGuard(history, number, .trial)
    guard let watch = armed.watch() else { return nil }
    defer { withExtendedLifetime(watch.descriptor) {} }
    var attempts = 0
    while armed.isOpen {
      let left = try history.record(number).trial?.secondsLeft ?? 0
      if left > 0 {
        // Short sleeps: the clock that sleeps through a suspend is not the one that counts.
        usleep(UInt32(min(2, left) * 1_000_000) + 1000)
        continue
      }
      do {
        if let said = try endTrialInTurn(number, history) { return said }
        sleep(1)
      } catch {
        attempts += 1
        guard attempts < 20 else { throw error }
        sleep(30)
      }
    }
    return "the trial of change \(number) was ended by hand"
  }

  /// - Returns: nil while a confirm window puts the end off.
  private func endTrialInTurn(_ number: Int, _ history: History) throws(ChangeError) -> String? {
    let turn = try Turn(instance: instance, state: requireState(), wait: 120)
    defer { turn.end() }
    // An undo that was killed on the way may have ended it: whether that came to be decides.
    if history.records().contains(where: { $0.phase == .prepared }) { try recoverInTurn() }
    guard try waiting() == nil else { return nil }
    // An undo that was under way had ended it, and did not come to be.
    guard try (history.record(number).trial?.secondsLeft ?? 0) <= 0 else { return nil }
    let said = try endTrial(number, history)
    _ = try? verdict(of: number)
    return said
  }

  /// Ends a trial now; its inverse is a change of its own. The caller has the turn.
  private func endTrial(_ number: Int, _ history: History) throws(ChangeError) -> String {
    var record = try history.record(number)
    guard record.isRunningTrial, let trial = record.trial else {
      ChangeGuard(history, number, .trial).close()
      return "change \(number) is no trial that runs"
    }
    var options = ChangeOptions()
    options.yes = true
    options.message = "the trial of \(trial.restriction) is over"
    do {
      try requireTrusted()
      let outcome = try make(.endTrial(number), base: nil, options: options)
      guard outcome.result == .unchanged else {
        return "change \(outcome.number ?? 0): \(options.message)"
      }
    } catch {
      record.trial?.problem = "it could not be ended: \(error)"
      try history.update(record)
      throw error
    }
    try closeTrial(&record, "\(trial.restriction) was no longer on trial", history)
    return options.message
  }

  /// Ends the trials that are over and sees that each other one is watched. The caller has the turn.
  ///
  /// - Returns: what was done, one sentence each; a failure is one too.
  func settleTrials(_ history: History) throws(ChangeError) -> [String] {
    var done: [String] = []
    let isWindowOpen = try waiting() != nil
    for record in history.records() where record.isRunningTrial {
      let armed = ChangeGuard(history, record.number, .trial)
      do {
        if (record.trial?.secondsLeft ?? 0) <= 0, !isWindowOpen {
          done.append(try endTrial(record.number, history))
        } else if !armed.isWatched {
          if !armed.isOpen { try armed.open() }
          try startGuard(record.number, armed)
        }
      } catch {
        done.append("the trial of change \(record.number): \(error)")
      }
    }
    return done
  }

  /// Marks the trials as over whose restriction is on trial no longer in what was just written.
  func closeTrials(missingIn configuration: Configuration, by number: Int, _ history: History) {
    for var record in history.records() where record.isRunningTrial && record.number != number {
      guard record.trial?.present(in: configuration) == nil else { continue }
      // One that is not marked now is found out at its end.
      try? closeTrial(&record, "its trial was ended by change \(number)", history)
    }
  }

  func closeTrial(
    _ record: inout ChangeRecord, _ note: String, _ history: History
  ) throws(ChangeError) {
    record.trial?.end()
    record.trial?.problem = nil
    record.notes.append(note)
    try history.update(record)
    ChangeGuard(history, record.number, .trial).close()
  }

  /// The verdict of a trial, as JSON text: of one that is over the one that stands in its directory
  /// (made now if it is not there yet), of one that runs what is known so far.
  ///
  /// - Returns: nil when the change began no trial or no ``makeVerdict`` is set.
  /// - Throws: ``ChangeError`` when it cannot be made or written.
  public func verdict(of number: Int) throws(ChangeError) -> [UInt8]? {
    let history = try history()
    let path = history.path(number) + "/verdict.json"
    if let kept = try? readFile(path) { return kept.bytes }
    guard let makeVerdict, let trial = try history.record(number).trial else { return nil }
    let configuration = try snapshot(of: history.files(of: number, .after))
    do {
      let now = wallClockMicroseconds() / 1_000_000
      let bytes = try makeVerdict(
        EndedTrial(trial: trial, ended: trial.ended ?? now, configuration: configuration))
      if trial.ended != nil { try replaceStateFile(path, bytes) }
      return bytes
    } catch {
      throw .system("the verdict of the trial cannot be made: \(error)")
    }
  }
}
