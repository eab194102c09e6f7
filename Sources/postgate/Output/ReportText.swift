import Attribution
import MailLog

/// The text of `postgate report`: totals, tables by weight, a bar for each hour.
struct ReportText {
  var snapshot: LogSnapshot
  /// Columns to use; bars are left out below 60.
  var width = 80
  /// False where the terminal cannot show block characters.
  var unicode = true

  /// The lines, without line ends.
  var lines: [String] {
    var lines = header
    lines += table("Rejects by restriction", restrictionRows)
    lines += table("Trial (would have been rejected)", trialRows)
    lines += table("Rejects by stage of the dialogue", rows(snapshot.byCommand))
    lines += table("Rejects by reply", rows(snapshot.byReply))
    lines += table("postscreen", rows(snapshot.postscreen))
    lines += table("Clients with the most rejects", rows(snapshot.top.clients))
    lines += table("Networks", rows(snapshot.top.networks))
    lines += table("HELO names", rows(snapshot.top.heloNames))
    lines += table("Sender domains", rows(snapshot.top.senderDomains))
    lines += table("Recipients", rows(snapshot.top.recipients))
    lines += hours
    return lines
  }

  private typealias Row = (label: String, count: Int, note: String)

  private var header: [String] {
    var lines = ["window      \(snapshot.since.local) to \(snapshot.until.local)"]
    let coverage = snapshot.coverage
    lines.append(
      "read        \(coverage.lines) lines, \(coverage.postfixLines) of Postfix, "
        + "\(coverage.unknownLines) of unknown form; \(coverage.files.joined(separator: " "))")
    if let from = coverage.readFrom, from > snapshot.since {
      lines.append("            the log reaches back to \(from.local) only")
    }
    lines.append(
      "connections \(snapshot.connections), distinct clients about \(snapshot.distinctClients)")
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

  private var restrictionRows: [Row] {
    let sure = snapshot.restrictionTotals(\.rejects).map {
      (label: $0.cause.label, count: $0.count, note: "")
    }
    let open = snapshot.open.map { group in
      (
        label: "one of: " + group.candidates.map(\.label).joined(separator: ", "),
        count: group.count,
        note: ""
      )
    }
    return sure + open.sorted { $0.count > $1.count }
  }

  private var trialRows: [Row] {
    snapshot.restrictionTotals(\.trial).map { (label: $0.cause.label, count: $0.count, note: "") }
  }

  private func rows(_ counts: [String: Int]) -> [Row] {
    counts.map { (label: $0.key, count: $0.value, note: "") }
      .sorted { ($1.count, $0.label) < ($0.count, $1.label) }
  }

  private func rows(_ entries: [TopTalkers.Entry]) -> [Row] {
    entries.prefix(10).map { entry in
      (
        label: entry.key, count: entry.count,
        note: entry.error > 0 ? " (at most \(entry.error) too many)" : ""
      )
    }
  }

  private func table(_ title: String, _ rows: [Row]) -> [String] {
    guard !rows.isEmpty else { return [] }
    return ["", title]
      + rows.map { row in
        let count = String(row.count)
        return String(repeating: " ", count: max(0, 9 - count.count)) + count + "  " + row.label
          + row.note
      }
  }

  private var hours: [String] {
    let series = snapshot.series
    let peak = series.connections.max() ?? 0
    guard peak > 0, width >= 60 else { return [] }
    let mark = unicode ? "█" : "#"
    let room = width - 40
    var lines = ["", "Connections, rejects and accepted messages per \(stepText)"]
    for index in series.connections.indices {
      let start = LogTime(seconds: series.start.seconds + Int64(index * series.stepSeconds))
      let bar = String(repeating: mark, count: series.connections[index] * room / peak)
      let numbers = [series.connections, series.rejects, series.accepted]
        .map { counts in padded(counts.indices.contains(index) ? counts[index] : 0, 7) }
        .joined()
      lines.append("\(start.local.prefix(16))\(numbers) \(bar)")
    }
    return lines
  }

  private var stepText: String {
    switch snapshot.series.stepSeconds {
    case 3600: "hour"
    case 60: "minute"
    case let seconds: "\(seconds) s"
    }
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
