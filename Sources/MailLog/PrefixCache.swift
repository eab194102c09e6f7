import CByteScan

/// The `HOST TAG/PROGRAM` texts that lines begin with, as a table of fixed size for the common forms;
/// a clash forgets the older one.
struct PrefixCache: ~Copyable {
  struct Entry: BitwiseCopyable {
    var program = Program.other
    var tag: Int32 = -1
    var host: Int32 = -1
    /// 0 where the place is empty.
    var length: Int32 = 0
    /// The key of the session of process 0.
    var sessionBase: UInt64 = 0
  }

  private static let size = 256
  /// Shorter ones and longer ones are read without this cache.
  private static let shortest = 9
  private static let longest = 31
  private static let room = 32

  private var entries = Store(repeating: Entry(), count: PrefixCache.size)
  private var texts = Store(repeating: UInt8(0), count: PrefixCache.size * PrefixCache.room)

  /// The place of a text by its first and its last eight bytes. Nobody gains by making names collide:
  /// their lines would be read the general way.
  @inline(__always)
  private func place(_ first: UInt64, _ last: UInt64) -> Int {
    let product = (first ^ (last << 32 | last >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product >> 56)
  }

  /// The number of the entry of the `length` bytes at `text`, 32 at most, -1 when there is none. The 32
  /// bytes from `text` on and the eight before it must be readable.
  @inline(__always)
  func find(_ text: UnsafeRawPointer, _ length: Int) -> Int {
    let place = place(text.word(0), text.word(length &- 8))
    let same = UInt64(cbytescan_same32(text, texts.address(place &* Self.room)))
    let wanted = (UInt64(1) &<< UInt64(length)) &- 1
    return same & wanted == wanted && Int(entries[folded: place].length) == length ? place : -1
  }

  /// The entry with a number that ``find(_:_:)`` gave.
  @inline(__always)
  subscript(place: Int) -> Entry { entries[folded: place] }

  /// Remembers what the general reading found.
  mutating func note(_ line: Span<UInt8>, _ parts: borrowing LineParts) {
    let (start, end) = (parts.prefix.lower, parts.prefix.upper)
    let length = end - start
    guard length >= Self.shortest, length <= Self.longest else { return }
    let place = place(line.word(at: start), line.word(at: end - 8))
    entries[place] = Entry(
      program: parts.program, tag: parts.tag, host: parts.host, length: Int32(length),
      sessionBase: SessionTable.key(host: parts.host, tag: parts.tag, pid: 0))
    for offset in 0..<length { texts[place * Self.room + offset] = line[start + offset] }
  }
}
