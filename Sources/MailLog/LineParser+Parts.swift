// The pieces that lines of several programs share.
extension LineParser {
  /// Reads `warning: `, `error: `, `fatal: ` or `panic: ` at the message's start.
  @inline(__always)
  func readLabel(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Bool {
    guard start &+ 7 <= end else { return false }
    switch line[start] {
    case UInt8(ascii: "w"):
      guard line.has("warning: ", at: start, to: end) else { return false }
      setLabel(.warning, .warning, from: start &+ 9, to: end, into: &parts)
    case UInt8(ascii: "e"):
      guard line.has("error: ", at: start, to: end) else { return false }
      setLabel(.error, .error, from: start &+ 7, to: end, into: &parts)
    case UInt8(ascii: "f"):
      guard line.has("fatal: ", at: start, to: end) else { return false }
      setLabel(.fatal, .fatal, from: start &+ 7, to: end, into: &parts)
    case UInt8(ascii: "p"):
      guard line.has("panic: ", at: start, to: end) else { return false }
      setLabel(.panic, .panic, from: start &+ 7, to: end, into: &parts)
    default: return false
    }
    return true
  }

  private func setLabel(
    _ label: SeverityLabel, _ kind: EventKind, from start: Int, to end: Int,
    into parts: inout LineParts
  ) {
    parts.label = label
    parts.kind = kind
    parts.text = Slice(start, end)
  }

  /// Reads `QUEUEID: ` or `NOQUEUE: `; the position after it.
  @inline(__always)
  func readQueueID(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int? {
    var index = start
    let limit = min(end, start &+ 32)
    while index < limit, isAlphanumeric(line[index]) { index &+= 1 }
    guard index &- start >= 5, index &+ 2 <= end, line[index] == UInt8(ascii: ":"),
      line[index &+ 1] == UInt8(ascii: " ")
    else { return nil }
    if !(index &- start == 7 && line.has("NOQUEUE", at: start, to: end)) {
      parts.queueID = Slice(start, index)
    }
    return index &+ 2
  }

  /// Reads `NAME[ADDR]` or `[ADDR]`, with `:PORT` where logged; the position after it.
  @inline(__always)
  func readClient(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int? {
    let limit = min(end, start &+ 400)
    guard let open = line.firstIndex(of: UInt8(ascii: "["), from: start, to: limit),
      let close = line.firstIndex(of: UInt8(ascii: "]"), from: open &+ 1, to: limit)
    else { return nil }
    if open > start { parts.clientName = Slice(start, open) }
    parts.clientAddress = Slice(open &+ 1, close)
    var index = close &+ 1
    if index &+ 1 < end, line[index] == UInt8(ascii: ":"), isDigit(line[index &+ 1]) {
      index &+= 1
      while index < end, isDigit(line[index]) { index &+= 1 }
      parts.clientPort = Slice(close &+ 2, index)
    }
    return index
  }

  /// Reads `504 5.5.2 ` or `5.7.1 ` in front of a reply's text; the position of the text.
  @inline(__always)
  func readReply(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int {
    var index = start
    if index &+ 4 <= end, isDigit(line[index]), isDigit(line[index &+ 1]),
      isDigit(line[index &+ 2]), line[index &+ 3] == UInt8(ascii: " ")
    {
      parts.code =
        Int32(line[index] &- 0x30) &* 100 &+ Int32(line[index &+ 1] &- 0x30) &* 10
        &+ Int32(line[index &+ 2] &- 0x30)
      index &+= 4
    }
    // d.d{1,3}.d{1,3} (RFC 3463)
    guard index &+ 5 <= end, isDigit(line[index]), line[index &+ 1] == UInt8(ascii: ".") else {
      return index
    }
    var cursor = index &+ 2
    while cursor < end, isDigit(line[cursor]), cursor < index &+ 5 { cursor &+= 1 }
    guard cursor > index &+ 2, cursor < end, line[cursor] == UInt8(ascii: ".") else { return index }
    let detail = cursor &+ 1
    cursor = detail
    while cursor < end, isDigit(line[cursor]), cursor < detail &+ 3 { cursor &+= 1 }
    guard cursor > detail, cursor == end || line[cursor] == UInt8(ascii: " ") else { return index }
    parts.enhanced = Slice(index, cursor)
    return min(end, cursor &+ 1)
  }
}
