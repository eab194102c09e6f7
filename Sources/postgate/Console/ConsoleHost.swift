import ConsoleCore
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Synchronization

/// Carries out the console's effects and watches the machine for it, on threads of its own.
///
/// Everything it finds out goes into the mailbox; it never touches the screen.
final class ConsoleHost: Sendable {
  let context: Context
  let mailbox: EventMailbox
  /// The log being followed; nil without a readable log.
  let monitor: LogMonitor?
  let worker = WorkerThread()
  /// Reads older lines of the log; nil where the log is no file.
  let logReader: ConsoleLogReader?
  let rehearsals: ConsoleRehearsals
  /// Looks for recently accepted clients that a draft would refuse.
  let recentThread = WorkerThread()
  /// Reads what trials showed, which may mean a month of log.
  let verdictThread = WorkerThread()
  private let policyInForce = PolicyInForce()
  private let watcher: ConsoleWatcher
  private let watcherThread = WorkerThread()
  private let state = Mutex(State())

  private struct State {
    /// What was read, by revision, the newest last.
    var loaded: [(revision: String, snapshot: ConfigurationSnapshot)] = []
    var commandsShown = 0
  }

  /// Prepares everything; nothing runs before ``start(onLog:)``.
  init(context: Context, mailbox: EventMailbox, settings: ConsoleSettings) {
    self.context = context
    self.mailbox = mailbox
    let (source, problem) = context.quickLogSource()
    // Rows of the log come at least this often; the screen holds counts back for longer.
    monitor =
      problem == nil
      ? source.map {
        LogMonitor(
          source: $0, windowSeconds: settings.windowSeconds ?? 3600,
          refreshSeconds: min(0.25, settings.refreshSeconds ?? 1))
      } : nil
    var status = InstanceStatus()
    status.configurationDirectory = context.instance.configurationDirectory
    status.readOnlyReason = geteuid() == 0 ? nil : "changing needs root (sudo postgate)"
    status.canGuard = geteuid() == 0
    status.canRehearse = geteuid() == 0
    status.canTimeTrials = geteuid() == 0
    status.keepsDrafts = geteuid() == 0
    status.logName = source?.label
    let reader: ConsoleLogReader? =
      if case .file(let path)? = source, problem == nil {
        ConsoleLogReader(path: path, mailbox: mailbox, policy: policyInForce.read)
      } else { nil }
    logReader = reader
    status.canReadBack = reader != nil
    rehearsals = ConsoleRehearsals(context: context, mailbox: mailbox)
    status.logProblem = problem
    watcher = ConsoleWatcher(
      instance: context.instance, mailbox: mailbox, monitor: monitor, status: status)
  }

  /// What is known of the instance now.
  var status: InstanceStatus { watcher.status }

  /// What the files say before Postfix was asked; nil when they cannot be read, which ``load()`` will
  /// explain.
  func firstLook() -> Event? {
    guard let configuration = try? context.instance.provisionalConfiguration() else { return nil }
    return .configurationLoaded(configuration, revision: "provisional")
  }

  /// Starts reading; `onLog` is called from another thread whenever the log has news.
  func start(onLog: @escaping @Sendable () -> Void) throws {
    try monitor?.start(notify: onLog)
    worker.add { [self] in
      load()
      restoreDraft()
      recover()
    }
    watcherThread.add { [self] in
      watcher.run {
        self.worker.add {
          self.load()
          self.showWindow()
          self.showTrials()
        }
      }
    }
  }

  /// Ends all threads; a change that is being made is finished first.
  func stop() {
    watcher.stop()
    watcherThread.stop()
    worker.stop()
    recentThread.stop()
    verdictThread.stop()
    logReader?.stop()
    rehearsals.stop()
    monitor?.stop()
  }

  /// Reads both files and hands them to the screen and to the counting.
  func load() {
    do {
      let snapshot = try context.instance.loadConfiguration()
      let configuration = snapshot.configuration
      let revision = "\(configuration.main.bytes.hashValue)-\(configuration.master.bytes.hashValue)"
      state.withLock { state in
        state.loaded.removeAll { $0.revision == revision }
        state.loaded.append((revision, snapshot))
        if state.loaded.count > 8 { state.loaded.removeFirst() }
      }
      mailbox.post(.configurationLoaded(configuration, revision: revision))
      policyInForce.set(configuration.policy())
      monitor?.setPolicies(context.epochs(snapshot))
      watcher.know(
        try context.instance.layout(), version: "\(configuration.environment.version)")
    } catch {
      mailbox.post(.configurationFailed("\(error)"))
    }
  }

  /// What was read at a revision; nil when that is long ago.
  func snapshot(at revision: String) -> ConfigurationSnapshot? {
    state.withLock { $0.loaded.last { $0.revision == revision }?.snapshot }
  }

  /// Hands the commands that ran since the last call to the screen.
  func showCommands() {
    let records = context.commands.records
    let shown = state.withLock { state in
      defer { state.commandsShown = records.count }
      return state.commandsShown
    }
    for record in records.dropFirst(min(shown, records.count)) {
      mailbox.post(.commandRan("\(record.command)  (\(record.ending))"))
    }
  }

  private func recover() {
    guard geteuid() == 0 else { return }
    do {
      for done in try context.transaction().recover() {
        mailbox.post(.notice(Notice(done, kind: .warning)))
      }
    } catch {
      mailbox.post(.notice(Notice("\(error)", kind: .error)))
    }
    showCommands()
    showWindow()
    showTrials()
  }
}

/// The policy that was read last, for threads that tell the causes of refusals.
private final class PolicyInForce: Sendable {
  private let policy = Mutex<Policy?>(nil)

  func set(_ policy: Policy) { self.policy.withLock { $0 = policy } }

  func read() -> Policy? { policy.withLock { $0 } }
}

extension Context {
  /// The log, found without asking Postfix: the screen must not wait for that.
  ///
  /// - Returns: the source, and one sentence when it cannot be read.
  func quickLogSource() -> (source: LogSource?, problem: String?) {
    guard let source = logSource() else {
      return (nil, "No mail log was found; name one with --log FILE.")
    }
    if source.isPacked {
      return (nil, "A packed log cannot be followed; name the plain one with --log FILE.")
    }
    guard case .file(let path) = source, access(path, R_OK) != 0 else { return (source, nil) }
    let problem =
      errno == ENOENT
      ? "There is no \(path); name another log with --log FILE."
      : "\(path) cannot be read by this user; run postgate as root or join the group adm."
    return (source, problem)
  }
}
