import ArgumentParser
import Attribution
import ChangeControl
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// The instance that a command works on, and what it needs to speak for it.
struct Context {
  let instance: Instance
  let commands = CommandLog()
  private let logPath: String?

  /// Finds the instance.
  ///
  /// - Throws: ``InstanceError`` without Postfix or without a configuration.
  init(directory: String?, log: String? = nil) throws {
    instance = try Instance.discover(directory)
    logPath = log
  }

  /// The same for what the command line names.
  init(_ options: InstanceOptions) throws {
    try self.init(directory: options.configDirectory, log: options.log)
  }

  /// The transaction through which everything is changed; opens the state directory.
  ///
  /// - Throws: ``Failure`` without root: history and staging may hold secrets.
  func transaction() throws -> Transaction {
    guard isPrivileged else {
      throw Failure("changing the configuration and reading its history need root (sudo postgate)")
    }
    var transaction = Transaction(
      instance: instance, state: try StateDirectory(), commands: commands, logFile: logPath)
    transaction.makeVerdict = { try verdictText($0) }
    return transaction
  }

  /// True for root.
  var isPrivileged: Bool { geteuid() == 0 }

  /// Judges edits without touching anything; as an ordinary user by our own checks alone.
  func review(_ edits: [Edit], base: ConfigurationSnapshot?) throws -> Outcome {
    if isPrivileged { return try transaction().review(.edits(edits), base: base) }
    return try Transaction(instance: instance, state: nil, commands: commands)
      .review(.edits(edits), base: base)
  }

  /// The log that the command line names.
  var logSourceFromOption: LogSource? {
    logPath.map(LogSource.init(option:))
  }

  /// The log to read; nil when there is none.
  func logSource() -> LogSource? {
    if let named = logSourceFromOption { return named }
    // Read from the file: a main.cf that Postfix refuses still names its log.
    let main = (try? instance.contents(of: .main)).map { MainCF($0.bytes) }
    return LogSource.find(maillogFile: main?.rawValue(of: "maillog_file"))
  }

  /// The policies that are known to have been in force, oldest first.
  ///
  /// The present files have been in force since they last changed by the kernel's clock: the time of
  /// their text is set back after a write, so that Postfix's programs do not wait for a hot file. The
  /// history knows earlier ones.
  func epochs(_ snapshot: ConfigurationSnapshot) -> [PolicyEpoch] {
    let written = max(
      snapshot.main.modified / 1000, snapshot.master.modified / 1000,
      changeTime(of: instance.mainCF)?.microseconds ?? 0,
      changeTime(of: instance.masterCF)?.microseconds ?? 0)
    let present = PolicyEpoch(
      since: LogTime(microseconds: written), policy: snapshot.configuration.policy())
    let earlier =
      (try? transaction().policies(environment: snapshot.configuration.environment)) ?? []
    let former = earlier.filter { $0.since < present.since }
    // The files are what the last change made of them: in force since that change.
    var epochs = former.last?.policy == present.policy ? former : former + [present]
    // Most logs cut the moments of their lines to the second, so that a session which began in the
    // second of the first policy would seem to have begun before it.
    let first = epochs[0].since
    epochs[0].since = LogTime(seconds: first.seconds)
    return epochs
  }

  /// Counts the log of a window.
  func count(
    since: LogTime, until: LogTime? = nil, snapshot: ConfigurationSnapshot
  ) throws -> LogSnapshot? {
    guard let source = logSource() else { return nil }
    let (inputs, skipped) = try source.inputs(since: since)
    var request = LogScanRequest(
      sources: inputs, since: since, until: until, epochs: epochs(snapshot))
    request.skipped = skipped
    let counts = try scanLogs(request)
    counts.coverage.skipped.forEach(writeSkipped)
    return counts
  }
}

/// Says on standard error that a log is missing in what is shown, and why.
func writeSkipped(_ log: Coverage.Skipped) {
  writeError(log.text)
}

extension InstanceOptions {
  /// The log to read and the policies that were in force. A log that is named can be read without any
  /// Postfix; what is ambiguous in it then stays so.
  func logAndPolicies() throws -> (source: LogSource, epochs: [PolicyEpoch]) {
    do {
      let context = try Context(self)
      guard let source = context.logSource() else {
        throw Failure("no mail log was found; name one with --log FILE")
      }
      return (source, context.epochs(try context.instance.loadConfiguration()))
    } catch let error as InstanceError
      where configDirectory == nil && [.notInstalled, .notConfigured].contains(error.kind)
    {
      guard let log else { throw error }
      return (LogSource(option: log), [])
    }
  }
}

extension WindowOptions {
  /// The window; `standard` seconds until its end when no start is named, until now when no end is.
  func bounds(standard: Int64) throws -> (since: LogTime, until: LogTime?) {
    let now = LogTime.now
    let given = try moment(since, "--since", now)
    let end = try moment(until, "--until", now)
    try checkOrder(given, end, now)
    return (given ?? LogTime(seconds: min(now, end ?? now).seconds - standard), end)
  }

  /// Refuses a window that is empty or lies in the future.
  func checkOrder(_ start: LogTime?, _ end: LogTime?, _ now: LogTime) throws {
    guard let start else { return }
    if start > now { throw ValidationError("--since \(since ?? "") lies in the future") }
    if let end, end <= start { throw ValidationError("--until must lie behind --since") }
  }

  /// A human time, or nil for none.
  func moment(_ text: String?, _ option: String, _ now: LogTime) throws -> LogTime? {
    guard let text else { return nil }
    guard let time = parseHumanTime(text, now: now, zone: .system(around: now)), time.seconds >= 0
    else {
      throw ValidationError(
        "\(option) \(text) is no time; write 2h, 3d, 09:00, yesterday, Nov 22, 2026-11-22 or an RFC 3339 stamp"
      )
    }
    return time
  }
}
