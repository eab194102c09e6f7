/// The `HOST TAG/PROGRAM` texts that lines begin with, for the common forms; others are read without
/// this cache.
struct PrefixCache: ~Copyable {
  struct Entry: BitwiseCopyable {
    var program = Program.other
    var tag: Int32 = -1
    var host: Int32 = -1
    /// What the keys of its sessions have in common.
    var sessionBase: UInt64 = 0
  }

  private var texts = KnownTexts()
  private var entries = KnownTexts.Filed<Entry>(repeating: Entry())

  /// The number of the entry of a text, as ``KnownTexts/find(_:_:)`` finds it.
  @inline(__always)
  func find(_ text: UnsafeRawPointer, _ length: Int) -> Int { texts.find(text, length) }

  /// The entry with a number that ``find(_:_:)`` gave.
  @inline(__always)
  subscript(place: Int) -> Entry { entries[folded: place] }

  /// Remembers what the general reading found.
  mutating func note(_ line: Span<UInt8>, _ parts: borrowing LineParts) {
    // Of one as long as texts may be, whoever looks it up could not tell what follows.
    guard parts.prefix.count < KnownTexts.lengths.upperBound,
      let place = texts.keep(line, from: parts.prefix.lower, to: parts.prefix.upper)
    else { return }
    entries[place] = Entry(
      program: parts.program, tag: parts.tag, host: parts.host,
      sessionBase: SessionKey.base(host: parts.host, tag: parts.tag))
  }
}
