import CByteScan

/// Texts of 8 to 32 bytes as a table of fixed size, for the common forms; a clash forgets the older one.
///
/// A text is told by its place in the table, which those who use it file what they know of it by.
struct KnownTexts: ~Copyable {
  /// A value for each place.
  typealias Filed<Value: BitwiseCopyable> = FixedStore<256, Value>
  static let lengths = 8...32
  private static let room = 32

  /// 0 where the place is empty.
  private var kept = Filed<Int32>(repeating: 0)
  private var texts = FixedStore<8192, UInt8>(repeating: 0)

  /// The place of a text by its first and its last eight bytes. Nobody gains by making texts collide:
  /// their lines would be read the general way.
  @inline(__always)
  private func place(_ first: UInt64, _ last: UInt64) -> Int {
    let product = (first ^ (last << 32 | last >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product >> 56)
  }

  /// The place of the `length` bytes at `text`, -1 when they are not known. The 32 bytes from `text` on
  /// must be readable.
  @inline(__always)
  func find(_ text: UnsafeRawPointer, _ length: Int) -> Int {
    guard Self.lengths.contains(length) else { return -1 }
    let place = place(text.word(0), text.word(length &- 8))
    let same = UInt64(cbytescan_same32(text, texts.address(place &* Self.room)))
    let wanted = (UInt64(1) &<< UInt64(length)) &- 1
    return same & wanted == wanted && Int(kept[folded: place]) == length ? place : -1
  }

  /// Keeps the text `start..<end`; its place, nil when it is too short or too long.
  mutating func keep(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    let length = end - start
    guard Self.lengths.contains(length) else { return nil }
    let place = place(line.word(at: start), line.word(at: end - 8))
    kept[place] = Int32(length)
    for offset in 0..<length { texts[place * Self.room + offset] = line[start + offset] }
    return place
  }
}
