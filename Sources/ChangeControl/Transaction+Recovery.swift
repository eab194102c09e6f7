import Glibc
import HostSystem
import PostfixConfig
import PostfixHost

extension Transaction {
  /// Completes or takes back what an interrupted postgate left half done.
  ///
  /// Called by every change, and to be called by commands that show the state.
  ///
  /// - Returns: what was done, one sentence each.
  /// - Throws: ``ChangeError`` when the history cannot be used or another change is being made.
  @discardableResult
  public func recover() throws(ChangeError) -> [String] {
    guard isPrivileged else { return [] }
    let turn = try Turn(instance: instance, state: requireState())
    defer { turn.end() }
    return try recoverInTurn()
  }

  @discardableResult
  func recoverInTurn() throws(ChangeError) -> [String] {
    let history = try history()
    sweep()
    var done: [String] = []
    for number in history.records().map(\.number).reversed() {
      // An undo that is completed changes the record of what it undoes.
      var record = try history.record(number)
      let armed = ChangeGuard(history, record.number)
      switch record.phase {
      case .prepared:
        // Whoever was making it is gone: we have the turn.
        _ = armed.decide(.expired)
        let note = try settle(&record, history)
        record.notes.append(note)
        // First: what is on record as prepared is completed by the next start.
        let undone = record.window == nil ? record.undoes : nil
        if let undone {
          if record.phase == .kept {
            try markUndone(undone, by: number, history)
          } else {
            try markInForce(undone, by: number, history)
          }
        }
        try history.update(record)
        if let undone, record.phase == .kept { disarm(undone, history) }
        done.append("change \(record.number): \(note)")
        if record.phase != .notWritten, let layout = try? layout() {
          tellMailLog("change \(record.number): \(note)", layout)
        }
      case .waiting:
        if let note = try settleWindow(record, armed, history) { done.append(note) }
      case .undone:
        // Its undo was killed in front of that.
        if armed.isArmed || ChangeGuard(history, number, .trial).isOpen { disarm(number, history) }
      default: break
      }
    }
    return done + (try settleTrials(history))
  }

  /// Removes what killed runs left: staged instances that still run, Postfix's temporary files.
  ///
  /// What cannot be removed is in nobody's way: its next user takes it over.
  private func sweep() {
    if let staging = try? state?.stagingDirectory() {
      PrivateInstance.removeLeftOvers(below: staging)
    }
    for path in [instance.mainCF, instance.masterCF] {
      for target in Set([path, (try? resolvedPath(path)) ?? path])
      where (try? FileStatus(of: target + ".tmp", follow: false)) != nil {
        // With the lock it is ours to remove; without it somebody is at work.
        (try? PostfixLock(target, wait: 0))?.release()
      }
    }
  }

  /// Ends a window that is over, completes a decision, or starts a guard that is gone anew.
  private func settleWindow(
    _ record: ChangeRecord, _ armed: ChangeGuard, _ history: History
  ) throws(ChangeError) -> String? {
    if armed.hasDecided(.confirmed) {
      var record = record
      try keep(&record, history)
      return "change \(record.number) was confirmed"
    }
    if armed.hasDecided(.expired) {
      // A guard that lives waits for our turn to end, and then finds the work done.
      return try takeBack(record.number, history)
    }
    if (record.window?.secondsLeft ?? 0) > 0 {
      if !armed.isWatched { try startGuard(record.number, armed) }
      return nil
    }
    guard armed.decide(.expired) else { return nil }
    return try takeBack(record.number, history)
  }

  private func settle(
    _ record: inout ChangeRecord, _ history: History
  ) throws(ChangeError) -> String {
    let before = try history.files(of: record.number, .before)
    let after = try history.files(of: record.number, .after)
    let present = try presentFiles(before.tables.keys)
    if present == before || present == after { try rebuildIndexes(present.tables) }
    if present == before {
      record.phase = .notWritten
      return "it was interrupted before anything was written"
    }
    let isWayBack = record.undoes.map { wasNeverConfirmed($0, history) } ?? false
    if present == after && isWayBack {
      // What it took back must not come into force again, whatever Postfix does with the text that
      // was there before.
      try reloadIfRunning()
      record.phase = .kept
      return "it was interrupted after the write and is complete"
    }
    if present == after && record.window == nil {
      var outcome = Outcome(
        result: .kept, diff: "", report: PreflightReport(),
        before: try snapshot(of: before), after: try snapshot(of: after))
      // Whoever made it was shown what there was to see.
      outcome.report.findings = Preflight.findings(
        of: outcome.after, base: outcome.before, on: instance)
      let layout = try layout()
      guard Instance.running(queueDirectory: layout.queueDirectory) != nil else {
        record.phase = .kept
        return "it was interrupted after the write and is complete; Postfix does not run"
      }
      let fault = reloadAndLook(
        outcome.after, before: [], watch: LogWatch(layout, logFile: logFile), settle: 0.5, &outcome)
      guard let fault else {
        record.phase = .kept
        return "it was interrupted after the write; Postfix was reloaded and works with it"
      }
      try restore(record.number, history)
      try reloadIfRunning()
      record.phase = .putBack
      return "it was interrupted after the write, then \(fault); it was put back"
    }
    do {
      try restore(record.number, history)
      try reloadIfRunning()
      record.phase = record.window == nil ? .putBack : .timedOut
      return "it was interrupted; it was put back"
    } catch  where ChangeError.mayPass(error) {
      // The disk, a lock: the next start tries again.
      throw error
    } catch {
      // What was never confirmed is its own guard's to take back.
      record.phase = isWayBack ? .notWritten : record.window == nil ? .kept : .alarm
      return "it was interrupted and the files were edited since; they were left as they are"
    }
  }

  func reloadIfRunning() throws(ChangeError) {
    let layout = try layout()
    guard Instance.running(queueDirectory: layout.queueDirectory) != nil else { return }
    for attempt in 1... {
      do {
        return try instance.reload(layout: layout, log: commands)
      } catch {
        // Nobody is there to try again by hand.
        guard attempt < 3 else { throw .instance(error) }
        usleep(300_000)
      }
    }
  }

  /// One window at a time: while a change waits, only its own undo may begin.
  func requireNoOtherWindow(
    than change: Change, _ options: ChangeOptions
  ) throws(ChangeError) {
    guard let waiting = try waiting() else { return }
    if change == .undo(waiting.number) {
      guard options.confirmSeconds != nil else { return }
      throw .busy(
        "change \(waiting.number) was never confirmed, so its undo needs no confirmation; "
          + "leave --confirm out")
    }
    throw .busy(
      "change \(waiting.number) still waits for its confirmation; first postgate confirm "
        + "\(waiting.number) or postgate undo \(waiting.number)")
  }
}
