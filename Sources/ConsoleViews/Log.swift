import Attribution
import ConsoleCore
import MailLog
import TextGrid

/// The log: a pane of the Gate screen and a screen of its own.
func renderLog(_ state: AppState, on screen: inout Screen, in rect: Rect, isFocused: Bool) {
  renderPaneTitle(logTitle(state), isFocused: isFocused, on: &screen, in: rect)
  if let reading = readingWords(state) {
    screen.writeRight(" \(reading) ", right: rect.maxX - 1, y: rect.y, role: .edited)
  }
  let (_, body) = rect.splitTop(1)
  let rows = state.log.rows
  guard !rows.isEmpty, let current = state.log.current else {
    let empty =
      state.log.request != nil
      ? "reading…" : state.log.filter.isEmpty ? "No lines yet." : "No line fulfils the conditions."
    renderSentence(
      state.instance.logProblem ?? empty, role: .dim, on: &screen, in: body)
    return
  }
  let cursor = current - state.log.dropped
  let first = state.log.firstVisible(height: body.height) ?? 0
  for (index, row) in rows[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    screen.write(logLine(row, state: state), x: rect.x + 1, y: y, width: rect.width - 1)
    // While the log is followed no row is marked: the mark would have to be moved with every line.
    if isFocused, state.log.cursor != nil, first + index == cursor {
      screen.select(x: rect.x, y: y, width: rect.width)
    }
  }
}

private func logTitle(_ state: AppState) -> String {
  var title = state.log.isPaused ? "Log, paused" : "Log"
  if !state.log.filter.isEmpty { title += ", only \(state.log.filter.text)" }
  if !state.searchText.isEmpty { title += ", searching \(state.searchText)" }
  if state.log.cursor != nil {
    let time = state.log.currentRow?.time.map { state.moment($0) }
    title += ", at \(time ?? "an unknown time") (G newest)"
  }
  return title
}

private func readingWords(_ state: AppState) -> String? {
  guard let request = state.log.request else { return nil }
  let what = if case .find = request.kind { "searching…" } else { "reading…" }
  guard let time = state.log.readingAt else { return what }
  return "\(what) \(state.moment(time))  Esc ends"
}

/// A line in few looks: each change of look costs bytes on a slow line (a grey of its own would cost a
/// sixth of all), and a screen of lines in which only the verdicts stand out is easier to read.
private func logLine(_ row: LogRow, state: AppState) -> StyledLine {
  let clock = row.time.map { state.shortMoment($0) }
  let (word, role) = verdict(of: row.kind)
  let text =
    switch row.kind {
    case .reject, .trial: refusal(row, state: state)
    case .accepted, .delivery: delivery(row)
    case .connect, .disconnect, .lostConnection:
      "\(row.clientAddress ?? "") \(row.clientName ?? "") \(withoutClient(row))"
    default: "\(row.program): \(row.text)"
    }
  return StyledLine([
    Span((clock ?? "--:--:--") + " "), Span(word.padded(to: 7), role), Span(text),
  ])
}

/// What a line tells beside its client, which stands in front of it.
private func withoutClient(_ row: LogRow) -> Substring {
  switch row.kind {
  case .disconnect: row.text.firstRange(of: "] ").map { row.text[$0.upperBound...] } ?? ""
  case .lostConnection:
    row.text.firstRange(of: " from ").map { row.text[..<$0.lowerBound] } ?? row.text[...]
  default: ""
  }
}

private func refusal(_ row: LogRow, state: AppState) -> String {
  // Only a text with several causes needs the policy to tell them apart.
  let cause =
    row.candidates.count > 1
    ? attribute(row: row, policy: state.policy)?.summary
    : row.candidates.first.map { [$0.name, $0.argument].compactMap(\.self).joined(separator: " ") }
  let parts = [
    row.clientAddress, row.helo.map { "helo \($0)" }, " \(cause ?? row.text)",
    row.reply, row.recipient.map { "→ \($0)" },
  ]
  return parts.compactMap(\.self).joined(separator: " ")
}

private func delivery(_ row: LogRow) -> String {
  guard row.sender != nil || row.recipient != nil else {
    return "\(row.clientAddress ?? "") \(row.queueID ?? "") \(row.text)"
  }
  let recipient = row.recipient.map { " → \($0)" } ?? ""
  var text = row.text[...]
  // What stands in front is not said twice.
  for known in [row.queueID.map { "\($0): " }, row.recipient.map { "to=<\($0)>, " }] {
    if let known, text.hasPrefix(known) { text.removeFirst(known.count) }
  }
  return "\(row.clientAddress ?? row.queueID ?? "") \(row.sender ?? "")\(recipient)  \(text)"
}

private func verdict(of kind: LogRow.Kind) -> (String, Role) {
  switch kind {
  case .accepted: ("OK", .accept)
  case .reject: ("REJECT", .reject)
  case .trial: ("TRIAL", .trial)
  case .action: ("ACTION", .warning)
  case .connect: ("IN", .normal)
  case .disconnect: ("OUT", .normal)
  case .lostConnection: ("LOST", .normal)
  case .delivery: ("MAIL", .accept)
  case .queue: ("QUEUE", .normal)
  case .postscreen: ("SCREEN", .normal)
  case .authFailure: ("AUTH", .warning)
  case .tls: ("TLS", .normal)
  case .anvil: ("ANVIL", .normal)
  case .warning: ("WARN", .warning)
  case .error: ("ERROR", .error)
  case .fatal: ("FATAL", .error)
  case .panic: ("PANIC", .error)
  case .lifecycle: ("SYSTEM", .title)
  case .other, .foreign: ("", .normal)
  }
}
