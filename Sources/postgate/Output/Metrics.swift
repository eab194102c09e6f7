import Attribution
import MailLog

/// OpenMetrics text of a snapshot (OpenMetrics 1.0, which the Prometheus text format reads too).
struct Metrics {
  var snapshot: LogSnapshot
  var isRunning: Bool

  /// The text, from the first `# TYPE` to `# EOF`, without a final newline.
  var text: String {
    var writer = MetricsWriter(created: snapshot.since)
    writer.gauge("postgate_postfix_running", "1 while the Postfix master runs.", isRunning ? 1 : 0)
    writer.counter("postgate_connections", "Connections to smtpd.", snapshot.connections)
    writer.counter(
      "postgate_accepted_messages", "Messages queued by smtpd that became active.",
      snapshot.accepted)
    writer.counter(
      "postgate_sessions", "Ended smtpd sessions; refused ones had a reject and no message.",
      [
        (["outcome": "refused"], snapshot.refusedSessions),
        (["outcome": "other"], snapshot.endedSessions - snapshot.refusedSessions),
      ])
    writer.counter(
      "postgate_rejects", "Reject lines by what refused; several causes stand as cause=open.",
      causes(\.rejects, snapshot.open))
    writer.counter(
      "postgate_trial_rejects", "Lines of warn_if_reject by what would have refused.",
      causes(\.trial, snapshot.openTrial))
    writer.counter(
      "postgate_rejects_by_command", "Reject lines by SMTP command.",
      labelled("command", snapshot.byCommand))
    writer.counter(
      "postgate_postscreen", "Lines of postscreen by their words.",
      labelled("event", snapshot.postscreen))
    writer.counter(
      "postgate_actions", "Actions other than reject.",
      labelled("action", snapshot.incidentCounts(.action)))
    writer.counter(
      "postgate_deliveries", "Deliveries by result.",
      labelled("status", snapshot.incidentCounts(.delivery)))
    writer.counter(
      "postgate_events", "Other events of the log.",
      labelled("event", snapshot.incidentCounts(.event)))
    writer.counter("postgate_log_lines", "Lines read, of all programs.", snapshot.coverage.lines)
    writer.counter(
      "postgate_log_unknown_lines", "Lines of Postfix of unknown form.",
      snapshot.coverage.unknownLines)
    if let newest = snapshot.coverage.newestLine {
      writer.gauge(
        "postgate_log_newest_line_timestamp_seconds", "Stamp of the newest line.",
        Int(newest.seconds), unit: "seconds")
    }
    return writer.finish()
  }

  private func labelled(_ label: String, _ counts: [String: Int]) -> [([String: String], Int)] {
    counts.map { ([label: $0.key], $0.value) }
  }

  private func causes(_ count: KeyPath<RowCount, Int>, _ open: [OpenGroup])
    -> [([String: String], Int)]
  {
    let rows = snapshot.rows.filter { $0.value[keyPath: count] > 0 }.map { key, row in
      (
        [
          "tag": key.tag, "restriction": key.restriction, "argument": key.argument ?? "",
          "cause": "sure",
        ], row[keyPath: count]
      )
    }
    let groups = open.map { group in
      (
        [
          "tag": group.tag, "argument": "", "cause": "open",
          "restriction": group.candidates.map(\.label).joined(separator: "|"),
        ], group.count
      )
    }
    return rows + groups
  }
}

/// Writes metric families one after the other.
private struct MetricsWriter {
  private let created: LogTime
  private var lines: [String] = []

  init(created: LogTime) { self.created = created }

  mutating func gauge(_ name: String, _ help: String, _ value: Int, unit: String? = nil) {
    lines.append("# TYPE \(name) gauge")
    if let unit { lines.append("# UNIT \(name) \(unit)") }
    lines.append("# HELP \(name) \(Self.escaped(help))")
    lines.append("\(name) \(value)")
  }

  mutating func counter(_ name: String, _ help: String, _ value: Int) {
    counter(name, help, [([:], value)])
  }

  mutating func counter(_ name: String, _ help: String, _ samples: [([String: String], Int)]) {
    guard !samples.isEmpty else { return }
    lines.append("# TYPE \(name) counter")
    lines.append("# HELP \(name) \(Self.escaped(help))")
    for (labels, value) in samples.map({ (Self.text($0.0), $0.1) }).sorted(by: { $0 < $1 }) {
      lines.append("\(name)_total\(labels) \(value)")
      lines.append("\(name)_created\(labels) \(created.seconds)")
    }
  }

  func finish() -> String { (lines + ["# EOF"]).joined(separator: "\n") }

  private static func text(_ labels: [String: String]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }
    return "{" + pairs.joined(separator: ",") + "}"
  }

  /// Backslash, quote and line feed are escaped (OpenMetrics 1.0, section ABNF); other control
  /// characters become `?`, since the file may be looked at in a terminal.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default:
        let isControl =
          scalar.properties.generalCategory == .control
          || scalar.properties.generalCategory == .format
        result.unicodeScalars.append(isControl ? "?" : scalar)
      }
    }
    return result
  }
}
