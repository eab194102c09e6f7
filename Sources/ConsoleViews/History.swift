import ConsoleCore
import TextGrid

/// The History screen: the changes, newest first; the chosen one's diff below or beside.
func renderHistory(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  guard let changes = state.changes, !changes.isEmpty else {
    renderPaneTitle("History", isFocused: true, on: &screen, in: rect)
    let sentence =
      state.historyProblem ?? (state.changes == nil ? "reading the history…" : "No changes yet.")
    return renderSentence(sentence, role: .dim, on: &screen, in: rect.splitTop(1).rest)
  }
  let layout = HistoryLayout(rect, changes: changes.count)
  renderChanges(changes, state: state, on: &screen, in: layout.list)
  guard let current = state.currentChange else { return }
  renderDivider(layout.divider, on: &screen)
  let pane = layout.details
  renderPaneTitle("Change \(current.number)", isFocused: false, on: &screen, in: pane)
  let body = pane.splitTop(1).rest
  let lines = state.changeLines(current, width: body.width - 2)
  for (index, line) in lines.prefix(body.height).enumerated() {
    screen.write(line, x: body.x + 1, y: body.y + index, width: body.width - 2)
  }
  guard lines.count > body.height else { return }
  screen.writeRight(
    "Enter shows all \(lines.count) lines", right: pane.maxX - 1, y: pane.y, role: .dim)
}

private func renderChanges(
  _ changes: [HistoryEntry], state: AppState, on screen: inout Screen, in rect: Rect
) {
  renderPaneTitle("History \(changes.count)", isFocused: true, on: &screen, in: rect)
  let body = rect.splitTop(1).rest
  let current = state.currentChange?.number
  let cursor = changes.firstIndex { $0.number == current } ?? 0
  let first = firstVisible(cursor: cursor, count: changes.count, height: body.height)
  for (index, change) in changes[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    renderChange(change, on: &screen, in: body, y: y)
    guard change.number == current else { continue }
    screen.write(">", x: rect.x, y: y, width: 1, role: .key)
    screen.select(x: rect.x, y: y, width: rect.width)
  }
}

private func renderChange(
  _ change: HistoryEntry, on screen: inout Screen, in rect: Rect, y: Int
) {
  screen.writeRight("\(change.number)", right: rect.x + 6, y: y, width: 5)
  screen.write(change.time.prefix(16), x: rect.x + 8, y: y, width: 16, role: .dim)
  let role: Role = change.isInForce ? .on : change.outcome.hasPrefix("ALARM") ? .error : .dim
  screen.write(change.outcome, x: rect.x + 26, y: y, width: 11, role: role)
  let isWide = rect.width >= 76
  if isWide { screen.write(change.who, x: rect.x + 38, y: y, width: 12, role: .dim) }
  let x = rect.x + (isWide ? 51 : 38)
  screen.write(change.why, x: x, y: y, width: rect.maxX - x - 1)
}
