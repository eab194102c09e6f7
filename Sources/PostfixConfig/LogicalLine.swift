/// A line as Postfix reads it: a first line and what continues it, across comments and blank lines.
struct LogicalLine: Hashable, Sendable {
  /// Indices of the physical lines from the first to the last with content; comments and blank lines
  /// in between are included.
  var lines: Range<Int>
  /// Indices of those that carry content.
  var content: [Int]
  /// True for a line that begins with white space and has nothing to continue; Postfix ignores it.
  var isOrphan: Bool

  /// Groups physical lines (main.cf, "logical lines").
  static func group(_ lines: [PhysicalLine]) -> [LogicalLine] {
    var result: [LogicalLine] = []
    for (index, line) in lines.enumerated() {
      switch line.kind {
      case .blank, .comment: continue
      case .start:
        result.append(LogicalLine(lines: index..<index + 1, content: [index], isOrphan: false))
      case .continuation:
        if let last = result.indices.last, !result[last].isOrphan {
          result[last].lines = result[last].lines.lowerBound..<index + 1
          result[last].content.append(index)
        } else {
          result.append(LogicalLine(lines: index..<index + 1, content: [index], isOrphan: true))
        }
      }
    }
    return result
  }
}
