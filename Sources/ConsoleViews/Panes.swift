import ConsoleCore
import TextGrid

/// The rule with the name on top of a pane; the pane with the focus has a bright name.
func renderPaneTitle(_ title: String, isFocused: Bool, on screen: inout Screen, in rect: Rect) {
  screen.rule(x: rect.x, y: rect.y, width: rect.width)
  screen.write(
    title, x: rect.x + 1, y: rect.y, width: rect.width - 2, role: isFocused ? .title : .dim)
}

/// The line between two panes, which hangs on the rule above them.
func renderDivider(_ rect: Rect, on screen: inout Screen) {
  for y in rect.y..<rect.maxY where rect.width > 0 {
    screen.write(y == rect.y ? "┬" : "│", x: rect.x, y: y, width: 1, role: .border)
  }
}

/// A sentence in place of the rows.
func renderSentence(_ text: String, role: Role, on screen: inout Screen, in rect: Rect) {
  let lines = Format.wrap(text, width: rect.width - 2)
  for (index, line) in lines.prefix(rect.height).enumerated() {
    screen.write(line, x: rect.x + 1, y: rect.y + index, width: rect.width - 2, role: role)
  }
}

extension String {
  /// The text with spaces behind it, up to `columns`; for our own ASCII words only.
  func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: max(0, columns - count))
  }
}
