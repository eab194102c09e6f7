import CHostSystem
import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import SystemPackage

/// The confirm window or the trial of one change on disk, and the process that ends it.
///
/// `window` in the entry's directory means that the change waits. Whoever renames it decides:
/// `confirmed` keeps the change, `expired` takes it back. `trial` means that its trial runs. `guard`
/// (`trial-guard`) is locked by the guard process.
struct ChangeGuard {
  /// What comes to its end.
  enum Purpose: String { case window, trial }

  let entry: String
  let purpose: Purpose

  private var window: String { entry + "/" + purpose.rawValue }
  private var lock: String { entry + (purpose == .window ? "/guard" : "/trial-guard") }

  init(_ history: History, _ number: Int, _ purpose: Purpose = .window) {
    entry = history.path(number)
    self.purpose = purpose
  }

  /// What was decided.
  enum Decision: String { case confirmed, expired }

  var isOpen: Bool { (try? FileStatus(of: window, follow: false)) != nil }

  /// True until ``Transaction/disarm(_:_:)`` or a confirmation: the time may be over, the work not done.
  var isArmed: Bool { isOpen || hasDecided(.expired) }

  func hasDecided(_ decision: Decision) -> Bool {
    (try? FileStatus(of: entry + "/" + decision.rawValue, follow: false)) != nil
  }

  /// Opens the window; on the disk when this returns.
  func open() throws(ChangeError) {
    do {
      if (try? FileStatus(of: lock, follow: false)) == nil { try writeNewFile(lock, []) }
      try writeNewFile(window, [])
      try syncDirectory(entry)
    } catch {
      throw .system("the guard cannot be armed, so nothing was changed: \(error)")
    }
  }

  /// Decides by one rename; false when it was decided already.
  func decide(_ decision: Decision) -> Bool {
    guard rename(window, entry + "/" + decision.rawValue) == 0 else { return false }
    // The rename itself is the decision; whether it outlives a power cut, the next start sees.
    try? syncDirectory(entry)
    return true
  }

  /// Takes the mark away: nothing is left to be ended.
  func close() { unlink(window) }

  /// Takes the trace of a decision away.
  func forget(_ decision: Decision) { unlink(entry + "/" + decision.rawValue) }

  /// True while a guard process watches the deadline.
  var isWatched: Bool { lockHolder(ofFile: lock) != nil }

  /// Becomes the guard of this change; nil when there is one already.
  func watch() -> OpenFile? {
    guard let file = try? OpenFile(lock, O_RDWR | O_NOFOLLOW),
      chost_flock(file.descriptor, LOCK_EX | LOCK_NB) == 0
    else { return nil }
    return file
  }
}

extension Transaction {
  /// Starts the process that takes a change back unless it is confirmed, and waits until it watches.
  ///
  /// It runs `postgate guard-run` in a session of its own, as a service of systemd where that
  /// runs, since logind may end every process of a login at its end.
  func startGuard(_ number: Int, _ armed: ChangeGuard) throws(ChangeError) {
    let program: String
    do {
      if let guardExecutable {
        program = guardExecutable
      } else {
        program = try resolvedPath("/proc/self/exe")
      }
      var arguments = [
        "guard-run", "--config-directory", instance.configurationDirectory, "--change",
        String(number),
      ]
      if armed.purpose == .trial { arguments.append("--trial") }
      if let logFile, logFile.hasPrefix("/") { arguments += ["--log", logFile] }
      var environment = Command.cleanEnvironment
      // A verdict reads local times.
      environment["TZ"] = environmentVariable("TZ")
      environment["POSTGATE_STATE_DIRECTORY"] = try requireState().path
      let guardCommand = Command(program, arguments, environment: environment)
      if !startedBySystemd(guardCommand, number, armed.purpose) { try guardCommand.startDetached() }
    } catch {
      throw .system("the guard cannot be started, so nothing was changed: \(error)")
    }
    let limit = monotonicSeconds() + 5
    while !armed.isWatched {
      guard monotonicSeconds() < limit else {
        throw .system("the guard (\(program) guard-run) did not start, so nothing was changed")
      }
      usleep(5000)
    }
  }

  private func startedBySystemd(
    _ command: Command, _ number: Int, _ purpose: ChangeGuard.Purpose
  ) -> Bool {
    let runner = "/usr/bin/systemd-run"
    guard (try? FileStatus(of: "/run/systemd/system")) != nil,
      (try? FileStatus(of: runner)) != nil
    else { return false }
    // systemd.unit(5) knows no %.
    let name = instance.stateName.replacing("%", with: "_")
    let unit = "postgate-\(purpose.rawValue)-\(name)-\(number)"
    let settings = command.environment.sorted { $0.key < $1.key }.map {
      "--setenv=\($0.key)=\($0.value)"
    }
    let start = Command(
      runner,
      ["--quiet", "--collect", "--unit=\(unit)"] + settings + ["--", command.executable]
        + command.arguments, timeout: 10)
    return (try? commands.run(start).succeeded) ?? false
  }

  /// The guard process's whole work: waits for the deadline or a decision, then takes back.
  ///
  /// - Returns: what happened, for its log; nil when another guard watches already.
  /// - Throws: ``ChangeError`` when the change could not be taken back: a human must look.
  public func guardRun(_ number: Int) throws(ChangeError) -> String? {
    let history = try history()
    let armed = ChangeGuard(history, number)
    // Read first: whoever is seen to watch must not fail any more.
    let window = try history.record(number).window
    guard let watch = armed.watch() else { return nil }
    defer { withExtendedLifetime(watch.descriptor) {} }
    while armed.isOpen, let window, window.secondsLeft > 0 {
      usleep(UInt32(min(0.2, window.secondsLeft) * 1_000_000) + 1000)
    }
    guard armed.decide(.expired) else { return "change \(number) was decided" }
    var attempts = 0
    while true {
      do {
        let turn = try Turn(instance: instance, state: requireState(), wait: 120)
        defer { turn.end() }
        // Its undo was killed on the way: whether that came to be has to be known first.
        if try history.record(number).phase == .undone { try recoverInTurn() }
        return try takeBack(number, history)
      } catch {
        // A full disk or a lock that somebody holds may pass.
        attempts += 1
        guard attempts < 600, ChangeError.mayPass(error) else { throw error }
        usleep(attempts < 10 ? 200_000 : 5_000_000)
      }
    }
  }

  /// Keeps a change that waits.
  ///
  /// - Throws: ``ChangeError`` when it does not wait, or its time is over.
  public func confirm(_ number: Int) throws(ChangeError) {
    guard isPrivileged else { throw .system("confirming a change needs root; run it with sudo") }
    let history = try history()
    var record = try history.record(number)
    let armed = ChangeGuard(history, number)
    guard record.phase == .waiting, let window = record.window, armed.isOpen else {
      throw .doesNotFit(
        "change \(number) does not wait for a confirmation (\(record.phase.rawValue))")
    }
    guard window.secondsLeft > 0, armed.decide(.confirmed) else {
      throw .doesNotFit("the time to confirm change \(number) is over; it is being taken back")
    }
    // An undo may have come in between.
    record = try history.record(number)
    guard record.phase == .waiting else {
      throw .doesNotFit("change \(number) was taken back meanwhile (\(record.phase.rawValue))")
    }
    try keep(
      &record, history,
      note: "confirmed by \(UserIdentity.current().summary) at \(ChangeRecord.now())")
    if let layout = try? layout() {
      tellMailLog("change \(number) was confirmed by \(UserIdentity.current().summary)", layout)
    }
  }

  /// Completes a change that was confirmed.
  func keep(
    _ record: inout ChangeRecord, _ history: History, note: String? = nil
  ) throws(ChangeError) {
    // First: what is on record as waiting is completed by the next start.
    if let undone = record.undoes { try markUndone(undone, by: record.number, history) }
    record.phase = .kept
    if let note { record.notes.append(note) }
    try history.update(record)
    if let undone = record.undoes { disarm(undone, history) }
    if let present = try? snapshot().configuration {
      closeTrials(missingIn: present, by: record.number, history)
    }
  }

  /// The change that waits for its confirmation, nil when none does.
  ///
  /// - Throws: ``ChangeError`` when the history cannot be used.
  public func waiting() throws(ChangeError) -> ChangeRecord? {
    try history().records().last { $0.phase == .waiting }
  }

  /// Takes back a change whose window has expired.
  func takeBack(_ number: Int, _ history: History) throws(ChangeError) -> String {
    var record = try history.record(number)
    guard record.phase == .waiting || record.phase == .prepared else {
      return "change \(number) is \(record.phase.rawValue)"
    }
    do {
      try restore(number, history)
    } catch  where ChangeError.mayPass(error) {
      // The disk, a lock, a program that was killed: nothing says that it will not go the next time.
      throw error
    } catch {
      record.phase = .alarm
      record.notes.append("nobody confirmed it, and it could not be taken back: \(error)")
      try history.update(record)
      if let layout = try? layout() {
        tellMailLog("change \(number) was not confirmed, and could not be taken back", layout)
      }
      throw error
    }
    record.phase = .timedOut
    record.notes.append("nobody confirmed it in time; taken back at \(ChangeRecord.now())")
    ChangeGuard(history, number, .trial).close()
    let ran = commands.records.count
    do {
      // Before it is on record: whoever finds the record unfinished reloads again.
      try reloadIfRunning()
    } catch {
      record.notes.append("Postfix could not be told: \(error)")
    }
    if let layout = try? layout() {
      tellMailLog("change \(number) was not confirmed and was taken back", layout)
    }
    record.commands += commands.records.dropFirst(ran)
    try history.update(record)
    return "change \(number) was not confirmed and was taken back"
  }

  /// Ends, at boot or at a start of postgate, the windows of every instance that are over.
  ///
  /// - Returns: what was done, one sentence each; a failure is one too.
  public static func recoverAll(state: StateDirectory, commands: CommandLog) -> [String] {
    var done: [String] = []
    for name in (try? directoryEntries(state.path)) ?? [] where !name.hasPrefix(".") {
      let folder = state.path + "/" + name + "/changes"
      let entries = ((try? directoryEntries(folder)) ?? []).filter { Int($0) != nil }
      // Each names its directory; the newest may be unreadable.
      let records = entries.reversed().lazy.compactMap { entry in
        (try? readFile("\(folder)/\(entry)/change.json").bytes)
          .flatMap { try? ChangeRecord(decoding: $0) }
      }
      guard let record = records.first else { continue }
      let instance = Instance(configurationDirectory: record.configurationDirectory)
      guard instance.stateName == name else { continue }
      do {
        done += try Transaction(instance: instance, state: state, commands: commands).recover()
      } catch {
        done.append("\(instance.configurationDirectory): \(error)")
      }
    }
    return done
  }
}
