/// One entry of a list of the heaviest; the true count lies between `count - error` and `count`.
public struct HeavyHitter: Hashable, Sendable {
  /// The client, network, name or address.
  public var key: String
  /// How often.
  public var count: Int
  /// How much `count` may be too high.
  public var error: Int
}

/// The heaviest keys of a stream in bounded memory, with an error bound (Misra and Gries; purge by
/// the median, as Anderson and others, 2017).
///
/// Up to 1536 distinct keys the counts are exact. Beyond, every purge lowers all counts by the
/// median; the sum of what was taken is the error that each entry states.
struct FrequentItems {
  fileprivate static let slotCount = 2048
  fileprivate static let limit = 1536
  /// 64-bit words of a key that are kept for display; keys are told apart by their whole hash.
  fileprivate static let keyWords = 10

  /// The counters; a purge fills a second one and swaps.
  fileprivate struct Table {
    var hashes = [UInt64](repeating: 0, count: slotCount)
    var counts = [Int32](repeating: 0, count: slotCount)
    var lengths = [UInt8](repeating: 0, count: slotCount)
    var keys = [UInt64](repeating: 0, count: slotCount * keyWords)
    var used = 0

    mutating func clear() {
      for slot in 0..<slotCount { counts[slot] = 0 }
      used = 0
    }
  }

  private var table: Table?
  private var spare: Table?
  /// What purges took from every count.
  private(set) var error = 0

  /// Adds one occurrence of the bytes `start..<end`.
  @inline(__always)
  mutating func add(_ line: Span<UInt8>, from start: Int, to end: Int) {
    add(line.hash(from: start, to: end), line, from: start, to: end)
  }

  /// Adds one occurrence of a key; of a new key `start..<end` is kept for display.
  @inline(__always)
  mutating func add(_ hash: UInt64, _ line: Span<UInt8>, from start: Int, to end: Int) {
    if table == nil { table = Table() }
    let isFull = table?.add(hash, 1) { keys, place in
      let length = min(end &- start, FrequentItems.keyWords &* 8)
      copyWords(line, from: start, count: length, to: &keys, at: place)
      return length
    }
    if isFull == true { purge() }
  }

  /// Takes the median from all counts and keeps what is above it.
  private mutating func purge() {
    guard var old = table else { return }
    var fresh = spare ?? Table()
    table = nil
    spare = nil
    fresh.clear()
    let median = old.median
    error += Int(median)
    for slot in 0..<Self.slotCount where old.counts[slot] > median {
      fresh.insert(old, slot, old.counts[slot] - median)
    }
    old.used = 0
    table = fresh
    spare = old
  }

  /// Adds everything that `other` counted.
  mutating func merge(_ other: FrequentItems) {
    error += other.error
    guard let theirs = other.table else { return }
    if table == nil { table = Table() }
    for slot in 0..<Self.slotCount where theirs.counts[slot] > 0 {
      if table?.insert(theirs, slot, theirs.counts[slot]) == true { purge() }
    }
  }

  /// The heaviest entries, heaviest first; equal counts in the order of their keys.
  func top(_ limit: Int) -> [HeavyHitter] {
    guard let table else { return [] }
    var entries: [HeavyHitter] = []
    for slot in 0..<Self.slotCount where table.counts[slot] > 0 {
      let count = Int(table.counts[slot]) + error
      entries.append(HeavyHitter(key: table.key(slot), count: count, error: error))
    }
    entries.sort { ($1.count, $0.key) < ($0.count, $1.key) }
    return Array(entries.prefix(limit))
  }
}

extension FrequentItems.Table {
  /// Adds to a counter; true when the table is now too full.
  @inline(__always)
  fileprivate mutating func add(
    _ hash: UInt64, _ amount: Int32, key write: (inout [UInt64], Int) -> Int
  ) -> Bool {
    var slot = Int(truncatingIfNeeded: hash >> 20) & (FrequentItems.slotCount &- 1)
    while counts[slot] > 0 {
      if hashes[slot] == hash {
        counts[slot] &+= amount
        return false
      }
      slot = (slot &+ 1) & (FrequentItems.slotCount &- 1)
    }
    hashes[slot] = hash
    counts[slot] = amount
    lengths[slot] = UInt8(truncatingIfNeeded: write(&keys, slot &* FrequentItems.keyWords))
    used &+= 1
    return used >= FrequentItems.limit
  }

  @discardableResult
  fileprivate mutating func insert(_ old: Self, _ slot: Int, _ amount: Int32) -> Bool {
    let from = slot &* FrequentItems.keyWords
    let length = Int(old.lengths[slot])
    return add(old.hashes[slot], amount) { keys, place in
      for word in 0..<(length &+ 7) >> 3 { keys[place &+ word] = old.keys[from &+ word] }
      return length
    }
  }

  /// The median of the counts. Most counts are small, so they are sorted by counting.
  fileprivate var median: Int32 {
    var histogram = [Int](repeating: 0, count: 256)
    for count in counts where count > 0 { histogram[Int(min(count, 255))] += 1 }
    var seen = 0
    for value in 1..<255 {
      seen += histogram[value]
      if seen * 2 > used { return Int32(value) }
    }
    return counts.filter { $0 > 0 }.sorted()[used / 2]
  }

  fileprivate func key(_ slot: Int) -> String {
    let from = slot * FrequentItems.keyWords
    let bytes = (0..<Int(lengths[slot])).map { index in
      UInt8(truncatingIfNeeded: keys[from + index / 8] >> UInt64(index % 8 * 8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Copies bytes as little-endian words.
@inline(__always)
private func copyWords(
  _ line: Span<UInt8>, from start: Int, count: Int, to words: inout [UInt64], at place: Int
) {
  var done = 0
  while done &+ 8 <= count {
    words[place &+ (done >> 3)] = line.word(at: start &+ done)
    done &+= 8
  }
  var last: UInt64 = 0
  var index = count
  while index > done {
    index &-= 1
    last = last << 8 | UInt64(line[start &+ index])
  }
  if done < count { words[place &+ (done >> 3)] = last }
}
