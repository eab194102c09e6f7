/// Gives equal byte strings equal small numbers; bounded, so that hostile text cannot fill memory.
struct Interner {
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var offsets: [Int] = [0]
  private var storage: [UInt8] = []
  private let limit: Int

  /// - Parameter limit: the most strings that are kept; later ones have no number.
  init(limit: Int) {
    self.limit = limit
    var size = 16
    while size < limit * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
  }

  var count: Int { hashes.count }

  /// The number of a known string, nil for an unknown one.
  @inline(__always)
  func find(_ span: Span<UInt8>, from start: Int, to end: Int, hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
    while slots[slot] >= 0 {
      let id = Int(slots[slot])
      if hashes[id] == hash && equals(id, span, start, end) { return id }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  /// The number of the string, given out on first sight; nil when the table is full.
  mutating func intern(_ span: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    let hash = span.hash(from: start, to: end)
    if let id = find(span, from: start, to: end, hash: hash) { return id }
    guard count < limit, end - start <= 1024 else { return nil }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(count)
    hashes.append(hash)
    storage.append(contentsOf: span.array(Slice(start, end)))
    offsets.append(storage.count)
    return count - 1
  }

  /// The number of a text, as ``intern(_:from:to:)`` gives it.
  mutating func intern(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    return intern(bytes.span, from: 0, to: bytes.count)
  }

  /// The string with number `id`, invalid UTF-8 repaired.
  func text(_ id: Int) -> String {
    String(decoding: storage[offsets[id]..<offsets[id + 1]], as: UTF8.self)
  }

  @inline(__always)
  private func equals(_ id: Int, _ span: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    let offset = offsets[id]
    let length = end &- start
    guard offsets[id &+ 1] &- offset == length else { return false }
    let own = storage.span
    var index = 0
    while index &+ 8 <= length {
      if own.word(at: offset &+ index) != span.word(at: start &+ index) { return false }
      index &+= 8
    }
    while index < length {
      if own[offset &+ index] != span[start &+ index] { return false }
      index &+= 1
    }
    return true
  }
}
