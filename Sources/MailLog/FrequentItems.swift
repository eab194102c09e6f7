import CByteScan

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

  /// - Parameter raw: the line's address; 32 bytes in front of the text's end must be readable.
  @inline(__always)
  init(readable raw: UnsafeRawPointer, _ slice: Slice) {
    self.slice = slice
    hash = cbytescan_hash_readable(raw + slice.upper, Int64(slice.count))
  }

  /// The same of an address.
  @inline(__always)
  init(readable raw: UnsafeRawPointer, address slice: Slice) {
    self.slice = slice
    hash = cbytescan_hash_short(raw + slice.upper, Int64(slice.count))
  }
}

/// The heaviest keys of a stream in bounded memory, with an error bound (Misra and Gries; purge by
/// the median, as Anderson and others, 2017).
///
/// Up to 1536 distinct keys the counts are exact. Beyond, every purge lowers all counts by the
/// median; the sum of what was taken is the error that each entry states.
struct FrequentItems: ~Copyable {
  private static let limit = 1536
  /// 64-bit words of a key that are kept for display; keys are told apart by their whole hash.
  private static let keyWords = 10

  struct Item: BitwiseCopyable {
    var hash: UInt64 = 0
    var count: Int32 = 0
    /// The number of its text; items that are not filled keep those that are free.
    var text: Int32 = 0
  }

  struct Text: BitwiseCopyable {
    var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
      (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    var length = 0
  }

  /// By the hash of a key: the number of its item, from 1; 0 where there is none.
  private var places = FixedStore<8192, UInt16>(repeating: 0)
  /// By their numbers; without gaps, ``used`` of them are filled.
  private var items = FixedStore<2048, Item>(repeating: Item())
  private var texts = FixedStore<2048, Text>(repeating: Text())
  private var histogram = FixedStore<256, Int>(repeating: 0)
  private var used = 0
  /// What purges took from every count.
  private(set) var error = 0

  init() {
    for number in 1...Self.limit { items[number].text = Int32(number) }
  }

  /// Adds one occurrence of the bytes `start..<end`.
  mutating func add(_ line: Span<UInt8>, from start: Int, to end: Int) {
    add(line.hash(from: start, to: end), line, from: start, to: end)
  }

  /// Adds one occurrence of a text of a line, if it is there; true when it is among those that are kept
  /// already.
  @discardableResult
  mutating func add(_ text: HashedText, _ line: Span<UInt8>) -> Bool {
    guard text.slice.isPresent else { return true }
    return add(text.hash, line, from: text.slice.lower, to: text.slice.upper)
  }

  /// Adds one occurrence of a key; of a new key `start..<end` is kept for display. True for one that is
  /// kept already.
  @discardableResult
  mutating func add(_ hash: UInt64, _ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    precondition(start >= 0 && start <= end && end <= line.count)
    let place = place(of: hash)
    if addAgain(at: place) { return true }
    let text = texts.start + take(hash, at: place, count: 1)
    text.pointee.length = min(end &- start, Self.keyWords &* 8)
    line.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      UnsafeMutableRawPointer(text).copyMemory(from: base + start, byteCount: text.pointee.length)
    }
    return false
  }

  /// The same of a text that is there.
  ///
  /// - Parameter raw: the line's address; the text must be readable, and 32 bytes from its beginning on.
  @inline(__always)
  @discardableResult
  mutating func add(_ text: HashedText, readable raw: UnsafeRawPointer) -> Bool {
    let place = place(of: text.hash)
    if addAgain(at: place) { return true }
    insert(text.hash, at: place, readable: raw + text.slice.lower, text.slice.count)
    return false
  }

  /// Begins to fetch the place of a key.
  @inline(__always)
  func fetch(_ hash: UInt64) {
    places.fetch(folded: Int(truncatingIfNeeded: hash >> 20))
  }

  /// Adds one occurrence of a key that is known; false for a new one.
  mutating func addAgain(_ hash: UInt64) -> Bool { addAgain(at: place(of: hash)) }

  /// Adds one occurrence of the key at a place; false for an empty one.
  @inline(__always)
  private func addAgain(at place: Int) -> Bool {
    let number = Int(places[folded: place])
    guard number > 0 else { return false }
    items[folded: number].count &+= 1
    return true
  }

  /// The place of a key, or the empty one where it goes.
  @inline(__always)
  private func place(of hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash >> 20)
    while true {
      let number = Int(places[folded: place])
      if number == 0 || items[folded: number].hash == hash { return place }
      place = place &+ 1
    }
  }

  @inline(never)
  private mutating func insert(
    _ hash: UInt64, at place: Int, readable bytes: UnsafeRawPointer, _ count: Int
  ) {
    let text = texts.start + take(hash, at: place, count: 1)
    let length = min(count, Self.keyWords &* 8)
    text.pointee.length = length
    // Most are short: 32 bytes are copied sooner than as many as there are.
    UnsafeMutableRawPointer(text).copyMemory(from: bytes, byteCount: 32)
    if length > 32 { UnsafeMutableRawPointer(text).copyMemory(from: bytes, byteCount: length) }
  }

  /// Fills an empty place; the number of the text that it gets, which may be written whatever becomes of
  /// the key: a text of nobody is not read.
  @inline(__always)
  private mutating func take(_ hash: UInt64, at place: Int, count: Int32) -> Int {
    used &+= 1
    items[folded: used].hash = hash
    items[folded: used].count = count
    let text = Int(items[folded: used].text)
    places[folded: place] = UInt16(truncatingIfNeeded: used)
    if used >= Self.limit { purge() }
    return text & 2047
  }

  /// Takes the median from all counts and keeps what is above it.
  @inline(never)
  private mutating func purge() {
    let median = median
    error += Int(median)
    places.fill(0)
    let all = used
    used = 0
    for number in 1..<all + 1 where items[folded: number].count > median {
      used &+= 1
      // What is given up gets the text of nobody in exchange.
      let free = items[folded: used].text
      items[folded: used] = items[folded: number]
      items[folded: used].count &-= median
      items[folded: number].text = number == used ? items[folded: used].text : free
      places[folded: self.place(of: items[folded: used].hash)] = UInt16(truncatingIfNeeded: used)
    }
  }

  /// The numbers of the items that are filled.
  private var numbers: Range<Int> { 1..<used + 1 }

  /// The median of the counts. Most counts are small, so they are sorted by counting; mostly most are 1.
  private var median: Int32 {
    var once = 0
    for number in numbers { once += items[folded: number].count == 1 ? 1 : 0 }
    if once * 2 > used { return 1 }
    histogram.fill(0)
    for number in numbers {
      histogram[Int(min(items[folded: number].count, 255))] &+= 1
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
      for number in numbers where items[folded: number].count <= middle { notAbove += 1 }
      if notAbove * 2 > used { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Adds everything that `other` counted.
  mutating func merge(_ other: borrowing FrequentItems) {
    error += other.error
    for number in other.numbers {
      let theirs = other.items[folded: number]
      let place = place(of: theirs.hash)
      let own = Int(places[folded: place])
      if own > 0 {
        items[folded: own].count &+= theirs.count
      } else {
        let text = take(theirs.hash, at: place, count: theirs.count)
        texts[text] = other.texts[Int(theirs.text)]
      }
    }
  }

  /// The heaviest entries, heaviest first; equal counts in the order of their keys.
  func top(_ limit: Int) -> [HeavyHitter] {
    // Texts are made of those only that may be shown.
    let least = leastCount(of: limit)
    var entries: [HeavyHitter] = []
    for number in numbers where items[folded: number].count >= least {
      let item = items[folded: number]
      entries.append(
        HeavyHitter(key: key(Int(item.text)), count: Int(item.count) + error, error: error))
    }
    entries.sort { ($1.count, $0.key) < ($0.count, $1.key) }
    return Array(entries.prefix(limit))
  }

  /// The count of the last of the `limit` heaviest.
  private func leastCount(of limit: Int) -> Int32 {
    guard limit > 0, limit < used else { return limit > 0 ? .min : .max }
    var counts = [Int32](unsafeUninitializedCapacity: used) { buffer, count in
      for number in numbers { buffer[number - 1] = items[folded: number].count }
      count = used
    }
    counts.sort(by: >)
    return counts[limit - 1]
  }

  private func key(_ text: Int) -> String {
    var text = texts[text]
    let length = text.length
    return withUnsafeBytes(of: &text.words) {
      String(decoding: $0.prefix(length), as: UTF8.self)
    }
  }
}
