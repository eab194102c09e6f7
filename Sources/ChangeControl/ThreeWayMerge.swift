/// Carries the difference from `base` to `theirs` over to `ours`, line by line.
///
/// - Returns: nil when both changed the same or neighbouring lines: then nobody but a human can
///   tell what is meant.
func threeWayMerge(base: [UInt8], ours: [UInt8], theirs: [UInt8]) -> [UInt8]? {
  if ours == base { return theirs }
  if theirs == base || theirs == ours { return ours }
  let lines = byteLines(base)
  let mine = hunks(from: lines, to: byteLines(ours))
  let their = hunks(from: lines, to: byteLines(theirs))
  var all: [Hunk] = mine
  for hunk in their where !mine.contains(hunk) {
    if mine.contains(where: { $0.touches(hunk) }) { return nil }
    all.append(hunk)
  }
  var result: [UInt8] = []
  var position = 0
  for hunk in all.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
    result += lines[position..<hunk.range.lowerBound].joined()
    result += hunk.replacement.joined()
    position = hunk.range.upperBound
  }
  return result + lines[position...].joined()
}

/// Lines of the base that became others.
private struct Hunk: Hashable {
  var range: Range<Int>
  var replacement: [[UInt8]]

  func touches(_ other: Hunk) -> Bool {
    range.lowerBound <= other.range.upperBound && other.range.lowerBound <= range.upperBound
  }
}

private func hunks(from old: [[UInt8]], to new: [[UInt8]]) -> [Hunk] {
  let difference = new.difference(from: old)
  var removed: Set<Int> = []
  var inserted: Set<Int> = []
  for change in difference {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): inserted.insert(offset)
    }
  }
  var result: [Hunk] = []
  var (left, right) = (0, 0)
  while left < old.count || right < new.count {
    var hunk = Hunk(range: left..<left, replacement: [])
    while removed.contains(left) || inserted.contains(right) {
      if removed.contains(left) {
        left += 1
      } else {
        hunk.replacement.append(new[right])
        right += 1
      }
    }
    hunk.range = hunk.range.lowerBound..<left
    if !hunk.range.isEmpty || !hunk.replacement.isEmpty { result.append(hunk) }
    left += 1
    right += 1
  }
  return result
}

/// The lines with their line ends.
func byteLines(_ bytes: [UInt8]) -> [[UInt8]] {
  var lines: [[UInt8]] = []
  var start = 0
  while start < bytes.count {
    let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
    lines.append(Array(bytes[start..<end]))
    start = end
  }
  return lines
}
