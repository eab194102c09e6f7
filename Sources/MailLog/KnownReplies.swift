/// Replies of nine bytes, `504 5.5.2`, as a table of fixed size; a clash forgets the older one.
struct KnownReplies: ~Copyable {
  struct Entry: BitwiseCopyable {
    var word: UInt64 = 0
    var last: UInt8 = 0
    /// `504`; 0 where the place is empty.
    var code: Int32 = 0
    /// The number that the reply was given, -1 when there were too many.
    var number: Int32 = -1
  }

  private var entries = FixedStore<256, Entry>(repeating: Entry())

  /// The reply at the place of the one whose first eight bytes are `word` and whose ninth is `last`: that one
  /// or another.
  @inline(__always)
  func near(_ word: UInt64, _ last: UInt8) -> Entry { entries[folded: place(word, last)] }

  func note(_ entry: Entry) { entries[folded: place(entry.word, entry.last)] = entry }

  @inline(__always)
  private func place(_ word: UInt64, _ last: UInt8) -> Int {
    Int(truncatingIfNeeded: ((word ^ UInt64(last) << 8) &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }
}

extension KnownReplies.Entry {
  /// The reply of these nine bytes without a number; nil when they are none.
  init?(_ word: UInt64, _ last: UInt8) {
    // The digits of `504 5.5.`, from which `0` is taken.
    let digits =
      (word & 0x00FF_00FF_00FF_FFFF | 0x3000_3000_3000_0000) ^ 0x3030_3030_3030_3030
    guard word & 0xFF00_FF00_FF00_0000 == 0x2E00_2E00_2000_0000, areDigits(digits), isDigit(last)
    else { return nil }
    let rest = (digits >> 8 & 0xFF) &* 10 &+ (digits >> 16 & 0xFF)
    self.init(
      word: word, last: last, code: Int32(truncatingIfNeeded: (digits & 0xFF) &* 100 &+ rest))
  }
}
