import ArgumentParser
import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixHost

/// `postgate log`: events, one a line.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show events of the log, one a line.",
    discussion: """
      A filter is a row of conditions that must all hold: NAME=VALUE, NAME!=VALUE, a word that the \
      line contains, or !WORD that it does not contain.

        event=reject           one of accepted, reject, trial, action, connect, disconnect,
                               lost_connection, delivery, queue, postscreen, auth_failure, tls,
                               anvil, warning, error, fatal, panic, lifecycle, other
        client=192.0.2.0/24    an address, a network, or a part of the name
        helo= sender= recipient= restriction= service= text=
                               a part of it, in upper or lower case
        reply=550              the reply begins so; command=RCPT, queue=ID and pid=N are equal

      VALUE may be several with commas between them (event=reject,trial), and stands in double quotes \
      when it has blanks.
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
    guard lines > 0 else { throw ValidationError("--lines takes a number above 0") }
    let wanted: LogFilter
    do {
      wanted = try LogFilter(filter)
    } catch {
      throw ValidationError("\(error)")
    }
    try reportingErrors {
      let context = try Context(target)
      guard let source = context.logSource() else {
        throw Failure("no mail log was found; name one with --log FILE")
      }
      let epochs = context.epochs(try context.instance.loadConfiguration())
      var listing = LogListing(filter: wanted, causes: RowCauses(epochs: epochs), json: output.json)
      let last = try showPast(source, bounds, &listing)
      if follow { try showFuture(source, after: last, &listing) }
    }
  }

  /// Shows the last events of the window, and returns the log's newest line.
  private func showPast(
    _ source: LogSource, _ bounds: (since: LogTime, until: LogTime?), _ listing: inout LogListing
  ) throws -> String? {
    var texts: [String] = []
    var newest: String?
    try readLogRows(source.inputs(since: bounds.since).inputs, since: bounds.since) { row in
      newest = row.line
      guard let text = listing.text(row) else { return }
      if let until = bounds.until, let time = row.time, time >= until { return }
      texts.append(text)
      // Twice as many as are wanted, so that most lines cost nothing to keep.
      if texts.count > 2 * lines + 1000 { texts.removeFirst(texts.count - lines) }
    }
    texts.suffix(lines).forEach(listing.show)
    return newest
  }

  /// Goes on behind `last` with what comes.
  private func showFuture(
    _ source: LogSource, after last: String?, _ listing: inout LogListing
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
    var sequence = rows.last?.sequence ?? 0
    if let place = rows.lastIndex(where: { $0.line == last }) { rows.removeSubrange(...place) }
    while true {
      for row in rows {
        sequence = row.sequence
        if let text = listing.text(row) { listing.show(text) }
      }
      news.wait(seconds: 1)
      rows = monitor.rows(after: sequence, limit: 5000)
    }
  }
}

/// Rows as they are printed.
private struct LogListing {
  let filter: LogFilter
  var causes: RowCauses
  let json: Bool

  /// The text of a row; nil for one that is not wanted.
  mutating func text(_ row: LogRow) -> String? {
    guard row.kind != .foreign else { return nil }
    let cause = causes.cause(of: row)
    guard filter.matches(row, cause: cause) else { return nil }
    return json ? row.json(cause: cause).text(compact: true) : row.line(cause: cause)
  }

  /// Prints a row's text; JSON has escaped what could steer a terminal.
  func show(_ text: String) {
    if json { writeVerbatim(text) } else { write(text) }
  }
}
