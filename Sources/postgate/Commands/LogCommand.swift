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
        client=192.0.2.0/24    an address, a network, or a part of the address or name
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
    if follow && window.until != nil {
      throw ValidationError("--follow goes on without end; leave out --until")
    }
    if follow, let log = target.log, LogSource(option: log).isPacked {
      throw ValidationError("\(log) is packed and does not grow; leave out --follow")
    }
    let wanted: LogFilter
    do {
      wanted = try LogFilter(filter)
    } catch {
      throw ValidationError("\(error)")
    }
    try reportingErrors {
      let (source, epochs) = try target.logAndPolicies()
      // The standard window is a day, and a second may have gone since it was made.
      let isLong = LogTime.now.seconds - bounds.since.seconds > 86_400 + 60
      var listing = LogListing(
        filter: wanted, causes: RowCauses(epochs: epochs), json: output.json, isDated: isLong)
      if follow {
        try goOn(source, since: bounds.since, &listing)
      } else {
        try showPast(source, bounds, &listing)
      }
    }
  }

  /// Shows the last events of the window.
  private func showPast(
    _ source: LogSource, _ bounds: (since: LogTime, until: LogTime?), _ listing: inout LogListing
  ) throws {
    var last = LastTexts(limit: lines)
    var (inputs, skipped) = try source.inputs(since: bounds.since)
    try readLogRows(
      inputs, since: bounds.since, until: bounds.until, skipped: { skipped.append($0) }
    ) { row in
      if let text = listing.text(row) { last.append(text) }
    }
    last.texts.forEach(listing.show)
    skipped.forEach(writeSkipped)
    if !skipped.isEmpty { throw ExitCode(1) }
  }

  /// Shows the last events since a moment, then what comes.
  private func goOn(_ source: LogSource, since: LogTime, _ listing: inout LogListing) throws {
    var last: LastTexts? = LastTexts(limit: lines)
    try followLogRows(source, since: since) { news in
      switch news {
      case .row(let row):
        guard let text = listing.text(row) else { return }
        if last == nil { listing.show(text) } else { last?.append(text) }
      case .caughtUp:
        last?.texts.forEach(listing.show)
        last = nil
      case .problem(let problem): writeError(problem)
      }
    }
  }
}

/// The last so many texts of many.
private struct LastTexts {
  let limit: Int
  private var kept: [String] = []

  init(limit: Int) { self.limit = limit }

  var texts: ArraySlice<String> { kept.suffix(limit) }

  mutating func append(_ text: String) {
    kept.append(text)
    // Twice as many as are wanted, so that most texts cost nothing to keep.
    if kept.count - limit > max(limit, 1000) { kept.removeFirst(kept.count - limit) }
  }
}

/// Rows as they are printed.
private struct LogListing {
  let filter: LogFilter
  var causes: RowCauses
  let json: Bool
  /// True where a time of day alone does not tell the day.
  let isDated: Bool

  /// The text of a row; nil for one that is not wanted.
  mutating func text(_ row: LogRow) -> String? {
    guard row.kind != .foreign else { return nil }
    let cause = causes.cause(of: row)
    guard filter.matches(row, cause: cause) else { return nil }
    return json
      ? row.json(cause: cause).text(compact: true) : row.line(cause: cause, dated: isDated)
  }

  /// Prints a row's text; JSON has escaped what could steer a terminal.
  func show(_ text: String) {
    if json { writeVerbatim(text) } else { write(text) }
  }
}
