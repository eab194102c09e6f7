/// Finds the name that a misspelt one was probably meant to be.
enum NearestName {
  /// The first of the closest names at most three edits away; nil when none is.
  ///
  /// A short word must keep half of its letters, or any other short word would be its neighbour.
  static func find(_ name: String, among candidates: Candidates) -> String? {
    let bytes = Array(name.utf8)
    let letters = Candidates.letters(of: bytes)
    var bound = min(3, bytes.count / 2)
    var nearest: String?
    for candidate in candidates.list {
      // A letter that only one of both has costs an edit; one edit settles at most two of them.
      guard abs(candidate.bytes.count - bytes.count) <= bound,
        (candidate.letters ^ letters).nonzeroBitCount <= 2 * bound,
        let distance = editDistance(bytes, candidate.bytes, atMost: bound)
      else { continue }
      if distance == 0 { return candidate.name }
      nearest = candidate.name
      bound = distance - 1
    }
    return nearest
  }

  /// Names prepared for many searches.
  struct Candidates: Sendable {
    fileprivate struct Candidate: Sendable {
      var name: String
      var bytes: [UInt8]
      var letters: UInt64
    }

    fileprivate var list: [Candidate]

    init(_ names: some Sequence<String>) {
      list = names.map { name in
        let bytes = Array(name.utf8)
        return Candidate(name: name, bytes: bytes, letters: Self.letters(of: bytes))
      }
    }

    /// The set of bytes that occur, folded to 64.
    fileprivate static func letters(of bytes: [UInt8]) -> UInt64 {
      bytes.reduce(0) { $0 | 1 << UInt64($1 & 63) }
    }
  }

  /// The insertions, removals and replacements between two texts; nil when more than the bound.
  private static func editDistance(_ left: [UInt8], _ right: [UInt8], atMost bound: Int) -> Int? {
    guard bound >= 0, abs(left.count - right.count) <= bound else { return nil }
    var previous = Array(0...right.count)
    for (row, leftByte) in left.enumerated() {
      var current = [row + 1]
      current.reserveCapacity(previous.count)
      var smallest = row + 1
      for (column, rightByte) in right.enumerated() {
        let replaced = previous[column] + (leftByte == rightByte ? 0 : 1)
        let distance = min(replaced, previous[column + 1] + 1, current[column] + 1)
        current.append(distance)
        smallest = min(smallest, distance)
      }
      // Later rows never fall below the smallest distance of this one.
      if smallest > bound { return nil }
      previous = current
    }
    return previous[right.count] <= bound ? previous[right.count] : nil
  }
}
