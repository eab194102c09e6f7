import ConsoleCore
import TextGrid

/// The rule with the name on top of a pane; the pane with the focus has a bright name.
func renderPaneTitle(_ title: String, isFocused: Bool, on screen: inout Screen, in rect: Rect) {
  screen.rule(x: rect.x, y: rect.y, width: rect.width)
  screen.write(
    title, x: rect.x + 1, y: rect.y, width: rect.width - 2, role: isFocused ? .title : .dim)
}

/// A sentence in place of the rows.
func renderSentence(_ text: String, role: Role, on screen: inout Screen, in rect: Rect) {
  let lines = Format.wrap(text, width: rect.width - 2)
  for (index, line) in lines.prefix(rect.height).enumerated() {
    screen.write(line, x: rect.x + 1, y: rect.y + index, width: rect.width - 2, role: role)
  }
}

/// The first row to show so that the cursor stands in the middle where the ends allow it.
func firstVisible(cursor: Int, count: Int, height: Int) -> Int {
  max(0, min(cursor - height / 2, count - height))
}

extension String {
  /// The text with spaces behind it, up to `columns`; for our own ASCII words only.
  func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: max(0, columns - count))
  }
}
