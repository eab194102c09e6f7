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
    /// The smtpd services by the port they listen on.
    var services: [UInt16: String] = [:]
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
      state.services = Self.services(layout)
      state.status.hostname = layout.hostname
      state.status.version = version
    }
    refreshStatus(isNews: true)
  }

  /// Ends ``run(onChange:)`` after its present look.
  func stop() { state.withLock { $0.isStopping = true } }

  /// Looks until ``stop()``; `onChange` is called when one of the two files or the history was changed.
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
    let (layout, services) = state.withLock { ($0.layout, $0.services) }
    guard let layout else { return logged }
    let look = LiveConnections(queueDirectory: layout.queueDirectory).look()
    let ports = Dictionary(
      look.sockets.map { ($0.pid, $0.localPort) }, uniquingKeysWith: { first, _ in first })
    // One that the log believes in but no process serves is a ghost, not a connection.
    return look.confirm(logged, now: .now).filter { $0.witness != .stale }.map { session in
      var session = session
      session.service = ports[session.pid].flatMap { services[$0] } ?? session.service
      return session
    }
  }

  /// The port is the part of the name behind the last colon, as a number or as services(5) has it.
  private static func services(_ layout: InstanceLayout) -> [UInt16: String] {
    var services: [UInt16: String] = [:]
    for service in layout.smtpdServices where service.id.type == "inet" {
      let name = service.id.name.split(separator: ":").last.map(String.init) ?? ""
      if let port = UInt16(name) ?? servicePort(name) { services[port] = "\(service.id)" }
    }
    return services
  }

  /// Both files, and the newest change of the history: another postgate may open, keep or end a window
  /// without a further write to main.cf.
  private func fileStates() -> [FileStatus?] {
    var paths = [instance.mainCF, instance.masterCF]
    if geteuid() == 0 {
      let state =
        environmentVariable("POSTGATE_STATE_DIRECTORY") ?? StateDirectory.standardPath
      let changes = "\(state)/\(instance.stateName)/changes"
      paths.append(changes)
      if let newest = (try? directoryEntries(changes))?.last(where: { Int($0) != nil }) {
        paths.append("\(changes)/\(newest)")
      }
    }
    return paths.map { try? FileStatus(of: $0) }
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
