/// A hash table from 64-bit keys to plain values: open addressing, no allocation while it does not
/// grow, and no hashing beyond one multiplication.
///
/// Keys are mixed with a seeded hash by those who make them out of foreign text.
struct FlatTable<Value: BitwiseCopyable>: ~Copyable {
  /// 0 where a place is empty.
  private var keys: Store<UInt64>
  private var values: Store<Value>
  private(set) var count = 0
  /// By how much a product is shifted to leave as many bits as number a place.
  private let shift: UInt64
  private let filler: Value

  /// - Parameter filler: any value, for the empty places.
  init(capacity: Int = 1024, filler: Value) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    keys = Store(repeating: 0, count: size)
    values = Store(repeating: filler, count: size)
    shift = UInt64(64 - size.trailingZeroBitCount)
    self.filler = filler
  }

  /// The form in which a key is kept; 0 is another's.
  @inline(__always)
  private func kept(_ key: UInt64) -> UInt64 { key == 0 ? 1 << 63 : key }

  /// The place of a kept key that is there; -1 for another.
  @inline(__always)
  private func find(_ key: UInt64) -> Int {
    var slot = home(key)
    while keys[folded: slot] != key {
      if keys[folded: slot] == 0 { return -1 }
      slot = (slot &+ 1) & (keys.count &- 1)
    }
    return slot
  }

  /// Gives the value of a key to `body`, if it is there.
  func look(_ key: UInt64, _ body: (Value) -> Void) {
    let slot = find(kept(key))
    if slot >= 0 { body(values[folded: slot]) }
  }

  /// Changes the value of a key, if it is there.
  @inline(__always)
  mutating func update(_ key: UInt64, _ change: (inout Value) -> Void) {
    let slot = find(kept(key))
    if slot >= 0 { change(&values[folded: slot]) }
  }

  /// Adds a value; false, and nothing is changed, when the key has one.
  @inline(__always)
  mutating func insert(_ key: UInt64, _ value: Value) -> Bool {
    if count &* 2 >= keys.count { grow() }
    let key = kept(key)
    var slot = home(key)
    while keys[folded: slot] != 0 {
      if keys[folded: slot] == key { return false }
      slot = (slot &+ 1) & (keys.count &- 1)
    }
    keys[folded: slot] = key
    values[folded: slot] = value
    count &+= 1
    return true
  }

  /// Sets a value, whether there was one before or not.
  mutating func set(_ key: UInt64, _ value: Value) {
    if !insert(key, value) { update(key) { $0 = value } }
  }

  /// Takes a value out, which `taken` gets if it was there; later entries of the same run move up, so
  /// that no tombstones are left.
  @inline(__always)
  mutating func remove(_ key: UInt64, taken: (Value) -> Void = { _ in }) {
    let found = find(kept(key))
    guard found >= 0 else { return }
    taken(values[folded: found])
    let next = (found &+ 1) & (keys.count &- 1)
    if keys[folded: next] == 0 { keys[folded: found] = 0 } else { closeHole(found, next) }
    count &-= 1
  }

  private mutating func closeHole(_ found: Int, _ behind: Int) {
    let mask = keys.count &- 1
    var (hole, next) = (found, behind)
    while keys[folded: next] != 0 {
      let distance = (next &- home(keys[folded: next])) & mask
      if distance >= (next &- hole) & mask {
        keys[folded: hole] = keys[folded: next]
        values[folded: hole] = values[folded: next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    keys[folded: hole] = 0
  }

  /// All entries, in no order.
  var entries: [(key: UInt64, value: Value)] {
    (0..<keys.count).filter { keys[$0] != 0 }.map { (keys[$0], values[$0]) }
  }

  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    // The upper bits of a product are those that depend on most of the key's.
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  private mutating func grow() {
    var larger = FlatTable(capacity: keys.count, filler: filler)
    for index in 0..<keys.count where keys[index] != 0 {
      _ = larger.insert(keys[index], values[index])
    }
    self = larger
  }
}
