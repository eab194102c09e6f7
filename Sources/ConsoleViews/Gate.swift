import Attribution
import ConsoleCore
import PostfixConfig
import TextGrid

/// The Gate screen: restrictions with their counts, live connections, the log.
func renderGate(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let layout = GateLayout(rect)
  renderRestrictions(state, on: &screen, in: layout.restrictions)
  renderDivider(layout.divider, on: &screen)
  renderConnections(state, on: &screen, in: layout.connections)
  renderLog(state, on: &screen, in: layout.log, isFocused: state.pane == .log)
}

private func renderRestrictions(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let isFocused = state.pane == .restrictions
  renderPaneTitle(gateTitle(state), isFocused: isFocused, on: &screen, in: rect)
  let columns = GateColumns(rect)
  screen.write(
    "─", x: columns.countEnd - 10, y: rect.y, width: 1, role: .border)
  screen.writeRight(" rejected ", right: columns.countEnd + 1, y: rect.y, role: .dim)
  screen.write(" share ", x: columns.bar, y: rect.y, width: columns.barWidth, role: .dim)
  let (_, body) = rect.splitTop(1)
  if let problem = state.configurationProblem {
    renderSentence(problem, role: .error, on: &screen, in: body)
    return
  }
  guard state.service != nil else {
    let sentence =
      state.draft == nil
      ? "reading main.cf and master.cf…" : "No smtpd service in master.cf: nothing to show."
    renderSentence(sentence, role: .dim, on: &screen, in: body)
    return
  }
  let rows = state.gateRows
  let current = state.currentGateRow?.id
  let cursor = rows.firstIndex { $0.isSelectable && $0.id == current } ?? 0
  let first = firstVisible(cursor: cursor, count: rows.count, height: body.height)
  for (index, row) in rows[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    renderRow(row, state: state, columns: columns, on: &screen, y: y)
    guard row.isSelectable, row.id == current else { continue }
    screen.write(">", x: body.x, y: y, width: 1, role: .key)
    if isFocused { screen.select(x: body.x, y: y, width: body.width) }
  }
}

/// Says before an edit whom else it would change.
private func gateTitle(_ state: AppState) -> String {
  guard let row = state.currentGateRow, let users = state.sharing(of: row) else {
    return "Restrictions"
  }
  return "Restrictions, shared with \(users)"
}

/// Where the columns of the Gate list stand.
private struct GateColumns {
  var left: Int
  /// One past the last column of the counts.
  var countEnd: Int
  var bar: Int
  var barWidth: Int

  init(_ rect: Rect) {
    left = rect.x
    barWidth = rect.width >= 70 ? 16 : 8
    bar = rect.maxX - barWidth
    countEnd = bar - 1
  }
}

private func renderRow(
  _ row: GateRow, state: AppState, columns: GateColumns, on screen: inout Screen, y: Int
) {
  switch row.content {
  case .stage(let list): renderStage(list, columns: columns, on: &screen, y: y)
  case .heading(let name): screen.write(name, x: columns.left + 3, y: y, role: .title)
  default: renderEntry(row, state: state, columns: columns, on: &screen, y: y)
  }
}

private func renderStage(
  _ list: RestrictionList, columns: GateColumns, on screen: inout Screen, y: Int
) {
  let name = list.stage.rawValue.padded(to: 9) + " "
  var spans = [Span(name, .title)]
  if list.originParameter != list.stage.parameter {
    spans.append(Span("→ \(list.originParameter)", .dim))
  } else {
    spans.append(Span(list.originParameter, .dim))
  }
  if let override = list.override { spans.append(Span(" -o in \(override)", .dim)) }
  if list.isDefault { spans.append(Span(" (default)", .dim)) }
  let width = columns.bar + columns.barWidth - columns.left - 3
  screen.write(StyledLine(spans), x: columns.left + 3, y: y, width: width)
}

private func renderEntry(
  _ row: GateRow, state: AppState, columns: GateColumns, on screen: inout Screen, y: Int
) {
  let count = countText(row, state: state)
  let countStart = screen.writeRight(
    count.text, right: columns.countEnd, y: y, role: count.role)
  renderBar(row, state: state, columns: columns, on: &screen, y: y)
  let name = rowLabel(row)
  screen.write(name.symbol, x: columns.left + 1, y: y, width: 1, role: name.role)
  if row.isEdited { screen.write("*", x: columns.left + 2, y: y, width: 1, role: .edited) }
  let nameRole: Role = row.isEdited ? .edited : row.state == .off ? .dim : .normal
  let room = (count.text.isEmpty ? columns.countEnd : countStart - 1) - columns.left - 3
  screen.write(name.text, x: columns.left + 3, y: y, width: room, role: nameRole)
}

private func rowLabel(_ row: GateRow) -> (symbol: String, text: String, role: Role) {
  let text = [
    row.id.name, row.id.stage == nil && row.id.argument == "open" ? nil : row.id.argument,
  ]
  .compactMap(\.self).joined(separator: " ")
  switch row.content {
  case .restriction(let restriction):
    switch restriction.state {
    case .on: return (restriction.isReachable ? "●" : "◌", text, .on)
    case .trial: return ("◐", text, .trial)
    case .off: return ("○", text, .off)
    }
  case .offered: return ("○", text, .off)
  case .open: return ("?", "one of: \(row.id.name)", .warning)
  default: return (" ", text, .normal)
  }
}

private func countText(_ row: GateRow, state: AppState) -> (text: String, role: Role) {
  switch row.count {
  case .elsewhere:
    let isSilent = row.state == .off || row.state == nil || row.id.name.hasPrefix("permit")
    return (isSilent ? "" : "↑", .dim)
  case .unknown:
    // Not read yet; where nothing can be refused there is nothing to wait for.
    let isSilent = row.state != .on && row.state != .trial || row.id.name.hasPrefix("permit")
    return (isSilent || state.instance.logProblem != nil ? "" : "…", .dim)
  case .known(let count):
    let isChanged = row.key.map(state.changedRows.contains) ?? false
    let sign = count.isAtLeast ? "≥" : ""
    let isTrial = row.state == .trial
    let number = isTrial ? count.trial : count.rejects
    if let former = formerCount(row, count) {
      let since = isTrial ? count.trialSinceChange : count.rejectsSinceChange
      return ("\(former) then \(sign)\(Format.count(since))", isChanged ? .changed : .normal)
    }
    // A permit refuses nobody, and an option that is off cannot: a 0 there says nothing.
    if number == 0, row.state == .off || row.id.name.hasPrefix("permit") { return ("", .dim) }
    let role: Role = isChanged ? .changed : isTrial ? .trial : row.state == .off ? .dim : .normal
    return (sign + Format.count(number), role)
  }
}

/// What was counted in the state before the last change, in that state's own words.
private func formerCount(_ row: GateRow, _ count: RowCount) -> String? {
  guard count.since != nil, row.state == .on || row.state == .trial else { return nil }
  let rejects = count.rejects - count.rejectsSinceChange
  let trial = count.trial - count.trialSinceChange
  if trial > 0 { return "\(Format.count(trial)) trial" }
  return rejects > 0 ? Format.count(rejects) : nil
}

private func renderBar(
  _ row: GateRow, state: AppState, columns: GateColumns, on screen: inout Screen, y: Int
) {
  if row.state == .trial {
    screen.write("trial", x: columns.bar + 1, y: y, width: columns.barWidth - 1, role: .trial)
    return
  }
  if row.state == .off {
    screen.writeRight("off", right: columns.bar + columns.barWidth - 1, y: y, role: .off)
    return
  }
  guard case .known(let count) = row.count, let total = state.snapshot?.rejects, total > 0,
    row.id.name != "all rejects"
  else { return }
  let share = Double(count.rejects) / Double(total)
  let bar = Format.bar(share, width: columns.barWidth - 1)
  screen.write(bar, x: columns.bar, y: y, width: columns.barWidth - 1, role: .bar)
}
