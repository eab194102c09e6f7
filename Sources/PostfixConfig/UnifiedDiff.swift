/// A unified text diff (`diff -u`), empty when the two texts are equal.
public func unifiedDiff(
  old: [UInt8], new: [UInt8], oldLabel: String, newLabel: String, context: Int = 3
) -> String {
  guard old != new else { return "" }
  let oldLines = diffLines(old)
  let newLines = diffLines(new)
  let changes = newLines.difference(from: oldLines)
  var removed: Set<Int> = []
  var inserted: Set<Int> = []
  for change in changes {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): inserted.insert(offset)
    }
  }
  let script = diffScript(oldLines, newLines, removed, inserted)
  var output = "--- \(oldLabel)\n+++ \(newLabel)\n"
  for hunk in diffHunks(script, context: context) { output += hunk }
  return output
}

private struct DiffLine {
  /// ` `, `-` or `+`.
  var mark: Character
  var text: ArraySlice<UInt8>
  var oldNumber: Int
  var newNumber: Int
}

/// Lines with their line feeds, so that a missing one at the end counts as a difference.
private func diffLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  var lines: [ArraySlice<UInt8>] = []
  var start = 0
  for index in bytes.indices where bytes[index] == Byte.newline {
    lines.append(bytes[start...index])
    start = index + 1
  }
  if start < bytes.count { lines.append(bytes[start...]) }
  return lines
}

private func diffScript(
  _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], _ removed: Set<Int>, _ inserted: Set<Int>
) -> [DiffLine] {
  var script: [DiffLine] = []
  var (left, right) = (0, 0)
  while left < old.count || right < new.count {
    if left < old.count, removed.contains(left) {
      script.append(DiffLine(mark: "-", text: old[left], oldNumber: left, newNumber: right))
      left += 1
    } else if right < new.count, inserted.contains(right) {
      script.append(DiffLine(mark: "+", text: new[right], oldNumber: left, newNumber: right))
      right += 1
    } else {
      script.append(DiffLine(mark: " ", text: old[left], oldNumber: left, newNumber: right))
      left += 1
      right += 1
    }
  }
  return script
}

private func diffHunks(_ script: [DiffLine], context: Int) -> [String] {
  var hunks: [String] = []
  var index = 0
  while let first = script[index...].firstIndex(where: { $0.mark != " " }) {
    var last = first
    var position = first
    while position < script.count, position - last <= 2 * context {
      if script[position].mark != " " { last = position }
      position += 1
    }
    let range = max(index, first - context)..<min(script.count, last + context + 1)
    hunks.append(diffHunk(script[range]))
    index = range.upperBound
    if index >= script.count { break }
  }
  return hunks
}

private func diffHunk(_ lines: ArraySlice<DiffLine>) -> String {
  let oldCount = lines.count { $0.mark != "+" }
  let newCount = lines.count { $0.mark != "-" }
  guard let first = lines.first else { return "" }
  func extent(_ start: Int, _ count: Int) -> String {
    let number = count == 0 ? start : start + 1
    return count == 1 ? "\(number)" : "\(number),\(count)"
  }
  var text =
    "@@ -\(extent(first.oldNumber, oldCount)) +\(extent(first.newNumber, newCount)) @@\n"
  for line in lines {
    text.append(line.mark)
    text += String(decoding: line.text, as: UTF8.self)
    if line.text.last != Byte.newline { text += "\n\\ No newline at end of file\n" }
  }
  return text
}
