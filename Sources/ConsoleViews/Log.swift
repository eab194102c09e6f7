import ConsoleCore
import MailLog
import TextGrid

/// The log: a pane of the Gate screen and a screen of its own.
func renderLog(_ state: AppState, on screen: inout Screen, in rect: Rect, isFocused: Bool) {
  let title = state.log.isPaused ? "Log, paused" : "Log"
  renderPaneTitle(title, isFocused: isFocused, on: &screen, in: rect)
  let (_, body) = rect.splitTop(1)
  let rows = state.log.rows
  guard !rows.isEmpty, let current = state.log.current else {
    let sentence = state.instance.logProblem ?? "No lines yet."
    renderSentence(sentence, role: .dim, on: &screen, in: body)
    return
  }
  let cursor = current - state.log.dropped
  let first =
    state.log.cursor == nil
    ? max(0, rows.count - body.height)
    : firstVisible(cursor: cursor, count: rows.count, height: body.height)
  for (index, row) in rows[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    screen.write(logLine(row, state: state), x: rect.x + 1, y: y, width: rect.width - 1)
    // While the log is followed no row is marked: the mark would have to be moved with every line.
    if isFocused, state.log.cursor != nil, first + index == cursor {
      screen.select(x: rect.x, y: y, width: rect.width)
    }
  }
}

/// A line in few looks: each change of look costs bytes on a slow line, and a screen of lines in which
/// only the verdicts stand out is easier to read.
private func logLine(_ row: LogRow, state: AppState) -> StyledLine {
  let clock = row.time.map { Format.clock(secondsSinceMidnight: state.localSeconds($0)) }
  let (word, role) = verdict(of: row.kind)
  let text =
    switch row.kind {
    case .reject, .trial: refusal(row)
    case .accepted, .delivery: delivery(row)
    case .connect, .disconnect, .lostConnection:
      "\(row.clientAddress ?? "") \(row.clientName ?? "") \(row.kind == .connect ? "" : row.text)"
    default: "\(row.program): \(row.text)"
    }
  let base: Role = role == .dim ? .dim : .normal
  return StyledLine([
    Span((clock ?? "--:--:--") + " ", base), Span(word.padded(to: 7), role), Span(text, base),
  ])
}

private func refusal(_ row: LogRow) -> String {
  let cause = row.candidates.map { candidate in
    [candidate.name, candidate.argument].compactMap(\.self).joined(separator: " ")
  }.joined(separator: " | ")
  let parts = [
    row.clientAddress, row.helo.map { "helo \($0)" }, " \(cause.isEmpty ? row.text : cause)",
    row.reply, row.recipient.map { "→ \($0)" },
  ]
  return parts.compactMap(\.self).joined(separator: " ")
}

private func delivery(_ row: LogRow) -> String {
  guard row.sender != nil || row.recipient != nil else {
    return "\(row.clientAddress ?? "") \(row.queueID ?? "") \(row.text)"
  }
  let recipient = row.recipient.map { " → \($0)" } ?? ""
  return "\(row.clientAddress ?? row.queueID ?? "") \(row.sender ?? "")\(recipient)  \(row.text)"
}

private func verdict(of kind: LogRow.Kind) -> (String, Role) {
  switch kind {
  case .accepted: ("OK", .accept)
  case .reject: ("REJECT", .reject)
  case .trial: ("TRIAL", .trial)
  case .action: ("ACTION", .warning)
  case .connect: ("IN", .dim)
  case .disconnect: ("OUT", .dim)
  case .lostConnection: ("LOST", .dim)
  case .delivery: ("MAIL", .accept)
  case .queue: ("QUEUE", .dim)
  case .postscreen: ("SCREEN", .normal)
  case .authFailure: ("AUTH", .warning)
  case .tls: ("TLS", .dim)
  case .anvil: ("ANVIL", .dim)
  case .warning: ("WARN", .warning)
  case .error: ("ERROR", .error)
  case .fatal: ("FATAL", .error)
  case .panic: ("PANIC", .error)
  case .lifecycle: ("POSTFIX", .title)
  case .other, .foreign: ("", .dim)
  }
}
