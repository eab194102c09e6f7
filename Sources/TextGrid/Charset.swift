/// What the terminal can show.
public enum Charset: Hashable, Sendable {
  case unicode
  /// For terminals and locales without UTF-8: our own symbols get ASCII stand-ins, foreign letters `?`.
  case ascii

  /// The stand-in for a scalar on a terminal without UTF-8; always one column, so that the
  /// layout is the same in both.
  public static func asciiStandIn(for scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII { return scalar }
    return standIns[scalar] ?? "?"
  }

  private static let standIns: [Unicode.Scalar: Unicode.Scalar] = [
    "●": "+", "◐": "~", "○": "-", "→": ">", "←": "<", "↑": "^", "↓": "v", "≥": ">", "≠": "*",
    "…": "~", "·": ".", "─": "-", "│": "|", "┬": "+", "┴": "+", "├": "+", "┤": "+", "┼": "+",
    "┌": "+", "┐": "+", "└": "+", "┘": "+", "▁": "_", "▂": ".", "▃": ".", "▄": "-", "▅": "=",
    "▆": "+", "▇": "*", "█": "#", "▉": "#", "▊": "#", "▋": "=", "▌": "=", "▍": "-", "▎": "-",
    "▏": ".", "–": "-", "—": "-", "’": "'", "“": "\"", "”": "\"", "✓": "v", "✗": "x", "▲": "^",
  ]
}
