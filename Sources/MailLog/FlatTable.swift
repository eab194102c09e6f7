/// A hash table from 64-bit keys to plain values: open addressing, no allocation while it does not
/// grow, and no hashing beyond one multiplication.
///
/// Keys are mixed with a seeded hash by those who make them out of foreign text.
struct FlatTable<Value> {
  private var keys: [UInt64]
  private var used: [Bool]
  private(set) var values: [Value]
  private(set) var count = 0
  private let filler: Value

  /// - Parameter filler: any value, for the empty places.
  init(capacity: Int = 1024, filler: Value) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    keys = [UInt64](repeating: 0, count: size)
    used = [Bool](repeating: false, count: size)
    values = [Value](repeating: filler, count: size)
    self.filler = filler
  }

  /// The place of a key's value in `values`; nil when it is not there.
  @inline(__always)
  func index(of key: UInt64) -> Int? {
    var slot = home(key)
    while used[slot] {
      if keys[slot] == key { return slot }
      slot = (slot &+ 1) & (keys.count &- 1)
    }
    return nil
  }

  /// Changes the value of a key, if it is there.
  @inline(__always)
  mutating func update(_ key: UInt64, _ change: (inout Value) -> Void) {
    if let slot = index(of: key) { change(&values[slot]) }
  }

  /// Sets a value; returns the one that was there before.
  mutating func set(_ key: UInt64, _ value: Value) -> Value? {
    if let slot = index(of: key) {
      let former = values[slot]
      values[slot] = value
      return former
    }
    if count * 2 >= keys.count { grow() }
    var slot = home(key)
    while used[slot] { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    used[slot] = true
    values[slot] = value
    count += 1
    return nil
  }

  /// Takes a value out; later entries of the same run move up, so that no tombstones are left.
  mutating func remove(_ key: UInt64) -> Value? {
    guard let found = index(of: key) else { return nil }
    let value = values[found]
    let mask = keys.count &- 1
    var hole = found
    var next = (hole &+ 1) & mask
    while used[next] {
      let distance = (next &- home(keys[next])) & mask
      if distance >= (next &- hole) & mask {
        keys[hole] = keys[next]
        values[hole] = values[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    used[hole] = false
    values[hole] = filler
    count &-= 1
    return value
  }

  /// All entries, in no order.
  var entries: [(key: UInt64, value: Value)] {
    keys.indices.filter { used[$0] }.map { (keys[$0], values[$0]) }
  }

  @inline(__always)
  private func home(_ key: UInt64) -> Int { Int(truncatingIfNeeded: mix(key)) & (keys.count &- 1) }

  private mutating func grow() {
    var larger = FlatTable(capacity: keys.count, filler: filler)
    for (key, value) in entries { _ = larger.set(key, value) }
    self = larger
  }
}
