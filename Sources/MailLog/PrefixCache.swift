import CByteScan

/// The `HOST TAG/PROGRAM` texts that lines begin with, as a table of fixed size for the common forms;
/// a clash forgets the older one.
struct PrefixCache: ~Copyable {
  struct Entry: BitwiseCopyable {
    var hash: UInt64 = 0
    var program = Program.other
    var tag: Int32 = -1
    /// 0 where the place is empty.
    var length: Int32 = 0
  }

  private static let size = 256
  /// Longer ones are read without this cache.
  static let longest = 64

  private var entries = Store(repeating: Entry(), count: PrefixCache.size)
  private var texts = Store(repeating: UInt64(0), count: PrefixCache.size * PrefixCache.longest / 8)

  /// The entry of the `length` bytes at `text`, up to ``longest``.
  @inline(__always)
  func find(_ text: UnsafeRawPointer, _ length: Int) -> Entry? {
    let hash = cbytescan_hash(text, Int64(length))
    let place = Int(truncatingIfNeeded: hash) & (Self.size &- 1)
    let entry = entries[place]
    guard entry.hash == hash, Int(entry.length) == length else { return nil }
    // The hash is seeded but not proof: the bytes decide.
    var done = 0
    while done < length {
      let left = length &- done
      let differing = text.word(done) ^ texts[place &* (Self.longest / 8) &+ done >> 3]
      if left >= 8 ? differing != 0 : differing << (64 &- UInt64(left) &* 8) != 0 { return nil }
      done &+= 8
    }
    return entry
  }

  /// Remembers what the general reading found.
  mutating func note(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ program: Program, _ tag: Int32
  ) {
    let length = end - start
    guard length > 0, length <= Self.longest else { return }
    let hash = line.hash(from: start, to: end)
    let place = Int(truncatingIfNeeded: hash) & (Self.size - 1)
    entries[place] = Entry(hash: hash, program: program, tag: tag, length: Int32(length))
    for word in 0..<(length + 7) / 8 {
      var value: UInt64 = 0
      for offset in (0..<min(8, length - word * 8)).reversed() {
        value = value << 8 | UInt64(line[start + word * 8 + offset])
      }
      texts[place * (Self.longest / 8) + word] = value
    }
  }
}
