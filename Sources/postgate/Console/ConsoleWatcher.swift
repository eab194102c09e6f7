import ConsoleCore
import Glibc
import HostSystem
import MailLog
import PostfixHost
import Synchronization

/// Looks at processes, sockets and files again and again, and reports what changed.
final class ConsoleWatcher: Sendable {
  private struct State {
    var status: InstanceStatus
    var layout: InstanceLayout?
    var isStopping = false
  }

  private let instance: Instance
  private let mailbox: EventMailbox
  private let monitor: LogMonitor?
  private let standingProblem: String?
  private let state: Mutex<State>

  /// Microseconds between two looks: a client must be seen within a second.
  private static let pause: UInt32 = 300_000

  init(instance: Instance, mailbox: EventMailbox, monitor: LogMonitor?, status: InstanceStatus) {
    self.instance = instance
    self.mailbox = mailbox
    self.monitor = monitor
    standingProblem = status.logProblem
    state = Mutex(State(status: status))
  }

  /// What is known of the instance now.
  var status: InstanceStatus { state.withLock { $0.status } }

  /// Takes what Postfix was asked; shown at once.
  func know(_ layout: InstanceLayout, version: String) {
    state.withLock { state in
      state.layout = layout
      state.status.hostname = layout.hostname
      state.status.version = version
    }
    refreshStatus(isNews: true)
  }

  /// Ends ``run(onChange:)`` after its present look.
  func stop() { state.withLock { $0.isStopping = true } }

  /// Looks until ``stop()``; `onChange` is called when one of the two files was changed.
  func run(onChange: () -> Void) {
    var files = fileStates()
    var sessions: [LiveSession]?
    var round = 0
    while !state.withLock({ $0.isStopping }) {
      let now = liveSessions()
      if now != sessions {
        sessions = now
        mailbox.post(.sessions(now))
      }
      round += 1
      if round % 3 == 0 {
        let present = fileStates()
        if present != files { onChange() }
        files = present
        refreshStatus()
      }
      usleep(Self.pause)
    }
  }

  private func liveSessions() -> [LiveSession] {
    let logged = monitor?.sessions() ?? []
    guard let layout = state.withLock({ $0.layout }) else { return logged }
    let look = LiveConnections(queueDirectory: layout.queueDirectory).look()
    // One that the log believes in but no process serves is a ghost, not a connection.
    return look.confirm(logged, now: .now).filter { $0.witness != .stale }
  }

  private func fileStates() -> [FileStatus?] {
    [instance.mainCF, instance.masterCF].map { try? FileStatus(of: $0) }
  }

  private func refreshStatus(isNews: Bool = false) {
    guard let queue = state.withLock({ $0.layout?.queueDirectory }) else { return }
    let running = Instance.running(queueDirectory: queue)
    let problem = monitor.map { $0.problem() } ?? standingProblem
    let changed = state.withLock { state in
      let before = state.status
      state.status.isRunning = running != nil
      let since = running?.uptime.map { LogTime(seconds: LogTime.now.seconds - Int64($0)) }
      // Rounding makes the start jitter by a second; only another start is news.
      if since == nil || abs((since?.seconds ?? 0) - (before.runningSince?.seconds ?? 0)) > 2 {
        state.status.runningSince = since
      }
      state.status.logProblem = problem
      return isNews || state.status != before ? state.status : nil
    }
    if let changed { mailbox.post(.instance(changed)) }
  }
}
