/// A grid of cells: what the terminal is to show, as a value.
public struct Screen: Hashable, Sendable {
  /// Columns and rows.
  public let size: Size
  /// Whether our symbols and foreign letters may leave ASCII.
  public let charset: Charset
  /// Row after row, `size.width` cells each.
  public private(set) var cells: [Cell]
  /// Where the cursor stands while a text is edited; nil hides it.
  public var cursor: (x: Int, y: Int)? {
    get { cursorColumn.map { ($0, cursorRow) } }
    set {
      cursorColumn = newValue?.x
      cursorRow = newValue?.y ?? 0
    }
  }
  private static let scalarLimit = 4096
  private var cursorColumn: Int?
  private var cursorRow = 0

  /// Creates an empty screen.
  public init(size: Size, charset: Charset = .unicode) {
    self.size = size
    self.charset = charset
    cells = Array(repeating: .blank, count: size.width * size.height)
  }

  /// The whole screen.
  public var bounds: Rect { Rect(x: 0, y: 0, width: size.width, height: size.height) }

  /// The cell in this place, blank outside the grid.
  public subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, y >= 0, x < size.width, y < size.height else { return .blank }
    return cells[y * size.width + x]
  }

  /// Writes a text, which passes the sanitiser here, and returns the columns it took.
  ///
  /// What does not fit into `width` columns (by default, up to the right edge) is cut; the last
  /// column then shows `…`.
  @discardableResult
  public mutating func write(
    _ text: some StringProtocol, x: Int, y: Int, width: Int? = nil, role: Role = .normal
  ) -> Int {
    let room = min(width ?? size.width, size.width - x)
    guard x >= 0, y >= 0, y < size.height, room > 0 else { return 0 }
    // A hostile name may be megabytes long, and only a screenful of it can be seen.
    let clean = Sanitiser.clean(text.unicodeScalars.prefix(Self.scalarLimit))
    var column = x
    // Scalar by scalar, as terminals do: what Unicode calls one character may take more columns
    // than a cell has.
    for scalar in clean.unicodeScalars {
      guard DisplayWidth.of(scalar) > 0 else {
        if charset == .unicode { attach(scalar, beforeColumn: column, from: x, y: y) }
        continue
      }
      let shown = charset == .ascii ? Charset.asciiStandIn(for: scalar) : scalar
      let columns = DisplayWidth.of(shown)
      guard column + columns <= x + room else {
        ellipsis(from: x, to: x + room, y: y, role: role)
        return room
      }
      put(String(shown), columns: columns, x: column, y: y, role: role)
      column += columns
    }
    return column - x
  }

  /// Writes a text that ends in column `right - 1`, and returns its first column.
  @discardableResult
  public mutating func writeRight(
    _ text: String, right: Int, y: Int, width: Int? = nil, role: Role = .normal
  ) -> Int {
    let columns = min(DisplayWidth.of(Sanitiser.clean(text)), width ?? right)
    let x = max(0, right - columns)
    write(text, x: x, y: y, width: columns, role: role)
    return x
  }

  /// Blanks a part of the screen.
  public mutating func clear(_ rect: Rect) {
    for y in max(0, rect.y)..<max(0, min(size.height, rect.maxY)) {
      for x in max(0, rect.x)..<max(0, min(size.width, rect.maxX)) { set(.blank, x: x, y: y) }
    }
  }

  /// Draws a horizontal line.
  public mutating func rule(x: Int, y: Int, width: Int, role: Role = .border) {
    for column in max(0, x)..<max(0, min(size.width, x + width)) {
      write("─", x: column, y: y, width: 1, role: role)
    }
  }

  /// Draws a frame with a title on its upper edge and blanks what it encloses.
  public mutating func frame(_ rect: Rect, title: String) {
    clear(rect)
    rule(x: rect.x, y: rect.y, width: rect.width)
    rule(x: rect.x, y: rect.maxY - 1, width: rect.width)
    for y in rect.y..<rect.maxY {
      let edge = y == rect.y ? ("┌", "┐") : y == rect.maxY - 1 ? ("└", "┘") : ("│", "│")
      write(edge.0, x: rect.x, y: y, width: 1, role: .border)
      write(edge.1, x: rect.maxX - 1, y: y, width: 1, role: .border)
    }
    write(" \(title) ", x: rect.x + 2, y: rect.y, width: max(0, rect.width - 4), role: .title)
  }

  /// Marks a part of a row as selected.
  public mutating func select(x: Int, y: Int, width: Int) {
    guard y >= 0, y < size.height else { return }
    for column in max(0, x)..<max(0, min(size.width, x + width)) {
      cells[y * size.width + column].isSelected = true
    }
  }

  /// The rows as text, without trailing blanks.
  public var lines: [String] {
    (0..<size.height).map { y in
      var line = cells[(y * size.width)..<((y + 1) * size.width)].map(\.text).joined()
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  /// The rows as one text.
  public var text: String { lines.joined(separator: "\n") }

  // Adds a combining mark to the character that was written last.
  private mutating func attach(
    _ mark: Unicode.Scalar, beforeColumn column: Int, from start: Int, y: Int
  ) {
    var x = column - 1
    if x > start, self[x, y].text.isEmpty { x -= 1 }
    guard x >= start else { return }
    cells[y * size.width + x].text.unicodeScalars.append(mark)
  }

  private mutating func ellipsis(from start: Int, to end: Int, y: Int, role: Role) {
    // Half a wide character must not stay behind.
    if end - 2 >= start, self[end - 1, y].text.isEmpty { set(.blank, x: end - 2, y: y) }
    put(charset == .ascii ? "~" : "…", columns: 1, x: end - 1, y: y, role: role)
  }

  private mutating func put(_ text: String, columns: Int, x: Int, y: Int, role: Role) {
    guard columns > 0 else { return }
    set(Cell(text: text, role: role), x: x, y: y)
    if columns == 2 { set(Cell(text: "", role: role), x: x + 1, y: y) }
  }

  private mutating func set(_ cell: Cell, x: Int, y: Int) {
    guard x >= 0, x < size.width, y >= 0, y < size.height else { return }
    // Overwriting half of a wide character blanks its other half.
    if !cell.text.isEmpty, self[x, y].text.isEmpty, x > 0 {
      cells[y * size.width + x - 1].text = " "
    }
    if x + 1 < size.width, cells[y * size.width + x + 1].text.isEmpty {
      cells[y * size.width + x + 1].text = " "
    }
    cells[y * size.width + x] = cell
  }
}
