/// A unified text diff (`diff -u`), empty when the two texts are equal.
///
/// - Parameter context: lines shown around each change.
public func unifiedDiff(
  old: [UInt8], new: [UInt8], oldLabel: String, newLabel: String, context: Int = 3
) -> String {
  guard old != new else { return "" }
  let changes = LineChange.between(textLines(old), textLines(new))
  var output = "--- \(oldLabel)\n+++ \(newLabel)\n"
  for hunk in hunks(changes, context: context) { output += text(of: hunk) }
  return output
}

/// One line of a diff with its numbers (from 1) in the old and the new text.
private struct LineChange {
  enum Kind: Character { case same = " ", removed = "-", added = "+" }
  var kind: Kind
  var line: ArraySlice<UInt8>
  var oldNumber: Int
  var newNumber: Int

  static func between(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [LineChange] {
    let difference = new.difference(from: old)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var result: [LineChange] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      let kind: Kind = removed.contains(left) && left < old.count ? .removed : added.contains(right) ? .added : .same
      let line = kind == .added ? new[right] : old[left]
      result.append(LineChange(kind: kind, line: line, oldNumber: left + 1, newNumber: right + 1))
      if kind != .added { left += 1 }
      if kind != .removed { right += 1 }
    }
    return result
  }
}

private func textLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  PhysicalLine.split(bytes).map { bytes[$0.fullRange] }
}

private func hunks(_ changes: [LineChange], context: Int) -> [ArraySlice<LineChange>] {
  var ranges: [Range<Int>] = []
  for index in changes.indices where changes[index].kind != .same {
    let range = max(0, index - context)..<min(changes.count, index + context + 1)
    if let last = ranges.last, last.upperBound >= range.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
    } else {
      ranges.append(range)
    }
  }
  return ranges.map { changes[$0] }
}

private func text(of hunk: ArraySlice<LineChange>) -> String {
  guard let first = hunk.first else { return "" }
  let oldCount = hunk.count { $0.kind != .added }
  let newCount = hunk.count { $0.kind != .removed }
  func span(_ start: Int, _ count: Int) -> String {
    count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
  }
  var output = "@@ -\(span(first.oldNumber, oldCount)) +\(span(first.newNumber, newCount)) @@\n"
  for change in hunk {
    output.append(change.kind.rawValue)
    output += String(decoding: change.line, as: UTF8.self)
    if change.line.last != 0x0A { output += "\n\\ No newline at end of file\n" }
  }
  return output
}
