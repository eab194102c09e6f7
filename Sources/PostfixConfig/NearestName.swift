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
    var row: [Int] = []
    // The closest lengths first: a name of another length is at least that many edits away.
    for length in [0, -1, 1, -2, 2, -3, 3] where abs(length) <= bound {
      for candidate in candidates.byLength[bytes.count + length] ?? [] {
        // A letter that only one of both has costs an edit; one edit settles at most two of them.
        guard (candidate.letters ^ letters).nonzeroBitCount <= 2 * bound,
          let distance = editDistance(bytes, candidate.bytes, atMost: bound, &row)
        else { continue }
        if distance == 0 { return candidate.name }
        nearest = candidate.name
        bound = distance - 1
      }
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

    fileprivate var byLength: [Int: [Candidate]] = [:]

    init(_ names: some Sequence<String>) {
      for name in names {
        let bytes = Array(name.utf8)
        byLength[bytes.count, default: []].append(
          Candidate(name: name, bytes: bytes, letters: Self.letters(of: bytes)))
      }
    }

    /// The set of bytes that occur, folded to 64.
    fileprivate static func letters(of bytes: [UInt8]) -> UInt64 {
      bytes.reduce(0) { $0 | 1 << UInt64($1 & 63) }
    }
  }

  /// The insertions, removals and replacements between two texts; nil when more than the bound.
  ///
  /// - Parameter row: the caller's, so that many comparisons allocate once.
  private static func editDistance(
    _ left: [UInt8], _ right: [UInt8], atMost bound: Int, _ row: inout [Int]
  ) -> Int? {
    guard bound >= 0, abs(left.count - right.count) <= bound else { return nil }
    row.removeAll(keepingCapacity: true)
    row.append(contentsOf: 0...right.count)
    for index in left.indices {
      // `diagonal` is the distance of the row above, one column to the left.
      var diagonal = row[0]
      row[0] = index + 1
      var smallest = index + 1
      for column in right.indices {
        let replaced = diagonal + (left[index] == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
        smallest = min(smallest, row[column + 1])
      }
      // Later rows never fall below the smallest distance of this one.
      if smallest > bound { return nil }
    }
    return row[right.count] <= bound ? row[right.count] : nil
  }
}
