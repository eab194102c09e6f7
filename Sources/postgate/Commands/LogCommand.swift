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
      let seconds = Int(LogTime.now.seconds - bounds.since.seconds) + 1
      let monitor = LogMonitor(
        source: source, windowSeconds: seconds, refreshSeconds: 0.1, ringCapacity: 200_000)
      let news = Latch()
      try monitor.start { news.raise() }
      defer { monitor.stop() }
      var rows = try firstRows(monitor, news)
      rows = rows.filter { row in
        isWanted(row, filter, policy) && (row.time ?? bounds.since) >= bounds.since
          && bounds.until.map { until in row.time.map { $0 < until } ?? true } ?? true
      }
      var last = rows.last?.sequence ?? 0
      rows.suffix(lines).forEach { show($0, policy) }
      while follow {
        news.wait(seconds: 1)
        for row in monitor.rows(after: last, limit: 10_000) {
          last = row.sequence
          if isWanted(row, filter, policy) { show(row, policy) }
        }
      }
    }
  }

  private func firstRows(_ monitor: LogMonitor, _ news: Latch) throws -> [LogRow] {
    let deadline = monotonicSeconds() + 600
    while !monitor.snapshot().coverage.isComplete, monotonicSeconds() < deadline {
      if let problem = monitor.problem() { throw Failure(problem) }
      news.wait(seconds: 0.2)
    }
    return monitor.rows(after: 0, limit: 200_000)
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
