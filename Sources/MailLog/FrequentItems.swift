/// One entry of a list of the heaviest; the true count lies between `count - error` and `count`.
public struct HeavyHitter: Hashable, Sendable {
  /// The client, network, name or address.
  public var key: String
  /// How often.
  public var count: Int
  /// How much `count` may be too high.
  public var error: Int
}

/// A text of a line with its hash; an absent one has none.
struct HashedText {
  var hash: UInt64 = 0
  var slice = Slice.none

  @inline(__always)
  init(_ line: Span<UInt8>, _ slice: Slice) {
    guard slice.isPresent else { return }
    self.slice = slice
    hash = line.hash(from: slice.lower, to: slice.upper)
  }
}

/// The heaviest keys of a stream in bounded memory, with an error bound (Misra and Gries; purge by
/// the median, as Anderson and others, 2017).
///
/// Up to 1536 distinct keys the counts are exact. Beyond, every purge lowers all counts by the
/// median; the sum of what was taken is the error that each entry states.
struct FrequentItems: ~Copyable {
  private static let slotCount = 2048
  private static let limit = 1536
  /// 64-bit words of a key that are kept for display; keys are told apart by their whole hash.
  private static let keyWords = 10

  struct Slot: BitwiseCopyable {
    var hash: UInt64 = 0
    /// 0 where the place is empty.
    var count: Int32 = 0
    /// Where its text is.
    var text: Int32 = 0
  }

  struct Text: BitwiseCopyable {
    var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
      (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    var length: Int32 = 0
    /// The next free text.
    var next: Int32 = 0
  }

  private var slots = Store(repeating: Slot(), count: FrequentItems.slotCount)
  /// Where a purge collects what it keeps.
  private var spare = Store(repeating: Slot(), count: FrequentItems.slotCount)
  private var texts: Store<Text>
  private var histogram = Store(repeating: 0, count: 256)
  private var firstFree: Int32 = 0
  private var used = 0
  /// What purges took from every count.
  private(set) var error = 0

  init() {
    texts = Store(repeating: Text(), count: Self.limit + 1)
    for index in 0..<Self.limit { texts[index].next = Int32(index + 1) }
  }

  /// Adds one occurrence of the bytes `start..<end`.
  mutating func add(_ line: Span<UInt8>, from start: Int, to end: Int) {
    add(line.hash(from: start, to: end), line, from: start, to: end)
  }

  /// Adds one occurrence of a text of a line.
  @inline(__always)
  mutating func add(_ text: HashedText, _ line: Span<UInt8>) {
    add(text.hash, line, from: text.slice.lower, to: text.slice.upper)
  }

  /// Adds one occurrence of a key; of a new key `start..<end` is kept for display.
  @inline(__always)
  mutating func add(_ hash: UInt64, _ line: Span<UInt8>, from start: Int, to end: Int) {
    let slot = slot(of: hash)
    if slots[slot].count > 0 {
      slots[slot].count &+= 1
    } else {
      insert(hash, at: slot, line, from: start, to: end)
    }
  }

  /// Adds one occurrence of a key that is known; false for a new one.
  mutating func addAgain(_ hash: UInt64) -> Bool {
    let slot = slot(of: hash)
    guard slots[slot].count > 0 else { return false }
    slots[slot].count &+= 1
    return true
  }

  /// Asks for the place of a key that is about to be added.
  @inline(__always)
  func prefetch(_ hash: UInt64) { slots.prefetch(Int(truncatingIfNeeded: hash >> 20)) }

  /// The place of a key, or the empty one where it goes.
  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash >> 20) & (Self.slotCount &- 1)
    while slots[slot].count > 0 && slots[slot].hash != hash {
      slot = (slot &+ 1) & (Self.slotCount &- 1)
    }
    return slot
  }

  private mutating func insert(
    _ hash: UInt64, at slot: Int, _ line: Span<UInt8>, from start: Int, to end: Int
  ) {
    let text = take(hash, at: slot, count: 1)
    let length = min(end &- start, Self.keyWords &* 8)
    withUnsafeMutableBytes(of: &texts[text].words) { bytes in
      for offset in 0..<length { bytes[offset] = line[start &+ offset] }
    }
    texts[text].length = Int32(truncatingIfNeeded: length)
    if used >= Self.limit { purge() }
  }

  /// Fills an empty place; the number of the text that it gets.
  private mutating func take(_ hash: UInt64, at slot: Int, count: Int32) -> Int {
    let text = firstFree
    firstFree = texts[Int(text)].next
    slots[slot] = Slot(hash: hash, count: count, text: text)
    used &+= 1
    return Int(text)
  }

  /// Takes the median from all counts and keeps what is above it.
  private mutating func purge() {
    let median = median
    error += Int(median)
    var kept = 0
    for index in 0..<Self.slotCount where slots[index].count > 0 {
      let slot = slots[index]
      if slot.count > median {
        spare[kept] = Slot(hash: slot.hash, count: slot.count &- median, text: slot.text)
        kept &+= 1
      } else {
        texts[Int(slot.text)].next = firstFree
        firstFree = slot.text
      }
    }
    slots.fill(Slot())
    for index in 0..<kept { slots[slot(of: spare[index].hash)] = spare[index] }
    used = kept
  }

  /// The median of the counts. Most counts are small, so they are sorted by counting.
  private var median: Int32 {
    histogram.fill(0)
    for index in 0..<Self.slotCount where slots[index].count > 0 {
      histogram[Int(min(slots[index].count, 255))] &+= 1
    }
    var seen = 0
    for value in 1..<255 {
      seen += histogram[value]
      if seen * 2 > used { return Int32(value) }
    }
    return largeMedian
  }

  /// The median where it is 255 at least, by halving the range in which it lies.
  private var largeMedian: Int32 {
    var (low, high): (Int32, Int32) = (255, .max)
    while low < high {
      let middle = low + (high - low) / 2
      var notAbove = 0
      for index in 0..<Self.slotCount where slots[index].count > 0 && slots[index].count <= middle {
        notAbove += 1
      }
      if notAbove * 2 > used { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Adds everything that `other` counted.
  mutating func merge(_ other: borrowing FrequentItems) {
    error += other.error
    for index in 0..<Self.slotCount where other.slots[index].count > 0 {
      let theirs = other.slots[index]
      let slot = slot(of: theirs.hash)
      if slots[slot].count > 0 {
        slots[slot].count &+= theirs.count
      } else {
        let text = take(theirs.hash, at: slot, count: theirs.count)
        texts[text].words = other.texts[Int(theirs.text)].words
        texts[text].length = other.texts[Int(theirs.text)].length
        if used >= Self.limit { purge() }
      }
    }
  }

  /// The heaviest entries, heaviest first; equal counts in the order of their keys.
  func top(_ limit: Int) -> [HeavyHitter] {
    var entries: [HeavyHitter] = []
    for index in 0..<Self.slotCount where slots[index].count > 0 {
      let count = Int(slots[index].count) + error
      entries.append(
        HeavyHitter(key: key(Int(slots[index].text)), count: count, error: error))
    }
    entries.sort { ($1.count, $0.key) < ($0.count, $1.key) }
    return Array(entries.prefix(limit))
  }

  private func key(_ text: Int) -> String {
    var text = texts[text]
    let length = Int(text.length)
    return withUnsafeBytes(of: &text.words) {
      String(decoding: $0.prefix(length), as: UTF8.self)
    }
  }
}
