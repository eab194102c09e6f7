import Attribution
import MailLog

/// The text of `postgate report`: totals, tables by weight, a bar for each hour.
struct ReportText {
  var snapshot: LogSnapshot
  /// Columns of the terminal; nil where the text goes elsewhere, which then gets no bars.
  var width: Int?
  /// False where the terminal cannot show block characters.
  var unicode = true
  /// True when a start was asked for: only then does it matter that the log begins later.
  var hasStart = true
  /// By whose days the bars go; nil for this machine's.
  var zone: LocalZone?

  /// The lines, without line ends.
  var lines: [String] {
    let tables: [(String, [Row])] = [
      ("Rejects by restriction", causeRows(\.rejects, snapshot.open)),
      ("Trial (would have been rejected)", causeRows(\.trial, snapshot.openTrial)),
      ("Rejects by command", rows(snapshot.byCommand)),
      ("Rejects by stage", rows(snapshot.byStage)),
      ("Rejects by service", snapshot.byService.count > 1 ? rows(snapshot.byService) : []),
      ("Rejects by reply", rows(snapshot.byReply)),
      ("postscreen", rows(snapshot.postscreen)),
      ("Actions other than reject", rows(snapshot.incidentCounts(.action))),
      ("Deliveries", rows(snapshot.incidentCounts(.delivery))),
      ("Events", rows(snapshot.incidentCounts(.event))),
      ("Highest load of one client (anvil)", peakRows),
      ("Clients with the most rejects", rows(snapshot.top.clients)),
      ("Networks", rows(snapshot.top.networks)),
      ("HELO names", rows(snapshot.top.heloNames)),
      ("Sender domains", rows(snapshot.top.senderDomains, empty: "<>")),
      ("Recipients", rows(snapshot.top.recipients)),
    ]
    return header + tables.flatMap(table) + (width.map(chart) ?? [])
  }

  private typealias Row = (label: String, count: Int, note: String)

  private var header: [String] {
    var lines = ["window      \(snapshot.since.local) to \(snapshot.until.local)"]
    let coverage = snapshot.coverage
    lines.append(
      "read        \(coverage.lines) lines, \(coverage.postfixLines) of Postfix, "
        + "\(coverage.unknownLines) of unknown form; \(coverage.files.joined(separator: " "))")
    lines += coverage.skipped.map { "not whole   \($0.file): \($0.reason)" }
    // Most stamps tell the second only, and the window may begin within one.
    if hasStart, let from = coverage.readFrom, from.seconds > snapshot.since.seconds {
      lines.append("            the log reaches back to \(from.local) only")
    }
    lines.append(
      "connections \(snapshot.connections), from about \(snapshot.distinctClients) clients "
        + "(standard error 0.8%)")
    lines.append("accepted    \(snapshot.accepted) messages")
    lines.append("rejects     \(snapshot.rejects)" + shareText)
    lines.append("trial       \(snapshot.trial)")
    return lines
  }

  private var shareText: String {
    guard let share = snapshot.refusedShare else { return "" }
    let tenths = Int((share * 1000).rounded())
    return ", \(tenths / 10).\(tenths % 10)% of the sessions were refused"
  }

  private func causeRows(_ count: KeyPath<RowCount, Int>, _ open: [OpenGroup]) -> [Row] {
    var groups: [String: Int] = [:]
    for group in open {
      let label = "one of: " + group.candidates.map(\.label).joined(separator: ", ")
      groups[label, default: 0] += group.count
    }
    return snapshot.restrictionTotals(count).map { ($0.cause.label, $0.count, "") } + rows(groups)
  }

  private func rows(_ counts: [String: Int]) -> [Row] {
    counts.map { (label: $0.key, count: $0.value, note: "") }
      .sorted { ($1.count, $0.label) < ($0.count, $1.label) }
  }

  /// - Parameter empty: what an empty key is called, as the null sender.
  private func rows(_ entries: [TopTalkers.Entry], empty: String = "") -> [Row] {
    entries.prefix(10).map { entry in
      (
        entry.key.isEmpty ? empty : entry.key, entry.count,
        entry.error > 0 ? " (at most \(entry.error) too many)" : ""
      )
    }
  }

  private var peakRows: [Row] {
    snapshot.peaks.map { peak in
      (
        peak.kind.name + (peak.unit.map { " in \($0)" } ?? ""), peak.value,
        "  \(peak.client) at \(peak.service), \(peak.time.local)"
      )
    }
  }

  private func table(_ title: String, _ rows: [Row]) -> [String] {
    guard !rows.isEmpty else { return [] }
    return ["", title]
      + rows.map { String($0.count).leftPadded(to: 9) + "  " + $0.label + $0.note }
  }

  /// A line for each step that is an hour or more; finer steps are put together to hours, and more
  /// than three days of hours to days.
  private func chart(_ width: Int) -> [String] {
    let (bars, unit) = snapshot.series.bars(zone ?? .system(around: .now))
    guard let peak = bars.map(\.connections).max(), peak > 0, width >= 60 else { return [] }
    let mark = unicode ? "█" : "#"
    let room = width - 40
    return ["", "Connections, rejects and accepted messages per \(unit)"]
      + bars.map { bar in
        let numbers = [bar.connections, bar.rejects, bar.accepted]
          .map { String($0).leftPadded(to: 7) }.joined()
        let length = bar.connections * room / peak
        return "\(bar.start)\(numbers) \(String(repeating: mark, count: length))"
      }
  }
}

/// The counts of an hour or a day.
struct ReportBar: Hashable {
  /// Where it begins, as a clock on the wall shows it.
  var start: String
  var connections = 0
  var rejects = 0
  var accepted = 0
}

extension Series {
  /// By the hour, or by the local day when that would be more than three days of hours; longer steps
  /// as they are.
  func bars(_ zone: LocalZone) -> (bars: [ReportBar], unit: String) {
    let wanted: Int64 = connections.count * stepSeconds / 3600 > 72 ? 86_400 : 3600
    let width = max(wanted, Int64(stepSeconds))
    var bars: [ReportBar] = []
    var place: Int64?
    for index in connections.indices {
      let moment = start.seconds + Int64(index * stepSeconds)
      let local = moment + Int64(zone.offset(at: moment))
      // Steps of more than a day begin where they begin.
      let begin = stepSeconds > wanted ? local : local - (local % width + width) % width
      if begin != place {
        place = begin
        bars.append(ReportBar(start: LogTime(seconds: begin).wall))
      }
      bars[bars.count - 1].connections += connections[index]
      bars[bars.count - 1].rejects += rejects[index]
      bars[bars.count - 1].accepted += accepted[index]
    }
    return (bars, width == 3600 ? "hour" : width == 86_400 ? "day" : "step")
  }
}
