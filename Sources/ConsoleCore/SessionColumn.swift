/// A column of the table of connections, as it stands on a screen of some width.
public struct SessionColumn: Hashable, Sendable {
  /// What it shows.
  public let column: SessionOrder.Column
  /// Its first column on the screen.
  public let x: Int
  /// Its width in columns of the screen.
  public let width: Int

  /// The columns that a screen of this width has room for, from left to right.
  public static func all(width: Int) -> [SessionColumn] {
    let isNarrow = width < 100
    // The column, its width, and the width of the screen from which it is shown.
    let wanted: [(SessionOrder.Column, Int, Int)] = [
      (.age, 6, 0), (.address, isNarrow ? 16 : 24, 0), (.name, 28, 120),
      (.helo, isNarrow ? 18 : 28, 0), (.service, 16, 100), (.user, 18, 160), (.tls, 8, 140),
      (.verdict, 200, 0),
    ]
    var x = 1
    return wanted.filter { width >= $0.2 }.map { column, columns, _ in
      defer { x += columns + 1 }
      return SessionColumn(column: column, x: x, width: min(columns, max(0, width - x)))
    }
  }
}
