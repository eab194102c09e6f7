/// The physical and logical lines of a configuration file, over its unchanged bytes.
///
/// Grammar: postconf(5), "The general format of the main.cf file", and master(5).
struct ConfigText: Sendable {
  /// What a physical line is to Postfix's reader.
  enum LineKind: UInt8, Sendable {
    case blank, comment
    /// Content that starts in column 1.
    case content
    /// Content behind white space, which continues what came before.
    case continuation
  }

  /// One logical line: its first and last physical line with content, counted from 0.
  struct LogicalLine: Sendable {
    var first: Int
    var last: Int
    /// Starts with white space and has nothing to continue: Postfix ignores it with a warning.
    var isOrphan: Bool
  }

  let bytes: [UInt8]
  /// The offset of each physical line, and the size of the file at the end.
  private(set) var lineStarts: [Int] = []
  private(set) var kinds: [LineKind] = []
  private(set) var logicalLines: [LogicalLine] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var start = 0
    while start < bytes.count {
      start = appendLine(at: start)
    }
    lineStarts.append(bytes.count)
    joinLines()
  }

  var lineCount: Int { kinds.count }

  private mutating func appendLine(at start: Int) -> Int {
    var end = start
    var first: UInt8?
    while end < bytes.count, bytes[end] != Byte.newline {
      if first == nil, !bytes[end].isSpace { first = bytes[end] }
      end += 1
    }
    lineStarts.append(start)
    switch first {
    case nil: kinds.append(.blank)
    case Byte.hash: kinds.append(.comment)
    default: kinds.append(bytes[start].isSpace ? .continuation : .content)
    }
    return min(end + 1, bytes.count)
  }

  private mutating func joinLines() {
    for (line, kind) in kinds.enumerated() {
      switch kind {
      case .blank, .comment: continue
      case .continuation where !logicalLines.isEmpty:
        logicalLines[logicalLines.count - 1].last = line
      case .content, .continuation:
        logicalLines.append(.init(first: line, last: line, isOrphan: kind == .continuation))
      }
    }
  }

  /// The line that holds the byte at `offset`, counted from 0.
  func line(at offset: Int) -> Int {
    var low = 0
    var high = max(0, lineCount - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Line and column of an offset, counted from 1, the column in bytes.
  func location(of offset: Int, in file: ConfigFile) -> SourceLocation {
    guard lineCount > 0 else { return SourceLocation(file: file, line: 1) }
    let line = line(at: offset)
    return SourceLocation(file: file, line: line + 1, column: offset - lineStarts[line] + 1)
  }

  /// The bytes of a line without its line feed (a carriage return stays).
  func content(of line: Int) -> Range<Int> {
    let start = lineStarts[line]
    let end = lineStarts[line + 1]
    return start..<(end > start && bytes[end - 1] == Byte.newline ? end - 1 : end)
  }

  /// The bytes of a line with its line feed.
  func extent(of line: Int) -> Range<Int> { lineStarts[line]..<lineStarts[line + 1] }

  /// The white space at the start of a line.
  func indentation(of line: Int) -> Range<Int> {
    let range = content(of: line)
    var end = range.lowerBound
    while end < range.upperBound, bytes[end].isSpace { end += 1 }
    return range.lowerBound..<end
  }

  /// The line ending that the file uses at `line`: CR LF or LF.
  func lineEnding(near line: Int) -> [UInt8] {
    guard lineCount > 0 else { return [Byte.newline] }
    let range = extent(of: min(line, lineCount - 1))
    return range.count >= 2 && bytes[range.upperBound - 1] == Byte.newline
      && bytes[range.upperBound - 2] == 13 ? [13, Byte.newline] : [Byte.newline]
  }

  /// The indented comment lines below `line`, up to the next content: they read as part of its list.
  func trailingComments(after line: Int) -> [Int] {
    let rest = (line + 1)..<max(line + 1, lineCount)
    return rest.prefix { kinds[$0] == .comment || kinds[$0] == .blank }.filter {
      kinds[$0] == .comment && bytes[lineStarts[$0]].isSpace
    }
  }

  func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// Walks the bytes that Postfix sees of a logical line: comments, blank lines and line feeds are
/// skipped, a NUL ends it.
struct ContentCursor {
  let text: ConfigText
  private var line: Int
  private let lastLine: Int
  private var lineEnd: Int
  /// The offset of the byte that `peek` returns.
  private(set) var offset: Int

  init(_ text: ConfigText, _ logical: ConfigText.LogicalLine) {
    self.text = text
    line = logical.first
    lastLine = logical.last
    let range = text.content(of: logical.first)
    offset = range.lowerBound
    lineEnd = range.upperBound
  }

  /// The next byte, nil at the end.
  mutating func peek() -> UInt8? {
    while offset >= lineEnd {
      guard line < lastLine else { return nil }
      line += 1
      let kind = text.kinds[line]
      if kind == .blank || kind == .comment { continue }
      let range = text.content(of: line)
      offset = range.lowerBound
      lineEnd = range.upperBound
    }
    return text.bytes[offset] == 0 ? nil : text.bytes[offset]
  }

  mutating func skip() { offset += 1 }

  mutating func skipSpaces() {
    while let byte = peek(), byte.isSpace { skip() }
  }
}
