/// One `name = value` of main.cf with the places of its parts.
struct Definition: Hashable, Sendable {
  var name: String
  var nameStart: Int
  /// The bytes that make up the value, one range a physical line with content; ranges begin after
  /// the `=` or at the line's start, and end before the line's end. Never empty.
  var content: [Range<Int>]
  /// Indices of the physical lines it covers, comments in between included.
  var lines: Range<Int>
  /// Comment lines that stand between or directly behind its lines, where a restriction that is
  /// switched off keeps its place.
  var comments: [Int]
  /// The value as Postfix stores it: the content joined, white space at both ends removed.
  var rawValue: String
  /// True when a NUL byte ends the value early.
  var hasNUL: Bool

  /// Why a logical line is no definition.
  typealias Failure = MainCF.Fault.Kind

  /// The outcome of reading a logical line.
  enum Outcome { case success(Definition), failure(Failure) }

  static func parse(_ logical: LogicalLine, lines: [PhysicalLine], bytes: [UInt8]) -> Outcome {
    let first = lines[logical.lines.lowerBound].range
    var index = first.lowerBound
    while index < first.upperBound, bytes[index] != 0x3D, !bytes[index].isSpace { index += 1 }
    let nameRange = first.lowerBound..<index
    // The `=` may stand on a continuation line.
    var ranges = logical.content.map { lines[$0].range }
    ranges[0] = index..<first.upperBound
    var skipped = 0
    while skipped < ranges.count {
      var place = ranges[skipped].lowerBound
      let end = ranges[skipped].upperBound
      while place < end, bytes[place].isSpace { place += 1 }
      if place < end {
        guard bytes[place] == 0x3D else { return .failure(.missingEquals) }
        ranges[skipped] = place + 1..<end
        break
      }
      skipped += 1
    }
    guard skipped < ranges.count else { return .failure(.missingEquals) }
    guard !nameRange.isEmpty else { return .failure(.emptyName) }
    ranges.removeFirst(skipped)
    var value: [UInt8] = []
    for range in ranges { value += bytes[range] }
    let nul = value.firstIndex(of: 0)
    if let nul { value.removeSubrange(nul...) }
    return .success(
      Definition(
        name: String(decoding: bytes[nameRange], as: UTF8.self), nameStart: nameRange.lowerBound,
        content: ranges, lines: logical.lines,
        comments: comments(of: logical.lines, lines: lines),
        rawValue: String(decoding: value.trimmed(), as: UTF8.self), hasNUL: nul != nil))
  }

  /// Comments inside the value, and the indented ones that follow it without a gap.
  private static func comments(of range: Range<Int>, lines: [PhysicalLine]) -> [Int] {
    var result = range.filter { lines[$0].kind == .comment }
    var index = range.upperBound
    while index < lines.count, lines[index].kind == .comment,
      lines[index].textStart > lines[index].range.lowerBound
    {
      result.append(index)
      index += 1
    }
    return result
  }
}
