import Glibc
import HostSystem
import PostfixConfig
import PostfixHost

extension Transaction {
  /// Records, writes, reloads and looks; `locked` holds the bytes that were judged.
  func write(
    _ judged: Outcome, _ change: Change, _ locked: LockedPair, layout: InstanceLayout,
    options: ChangeOptions
  ) throws(ChangeError) -> Outcome {
    var outcome = judged
    let history = try history()
    let ran = commands.records.count
    let isRunning = Instance.running(queueDirectory: layout.queueDirectory) != nil
    // A service that did not answer before is no fault of the change.
    let before = isRunning ? layout.look(within: 3) : []
    let watch = LogWatch(layout, logFile: logFile)
    var record = try history.add(
      try newRecord(for: outcome, change, options), before: outcome.filesBefore,
      after: outcome.filesAfter)
    outcome.number = record.number
    let armed = ChangeGuard(history, record.number)
    do {
      if record.window != nil {
        try armed.open()
        try startGuard(record.number, armed)
      }
      if record.trial != nil {
        let trial = ChangeGuard(history, record.number, .trial)
        try trial.open()
        try startGuard(record.number, trial)
      }
      try locked.write(
        outcome.filesAfter, instance: instance, indexes: try stage(outcome.tablesAfter, layout))
    } catch {
      // What could not be put back stays pending: the guard and the next start take care of it.
      if outcome.tablesBefore.isEmpty, let present = try? presentFiles([]),
        present == FilePair(outcome.before)
      {
        _ = armed.decide(.confirmed)
        ChangeGuard(history, record.number, .trial).close()
        record.phase = .notWritten
        record.notes.append(error.description)
        // Without this entry the next start finds out by itself that nothing was written.
        try? history.update(record)
      }
      throw error
    }
    var fault: String?
    if isRunning {
      fault = reloadAndLook(
        outcome.after, before: before, watch: watch, settle: options.settleSeconds, &outcome)
    } else {
      outcome.notes.append("Postfix does not run; the change takes effect when it is started")
    }
    if let fault { try putBack(fault, record, history, ran, &outcome) }
    tellMailLog(
      "change \(record.number) by \(record.user.summary) "
        + (record.undoes.map { "undoes change \($0)" } ?? "changes the configuration")
        + (record.message.isEmpty ? "" : ": \(record.message)"), layout)
    finish(&outcome, &record, ran)
    dropDraft(change)
    // What waits may itself be taken back: then it has marked and ended nothing.
    let takenBack = record.window == nil ? change.takesBack : nil
    var marked: [ChangeRecord] = []
    do {
      if let takenBack { marked = try markUndone(takenBack, by: record.number, history) }
      try history.update(record)
    } catch {
      for old in marked { try? history.update(old) }
      try putBack(error.description, record, history, ran, &outcome)
    }
    if let takenBack { disarm(takenBack, history) }
    if record.window == nil {
      closeTrials(missingIn: outcome.after, by: record.number, history)
    }
    history.prune()
    return outcome
  }

  /// One line in the mail log, so that who reads only that sees why the counts changed.
  ///
  /// postlog(1) writes it where Postfix logs, also while Postfix does not run. Messages and names are
  /// foreign text: what is no plain character becomes a question mark.
  func tellMailLog(_ text: String, _ layout: InstanceLayout) {
    let plain = text.unicodeScalars.prefix(400).map { scalar -> Character in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
        .unassigned:
        "?"
      default: Character(scalar)
      }
    }
    // A line that is not logged is no reason to take a working change back.
    _ = try? commands.run(
      Command(
        layout.commandDirectory + "/postlog",
        [
          "-c", instance.configurationDirectory, "-p", "info", "-t",
          layout.syslogName + "/postgate", String(plain),
        ], timeout: 5))
  }

  private func newRecord(
    for outcome: Outcome, _ change: Change, _ options: ChangeOptions
  ) throws(ChangeError) -> ChangeRecord {
    var edits: [Edit] = []
    if case .edits(let list) = change { edits = list }
    var record = ChangeRecord(
      number: 0, user: .current(), message: options.message,
      configurationDirectory: instance.configurationDirectory, edits: edits,
      undoes: change.takesBack,
      diff: outcome.diff, report: outcome.report)
    if case .tables(let list, let also) = change {
      (record.tableEdits, record.edits) = (list, also)
    }
    if !outcome.tablesBefore.isEmpty { record.tables = outcome.tablesBefore.keys.sorted() }
    record.window = options.confirmSeconds.map { ConfirmWindow(seconds: $0) }
    record.trial = try options.trialSeconds.map { seconds throws(ChangeError) in
      try change.timedTrial(outcome.before, outcome.after, seconds: seconds)
    }
    return record
  }

  /// Completes the record of a change that Postfix works with.
  private func finish(_ outcome: inout Outcome, _ record: inout ChangeRecord, _ ran: Int) {
    outcome.result = record.window == nil ? .kept : .waiting
    record.phase = record.window == nil ? .kept : .waiting
    outcome.commands = Array(commands.records.dropFirst(ran))
    record.commands = outcome.commands
    record.notes = outcome.notes
  }

  /// Reloads and looks whether Postfix works.
  ///
  /// - Returns: what is wrong, as `the service smtp/inet does not answer`; nil when it works.
  func reloadAndLook(
    _ configuration: Configuration, before: [ServiceLook], watch: LogWatch, settle: Double,
    _ outcome: inout Outcome
  ) -> String? {
    let layout: InstanceLayout
    do {
      layout = try self.layout()
      try instance.reload(layout: layout, log: commands)
    } catch {
      return "\(error)"
    }
    let settled = monotonicSeconds() + settle
    let dead = Set(before.filter { $0.isJudged && !$0.answers }.map(\.service))
    for look in layout.look(briefly: dead, unless: { !watch.alarms().isEmpty }) {
      let earlier = before.first { $0.service == look.service }
      if dead.contains(look.service), !look.answers {
        outcome.notes.append(
          "\(look.service) did not answer before the change and does not yet; after a fatal error "
            + "Postfix keeps a service away for up to service_throttle_time (60 s)")
      } else if !look.isJudged {
        outcome.notes.append("\(look.service) was not looked at: \(look.detail)")
      } else if !look.answers, earlier?.answers ?? true {
        let words = watch.alarms().first ?? look.detail
        return "the service \(look.service) did not answer as before: \(words)"
      }
    }
    if !watch.isWatching {
      outcome.notes.append("no log file is known; only the services were looked at")
    }
    if let fault = judgedAgain(configuration, after: outcome, layout) { return fault }
    while true {
      if let alarm = watch.alarms().first { return "Postfix said: \(alarm)" }
      guard monotonicSeconds() < settled else { break }
      usleep(50_000)
    }
    guard Instance.running(queueDirectory: layout.queueDirectory) != nil else {
      return "the master program ended"
    }
    return nil
  }

  /// Asks a private Postfix and our checks again, of what stands on the disk now: a table or a policy
  /// server may be gone since it was judged, and on a quiet server no client comes by to find out.
  ///
  /// - Returns: what is wrong that was not wrong before the change, or that nobody was shown before the
  ///   write; nil when nothing is.
  private func judgedAgain(
    _ configuration: Configuration, after judged: Outcome, _ layout: InstanceLayout
  ) -> String? {
    let before = judged.before
    guard let staging = try? state?.stagingDirectory() else { return nil }
    var report = Preflight(instance: instance, layout: layout, stagingDirectory: staging)
      .askPostfix(candidate: configuration, base: before)
    if report.problems.isEmpty {
      report.findings = Preflight.findings(of: configuration, base: before, on: instance)
    }
    if report.blocks {
      return "mail would not go as before: " + report.objections.joined(separator: "; ")
    }
    // What does no harm that Postfix would show may still be what nobody agreed to.
    let unseen = report.findings.first { finding in
      finding.addedByDraft
        && !judged.report.findings.contains {
          $0.code == finding.code && $0.subject == finding.subject
        }
    }
    return unseen.map {
      "this was not there to be seen before the write: "
        + "\($0.location.file.rawValue):\($0.location.line): \($0.message)"
    }
  }

  /// Restores the old bytes where the files are still ours, reloads, and throws what happened.
  ///
  /// What cannot be restored now but may be later (a full disk, a lock) stays pending, with the
  /// guard armed: the guard, or the next start of postgate, tries again.
  private func putBack(
    _ fault: String, _ record: ChangeRecord, _ history: History, _ ran: Int,
    _ outcome: inout Outcome
  ) throws(ChangeError) {
    var record = record
    outcome.result = .putBack
    var failure: ChangeError?
    do {
      try restore(record.number, history)
      record.phase = .putBack
    } catch {
      failure = error
      outcome.notes.append(error.description)
    }
    // The reload's own failure is in the command log; the files are what counts.
    do {
      try instance.reload(layout: try layout(), log: commands)
      outcome.notes.append(
        "a service that died may stay away for up to service_throttle_time (60 s)")
    } catch {
      outcome.notes.append("\(error)")
    }
    if let layout = try? layout() {
      tellMailLog(
        "change \(record.number) by \(record.user.summary) "
          + (failure == nil ? "was put back: " : "could not be put back: ") + fault, layout)
    }
    outcome.commands = Array(commands.records.dropFirst(ran))
    record.commands = outcome.commands
    record.notes = [fault] + outcome.notes
    if let failure {
      record.phase = ChangeError.mayPass(failure) ? .prepared : .alarm
    } else {
      ChangeGuard(history, record.number, .trial).close()
    }
    if record.phase != .prepared { _ = ChangeGuard(history, record.number).decide(.expired) }
    // The fault is what has to be told; the next start completes the entry.
    try? history.update(record)
    throw failure == nil
      ? .putBack(outcome, reason: fault) : .putBackFailed(outcome, reason: fault)
  }

  /// Writes what the files held before a change, or the reverse of its difference when somebody
  /// edited them since.
  ///
  /// Where each file is as the change found or wrote it, none of Postfix's programs is asked: the way
  /// back must not depend on them.
  func restore(_ number: Int, _ history: History) throws(ChangeError) {
    let before = try history.files(of: number, .before)
    let after = try history.files(of: number, .after)
    let locked = try LockedPair(instance, tables: before.tables.keys)
    defer { locked.release() }
    let old =
      locked.bytes.isMade(of: before, and: after) ? before : try reversal(of: number, on: locked)
    let staged = old.tables.isEmpty ? nil : try stage(old.tables, try layout())
    try locked.write(old, instance: instance, indexes: staged, rebuilding: true)
  }

  /// The files without a change that somebody edited since, if Postfix accepts them.
  private func reversal(
    of number: Int, on locked: LockedPair
  ) throws(ChangeError) -> FilePair {
    let present = try snapshot(of: locked.bytes)
    let old = try candidate(of: .undo(number), on: present)
    let tables = try candidateTables(of: .undo(number), on: locked.bytes.tables)
    let report = try preflight(old, present, layout(), tables: tables)
    if report.blocks { throw .refused(report, diff: diff(from: present, to: old)) }
    return FilePair(old, tables: tables)
  }
}
