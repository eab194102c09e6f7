/// A hash table from 64-bit keys to plain values: open addressing, no allocation while it does not
/// grow, and no hashing beyond one multiplication.
///
/// Keys are mixed with a seeded hash by those who make them out of foreign text.
struct FlatTable<Value: BitwiseCopyable>: ~Copyable {
  private var keys: Store<UInt64>
  private var used: Store<Bool>
  private var values: Store<Value>
  private(set) var count = 0
  private let filler: Value

  /// - Parameter filler: any value, for the empty places.
  init(capacity: Int = 1024, filler: Value) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    keys = Store(repeating: 0, count: size)
    used = Store(repeating: false, count: size)
    values = Store(repeating: filler, count: size)
    self.filler = filler
  }

  /// The place of a key: where its value is, or where it would go.
  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count &- 1
    var slot = home(key)
    while used[slot] && keys[slot] != key { slot = (slot &+ 1) & mask }
    return slot
  }

  /// Changes the value of a key, if it is there.
  @inline(__always)
  mutating func update(_ key: UInt64, _ change: (inout Value) -> Void) {
    let slot = slot(of: key)
    if used[slot] { change(&values[slot]) }
  }

  /// Sets a value; returns the one that was there before.
  mutating func set(_ key: UInt64, _ value: Value) -> Value? {
    var place = slot(of: key)
    if used[place] {
      let former = values[place]
      values[place] = value
      return former
    }
    if count &* 2 >= keys.count {
      grow()
      place = slot(of: key)
    }
    keys[place] = key
    used[place] = true
    values[place] = value
    count &+= 1
    return nil
  }

  /// Takes a value out; later entries of the same run move up, so that no tombstones are left.
  mutating func remove(_ key: UInt64) -> Value? {
    let found = slot(of: key)
    guard used[found] else { return nil }
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
    count &-= 1
    return value
  }

  /// All entries, in no order.
  var entries: [(key: UInt64, value: Value)] {
    (0..<keys.count).filter { used[$0] }.map { (keys[$0], values[$0]) }
  }

  @inline(__always)
  private func home(_ key: UInt64) -> Int { Int(truncatingIfNeeded: mix(key)) & (keys.count &- 1) }

  private mutating func grow() {
    var larger = FlatTable(capacity: keys.count, filler: filler)
    for index in 0..<keys.count where used[index] { _ = larger.set(keys[index], values[index]) }
    self = larger
  }
}
