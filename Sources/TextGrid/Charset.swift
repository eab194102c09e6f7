/// What the terminal can show.
public enum Charset: Hashable, Sendable {
  case unicode
  /// For terminals and locales without UTF-8: our own symbols get ASCII stand-ins, foreign letters `?`.
  case ascii

  /// The stand-in for a character on a terminal without UTF-8; always one column, so that the
  /// layout is the same in both.
  public static func asciiStandIn(for character: Character) -> Character {
    if character.isASCII { return character }
    return standIns[character] ?? "?"
  }

  private static let standIns: [Character: Character] = [
    "●": "+", "◐": "~", "○": "-", "→": ">", "←": "<", "↑": "^", "↓": "v", "≥": ">", "≠": "*",
    "…": "~", "·": ".", "─": "-", "│": "|", "┬": "+", "┴": "+", "├": "+", "┤": "+", "┼": "+",
    "┌": "+", "┐": "+", "└": "+", "┘": "+", "▁": "_", "▂": ".", "▃": ".", "▄": "-", "▅": "=",
    "▆": "+", "▇": "*", "█": "#", "▉": "#", "▊": "#", "▋": "=", "▌": "=", "▍": "-", "▎": "-",
    "▏": ".", "–": "-", "—": "-", "’": "'", "“": "\"", "”": "\"", "✓": "v", "✗": "x", "▲": "^",
  ]
}
