/// One line of a file, up to its LF.
struct PhysicalLine: Hashable, Sendable {
  /// What Postfix makes of it (postconf(5), "main.cf file format").
  enum Kind: Hashable, Sendable {
    /// Empty, or only white space.
    case blank
    /// The first non-white character is `#`.
    case comment
    /// Begins with white space: continues the logical line before it.
    case continuation
    /// Begins a logical line.
    case start
  }

  /// Bytes of the line without its LF (a CR before it included).
  var range: Range<Int>
  /// The same with the LF.
  var fullRange: Range<Int>
  var kind: Kind
  /// Where the first non-white byte stands; the end for a blank line.
  var textStart: Int

  /// Cuts bytes at LF, as Postfix does; the last line needs none.
  static func split(_ bytes: [UInt8]) -> [PhysicalLine] {
    var lines: [PhysicalLine] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count && bytes[end] != 0x0A { end += 1 }
      let full = min(end + 1, bytes.count)
      var text = start
      while text < end && bytes[text].isSpace { text += 1 }
      let kind: Kind =
        text == end ? .blank : bytes[text] == 0x23 ? .comment : text > start ? .continuation : .start
      lines.append(
        PhysicalLine(range: start..<end, fullRange: start..<full, kind: kind, textStart: text))
      start = full
    }
    return lines
  }
}

extension UInt8 {
  /// What C's isspace() says in the C locale.
  var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  /// What separates the elements of a list: comma and white space.
  var isListSeparator: Bool { self == 0x2C || isSpace }
  /// A byte of a name that `$name` can refer to.
  var isNameByte: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
      || self == 0x5F
  }
}

extension BidirectionalCollection where Element == UInt8 {
  /// Without white space at both ends.
  func trimmed() -> SubSequence {
    guard let first = firstIndex(where: { !$0.isSpace }), let last = lastIndex(where: { !$0.isSpace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}
