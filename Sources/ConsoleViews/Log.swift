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
    if isFocused, first + index == cursor { screen.select(x: rect.x, y: y, width: rect.width) }
  }
}

private func logLine(_ row: LogRow, state: AppState) -> StyledLine {
  let clock = row.time.map { Format.clock(secondsSinceMidnight: state.localSeconds($0)) }
  let (word, role) = verdict(of: row.kind)
  var spans = [Span((clock ?? "--:--:--") + " ", .dim), Span(word.padded(to: 7), role)]
  switch row.kind {
  case .reject, .trial: spans += refusal(row)
  case .accepted, .delivery: spans += delivery(row)
  case .connect, .disconnect, .lostConnection:
    spans.append(Span(row.clientAddress ?? ""))
    spans.append(Span(" \(row.clientName ?? "") \(row.kind == .connect ? "" : row.text)", .dim))
  default:
    spans.append(Span("\(row.program): ", .dim))
    spans.append(Span(row.text))
  }
  return StyledLine(spans)
}

private func refusal(_ row: LogRow) -> [Span] {
  var spans = [Span(row.clientAddress ?? "")]
  if let helo = row.helo { spans.append(Span(" helo \(helo)", .dim)) }
  let cause = row.candidates.map { candidate in
    [candidate.name, candidate.argument].compactMap(\.self).joined(separator: " ")
  }.joined(separator: " | ")
  spans.append(Span("  \(cause.isEmpty ? row.text : cause)", row.kind == .trial ? .trial : .reject))
  if let reply = row.reply { spans.append(Span(" \(reply)", .dim)) }
  if let recipient = row.recipient { spans.append(Span(" → \(recipient)", .dim)) }
  return spans
}

private func delivery(_ row: LogRow) -> [Span] {
  guard row.sender != nil || row.recipient != nil else {
    return [Span(row.clientAddress ?? ""), Span(" \(row.queueID ?? "") \(row.text)", .dim)]
  }
  return [
    Span(row.clientAddress ?? row.queueID ?? ""), Span(" \(row.sender ?? "")"),
    Span(row.recipient.map { " → \($0)" } ?? ""), Span("  \(row.text)", .dim),
  ]
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
