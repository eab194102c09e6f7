import ConsoleCore
import PostfixConfig
import TextGrid

/// The Settings screen: every parameter with its value, where it is set, and a line of help.
func renderSettings(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let rows = state.parameters
  let set = state.allParameters.filter(\.isSet).count
  let title =
    state.hidesDefaults
    ? "Settings: the \(rows.count) that are set" : "Settings \(rows.count), \(set) set in main.cf"
  let layout = SettingsLayout(rect)
  renderPaneTitle(title, isFocused: true, on: &screen, in: layout.title)
  guard !rows.isEmpty else {
    let sentence =
      state.configurationProblem
      ?? (state.draft == nil ? "reading main.cf and master.cf…" : "Nothing is set.")
    return renderSentence(sentence, role: .dim, on: &screen, in: rect.splitTop(1).rest)
  }
  let body = layout.rows
  let current = state.currentParameter
  let cursor = rows.firstIndex { $0.name == current?.name } ?? 0
  let first = firstVisible(cursor: cursor, count: rows.count, height: body.height)
  let columns = SettingsColumns(width: rect.width)
  for (index, row) in rows[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    renderParameter(row, columns, on: &screen, x: rect.x, y: y)
    guard first + index == cursor else { continue }
    screen.write(">", x: rect.x, y: y, width: 1, role: .key)
    screen.select(x: rect.x, y: y, width: rect.width)
  }
  if let current { renderHelp(current, on: &screen, in: layout.help) }
}

/// Where the columns of the Settings screen stand.
private struct SettingsColumns {
  var name = 4
  var nameWidth: Int
  var value: Int
  var valueWidth: Int
  /// 0 where there is no room for the defaults.
  var standardWidth: Int

  init(width: Int) {
    nameWidth = min(44, max(34, width / 3))
    value = name + nameWidth + 1
    let rest = width - value - 1
    standardWidth = width >= 120 ? min(40, rest / 2) : 0
    valueWidth = rest - standardWidth - (standardWidth > 0 ? 1 : 0)
  }
}

private func renderParameter(
  _ row: ParameterRow, _ columns: SettingsColumns, on screen: inout Screen, x: Int, y: Int
) {
  let role: Role = row.isEdited ? .edited : row.isSet ? .normal : .dim
  if row.isEdited {
    screen.write("*", x: x + 2, y: y, width: 1, role: .edited)
  } else if !row.overrides.isEmpty {
    screen.write("o", x: x + 2, y: y, width: 1, role: .warning)
  }
  if row.isSet { screen.write("●", x: x + 1, y: y, width: 1, role: .on) }
  screen.write(row.name, x: x + columns.name, y: y, width: columns.nameWidth, role: role)
  // A list of several lines, on one.
  let shown = row.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  screen.write(
    shown.isEmpty ? "(empty)" : shown, x: x + columns.value, y: y,
    width: columns.valueWidth, role: shown.isEmpty ? .dim : role)
  guard columns.standardWidth > 0, row.isSet, let standard = row.standard, standard != row.value
  else { return }
  screen.write(
    "default \(standard.isEmpty ? "(empty)" : standard)",
    x: x + columns.value + columns.valueWidth + 1, y: y, width: columns.standardWidth, role: .dim)
}

private func renderHelp(_ row: ParameterRow, on screen: inout Screen, in rect: Rect) {
  screen.rule(x: rect.x, y: rect.y, width: rect.width)
  let (_, body) = rect.splitTop(1)
  var parts: [String] = []
  if let info = row.info {
    parts.append(info.summary)
    if !info.mayHurt.isEmpty { parts.append("May hurt: \(info.mayHurt)") }
  } else {
    parts.append("Not a parameter of inbound access.")
  }
  if let location = row.location { parts.append("\(location.file.rawValue):\(location.line).") }
  if let standard = row.standard, row.isSet {
    parts.append("Default: \(standard.isEmpty ? "(empty)" : standard).")
  }
  if !row.overrides.isEmpty {
    parts.append("Overridden by \(row.overrides.joined(separator: ", ")).")
  }
  renderSentence(parts.joined(separator: " "), role: .normal, on: &screen, in: body)
}
