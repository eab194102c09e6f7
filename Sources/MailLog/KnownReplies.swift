/// The numbers of replies of nine bytes, `504 5.5.2`, as a table of fixed size; a clash forgets the
/// older one.
struct KnownReplies: ~Copyable {
  struct Entry: BitwiseCopyable {
    var word: UInt64 = 0
    var last: UInt8 = 0
    var number: Int32 = -1
  }

  private var entries = Store(repeating: Entry(), count: 256)

  /// The number of the reply whose first eight bytes are `word` and whose ninth is `last`; -1 when it
  /// is not known.
  @inline(__always)
  func find(_ word: UInt64, _ last: UInt8) -> Int {
    let entry = entries[folded: place(word, last)]
    return entry.word == word && entry.last == last ? Int(entry.number) : -1
  }

  func note(_ word: UInt64, _ last: UInt8, _ number: Int) {
    entries[folded: place(word, last)] = Entry(
      word: word, last: last, number: Int32(truncatingIfNeeded: number))
  }

  @inline(__always)
  private func place(_ word: UInt64, _ last: UInt8) -> Int {
    Int(truncatingIfNeeded: ((word ^ UInt64(last) << 8) &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }
}
