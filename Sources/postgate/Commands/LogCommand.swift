import ArgumentParser
import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// `postgate log`: events, one a line.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show events of the log, one a line.",
    discussion: """
      A filter is a row of conditions that must all hold: event=reject, client=192.0.2.7, helo=…, \
      sender=…, recipient=…, restriction=…, service=…, or a word that the line contains.
      """)

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var window: WindowOptions
  @Flag(help: "Go on with what comes.")
  var follow = false
  @Option(help: "Only events that fulfil this, as \"event=reject helo=ylmf-pc\".")
  var filter: String = ""
  @Option(help: "The last so many events.")
  var lines = 50

  func run() throws {
    let bounds = try window.bounds(standard: 86_400)
    let filter = LogFilter(filter)
    guard lines > 0 else { throw ValidationError("--lines takes a number above 0") }
    try reportingErrors {
      let context = try Context(target)
      guard let source = context.logSource() else {
        throw Failure("no mail log was found; name one with --log FILE")
      }
      let policy = try context.instance.loadConfiguration().configuration.policy()
      let last = try showPast(source, bounds, filter, policy)
      if follow { try showFuture(source, after: last, filter, policy) }
    }
  }

  /// Shows the last events of the window, and returns the log's newest line.
  private func showPast(
    _ source: LogSource, _ bounds: (since: LogTime, until: LogTime?), _ filter: LogFilter,
    _ policy: Policy
  ) throws -> String? {
    var rows: [LogRow] = []
    var newest: String?
    try readLogRows(source.inputs(since: bounds.since).inputs, since: bounds.since) { row in
      newest = row.line
      if let until = bounds.until, let time = row.time, time >= until { return }
      guard isWanted(row, filter, policy) else { return }
      rows.append(row)
      // Twice as many as are wanted, so that most lines cost nothing to keep.
      if rows.count > 2 * lines + 1000 { rows.removeFirst(rows.count - lines) }
    }
    rows.suffix(lines).forEach { show($0, policy) }
    return newest
  }

  /// Goes on behind `last` with what comes.
  private func showFuture(
    _ source: LogSource, after last: String?, _ filter: LogFilter, _ policy: Policy
  ) throws {
    let monitor = LogMonitor(source: source, windowSeconds: 60, refreshSeconds: 0.1)
    let news = Latch()
    try monitor.start { news.raise() }
    defer { monitor.stop() }
    while !monitor.snapshot().coverage.isComplete, monitor.problem() == nil {
      news.wait(seconds: 0.1)
    }
    if let problem = monitor.problem() { throw Failure(problem) }
    var rows = monitor.rows(after: 0, limit: 5000)
    if let place = rows.lastIndex(where: { $0.line == last }) { rows.removeSubrange(...place) }
    var sequence = monitor.rows(after: 0, limit: 1).last?.sequence ?? 0
    while true {
      for row in rows {
        sequence = row.sequence
        if isWanted(row, filter, policy) { show(row, policy) }
      }
      news.wait(seconds: 1)
      rows = monitor.rows(after: sequence, limit: 5000)
    }
  }

  private func isWanted(_ row: LogRow, _ filter: LogFilter, _ policy: Policy) -> Bool {
    row.kind != .foreign && filter.matches(row, cause: attribute(row: row, policy: policy))
  }

  private func show(_ row: LogRow, _ policy: Policy) {
    let cause = attribute(row: row, policy: policy)
    if output.json {
      write(row.json(cause: cause), compact: true)
    } else {
      write(row.line(cause: cause))
    }
  }
}
