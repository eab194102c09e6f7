import Attribution
import ConsoleCore
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import TextGrid

/// The console as lines: one for each verdict, one for each period; for screen readers, printers,
/// pipes and terminals that cannot move their cursor.
struct PlainConsole {
  private let context: Context
  private let monitor: LogMonitor
  private let period: Double
  private let news = Latch()
  private var policy = Policy()
  private var files: [FileStatus?] = []
  private var sequence: UInt64 = 0
  private var once = RowsOnce()

  /// - Parameter period: seconds between two summaries.
  /// - Throws: ``Failure`` without a readable log.
  init(context: Context, period: Double) throws {
    let (source, problem) = context.quickLogSource()
    if let problem { throw Failure(problem) }
    guard let source else { throw Failure("no mail log was found; name one with --log FILE") }
    self.context = context
    self.period = period
    monitor = LogMonitor(source: source, windowSeconds: 3600)
  }

  /// Writes until the reader goes away or a signal ends the process.
  mutating func run() throws {
    write(
      "postgate \(Version.text), \(context.instance.configurationDirectory), one line a verdict")
    readPolicy()
    let news = news
    try monitor.start { news.raise() }
    defer { monitor.stop() }
    while !monitor.snapshot().coverage.isComplete, monitor.problem() == nil {
      news.wait(seconds: 0.1)
    }
    // What the log held before is known, and not told.
    _ = newRows()
    var next = monotonicSeconds()
    while true {
      if monotonicSeconds() >= next {
        summarise()
        readPolicy()
        next = max(next + period, monotonicSeconds())
      }
      for row in newRows() where Self.told.contains(row.kind) {
        write(row.line(cause: attribute(row: row, policy: policy)))
      }
      news.wait(seconds: min(1, max(0.01, next - monotonicSeconds())))
    }
  }

  private mutating func newRows() -> [LogRow] {
    let news = monitor.news(after: sequence, limit: 5000)
    sequence = news.rows.last?.sequence ?? sequence
    return once.new(news.rows, generation: news.generation)
  }

  private static let told: Set<LogRow.Kind> = [
    .accepted, .reject, .trial, .action, .authFailure, .postscreen, .warning, .error, .fatal,
    .panic,
    .lifecycle,
  ]

  /// Reads the policy when one of the files was changed.
  private mutating func readPolicy() {
    let present = [context.instance.mainCF, context.instance.masterCF].map {
      try? FileStatus(of: $0)
    }
    guard present != files else { return }
    do {
      let snapshot = try context.instance.loadConfiguration()
      policy = snapshot.configuration.policy()
      for epoch in context.epochs(snapshot) { monitor.setPolicy(epoch.policy, since: epoch.since) }
      if !files.isEmpty { write("\(LogTime.now.clock) the configuration was changed") }
    } catch {
      write("\(LogTime.now.clock) the configuration cannot be read: \(error)")
    }
    files = present
  }

  private func summarise() {
    if let problem = monitor.problem() { return write("\(LogTime.now.clock) \(problem)") }
    let snapshot = monitor.snapshot()
    let layout = try? context.instance.layout()
    let running = layout.flatMap { Instance.running(queueDirectory: $0.queueDirectory) }
    var parts = [
      running == nil ? "Postfix does not run" : "Postfix runs",
      "\(monitor.sessions().count) connected",
      "last hour \(snapshot.connections) connections",
      "\(snapshot.accepted) accepted", "\(snapshot.rejects) rejected",
    ]
    if let share = snapshot.refusedShare {
      parts.append("\(Format.percent(share)) of the sessions refused")
    }
    if snapshot.trial > 0 { parts.append("\(snapshot.trial) on trial") }
    parts += snapshot.restrictionTotals(\.rejects).prefix(3).map {
      "\($0.cause.label) \($0.count)"
    }
    write("\(LogTime.now.clock) " + parts.joined(separator: ", "))
  }
}
