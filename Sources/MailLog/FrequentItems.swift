/// One entry of a list of the heaviest; the true count lies between `count - error` and `count`.
public struct HeavyHitter: Hashable, Sendable {
  public var key: String
  public var count: Int
  public var error: Int
}

/// The heaviest keys of a stream in bounded memory, with an error bound (Misra and Gries; purge by
/// the median, as Anderson and others, 2017).
///
/// Up to 1536 distinct keys the counts are exact. Beyond, every purge lowers all counts by the
/// median; the sum of what was taken is the error that each entry states.
struct FrequentItems {
  private static let slotCount = 2048
  private static let limit = 1536
  /// Bytes of a key that are kept for display; keys are told apart by their whole hash.
  private static let keyWidth = 80

  private var hashes: [UInt64] = []
  private var counts: [Int32] = []
  private var lengths: [UInt8] = []
  private var keys: [UInt8] = []
  private var used = 0
  /// What purges took from every count.
  private(set) var error = 0

  /// Adds one occurrence of the bytes `start..<end`.
  @inline(__always)
  mutating func add(_ line: Span<UInt8>, from start: Int, to end: Int) {
    let hash = line.hash(from: start, to: end) | 1
    add(hash: hash, amount: 1) { keys, base in
      let length = min(end &- start, Self.keyWidth)
      for offset in 0..<length { keys[base &+ offset] = line[start &+ offset] }
      return length
    }
  }

  /// Adds occurrences of a key that is only written out when it is new.
  @inline(__always)
  mutating func add(hash: UInt64, amount: Int32, key write: (inout [UInt8], Int) -> Int) {
    if hashes.isEmpty { allocate() }
    var slot = Int(truncatingIfNeeded: hash >> 20) & (Self.slotCount &- 1)
    while counts[slot] > 0 {
      if hashes[slot] == hash {
        counts[slot] &+= amount
        return
      }
      slot = (slot &+ 1) & (Self.slotCount &- 1)
    }
    hashes[slot] = hash
    counts[slot] = amount
    lengths[slot] = UInt8(truncatingIfNeeded: write(&keys, slot &* Self.keyWidth))
    used &+= 1
    if used >= Self.limit { purge() }
  }

  private mutating func allocate() {
    hashes = [UInt64](repeating: 0, count: Self.slotCount)
    counts = [Int32](repeating: 0, count: Self.slotCount)
    lengths = [UInt8](repeating: 0, count: Self.slotCount)
    keys = [UInt8](repeating: 0, count: Self.slotCount * Self.keyWidth)
  }

  /// Takes the median from all counts and keeps what is above it.
  private mutating func purge() {
    let median = counts.filter { $0 > 0 }.sorted()[used / 2]
    let old = self
    hashes = []
    allocate()
    used = 0
    error = old.error + Int(median)
    for slot in 0..<Self.slotCount where old.counts[slot] > median {
      insert(old, slot: slot, amount: old.counts[slot] - median)
    }
  }

  private mutating func insert(_ old: FrequentItems, slot: Int, amount: Int32) {
    let length = Int(old.lengths[slot])
    let from = slot * Self.keyWidth
    add(hash: old.hashes[slot], amount: amount) { keys, base in
      for offset in 0..<length { keys[base + offset] = old.keys[from + offset] }
      return length
    }
  }

  /// Adds everything that `other` counted.
  mutating func merge(_ other: FrequentItems) {
    error += other.error
    guard !other.hashes.isEmpty else { return }
    for slot in 0..<Self.slotCount where other.counts[slot] > 0 {
      insert(other, slot: slot, amount: other.counts[slot])
    }
  }

  /// The heaviest entries, heaviest first; equal counts in the order of their keys.
  func top(_ limit: Int) -> [HeavyHitter] {
    guard !hashes.isEmpty else { return [] }
    var entries: [HeavyHitter] = []
    for slot in 0..<Self.slotCount where counts[slot] > 0 {
      let start = slot * Self.keyWidth
      let key = String(decoding: keys[start..<start + Int(lengths[slot])], as: UTF8.self)
      entries.append(HeavyHitter(key: key, count: Int(counts[slot]) + error, error: error))
    }
    entries.sort { ($1.count, $0.key) < ($0.count, $1.key) }
    return Array(entries.prefix(limit))
  }
}
