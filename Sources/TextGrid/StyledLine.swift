/// A piece of text with one role.
public struct Span: Hashable, Sendable {
  /// The text; it passes the sanitiser when it is written to a screen.
  public var text: String
  /// What the text means.
  public var role: Role

  /// Creates a piece of text.
  public init(_ text: String, _ role: Role = .normal) {
    self.text = text
    self.role = role
  }
}

/// One line made of several pieces of text.
public struct StyledLine: Hashable, Sendable {
  /// From left to right.
  public var spans: [Span]

  /// Creates a line of several pieces.
  public init(_ spans: [Span]) { self.spans = spans }

  /// Creates a line of one piece.
  public init(_ text: String = "", _ role: Role = .normal) { spans = [Span(text, role)] }
}

extension Screen {
  /// Writes the pieces one after the other and returns the columns they took.
  @discardableResult
  public mutating func write(_ line: StyledLine, x: Int, y: Int, width: Int) -> Int {
    var used = 0
    for span in line.spans {
      guard used < width else { break }
      used += write(span.text, x: x + used, y: y, width: width - used, role: span.role)
    }
    return used
  }
}
