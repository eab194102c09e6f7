import CByteScan

// Log bytes are borrowed as `Span<UInt8>`: bounds are checked and nothing is copied or allocated.

/// A half-open range of byte positions in a line, in half the size of `Range<Int>`.
struct Slice: Hashable {
  var start: Int32
  var end: Int32

  static let none = Slice(start: -1, end: -1)

  @inline(__always)
  init(start: Int32, end: Int32) {
    self.start = start
    self.end = end
  }

  @inline(__always)
  init(_ start: Int, _ end: Int) {
    self.start = Int32(truncatingIfNeeded: start)
    self.end = Int32(truncatingIfNeeded: end)
  }

  var isPresent: Bool { @inline(__always) get { start >= 0 } }
  var lower: Int { @inline(__always) get { Int(start) } }
  var upper: Int { @inline(__always) get { Int(end) } }
  var count: Int { @inline(__always) get { Int(end &- start) } }
}

extension Span where Element == UInt8 {
  /// Eight bytes from `index` on as a little-endian number.
  @inline(__always)
  func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// The first `byte` in `start..<end`, eight bytes at a time.
  @inline(__always)
  func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let pattern = ones &* UInt64(byte)
    var index = start
    while index &+ 8 <= end {
      let mixed = word(at: index) ^ pattern
      let found = (mixed &- ones) & ~mixed & (ones << 7)
      if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < end {
      if self[index] == byte { return index }
      index &+= 1
    }
    return nil
  }

  /// The last `byte` in `start..<end`.
  func lastIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    precondition(start >= 0 && end <= count)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let pattern = ones &* UInt64(byte)
    var index = end
    while index &- 8 >= start {
      // Zero bytes of the highest place are told exactly, of the others perhaps too many.
      let mixed = word(at: index &- 8) ^ pattern
      if (mixed &- ones) & ~mixed & (ones << 7) != 0 { break }
      index &-= 8
    }
    while index > start {
      index &-= 1
      if self[index] == byte { return index }
    }
    return nil
  }

  /// True when `literal` stands at `index` and ends at or before `end`.
  @inline(__always)
  func has(_ literal: StaticString, at index: Int, to end: Int) -> Bool {
    let length = literal.utf8CodeUnitCount
    guard index >= 0, index &+ length <= end, end <= count else { return false }
    let wanted = UnsafeRawPointer(literal.utf8Start)
    var done = 0
    while done &+ 8 <= length {
      let expected = UInt64(
        littleEndian: wanted.loadUnaligned(fromByteOffset: done, as: UInt64.self))
      if word(at: index &+ done) != expected { return false }
      done &+= 8
    }
    while done < length {
      if self[index &+ done] != wanted.load(fromByteOffset: done, as: UInt8.self) { return false }
      done &+= 1
    }
    return true
  }

  /// Where `literal` first starts in `start..<end`.
  func find(_ literal: StaticString, from start: Int, to end: Int) -> Int? {
    let first = literal.utf8Start.pointee
    var index = start
    while let hit = firstIndex(of: first, from: index, to: end) {
      if has(literal, at: hit, to: end) { return hit }
      index = hit + 1
    }
    return nil
  }

  /// Where `literal` last starts in `start..<end`.
  func findLast(_ literal: StaticString, from start: Int, to end: Int) -> Int? {
    let first = literal.utf8Start.pointee
    var limit = end
    while let hit = lastIndex(of: first, from: start, to: limit) {
      if has(literal, at: hit, to: end) { return hit }
      limit = hit
    }
    return nil
  }

  /// True when the two ranges hold the same bytes.
  func same(_ left: Slice, _ right: Slice) -> Bool {
    guard left.isPresent, right.isPresent, left.count == right.count else { return false }
    precondition(left.upper <= count && right.upper <= count)
    let length = left.count
    var offset = 0
    while offset &+ 8 <= length {
      if word(at: left.lower &+ offset) != word(at: right.lower &+ offset) { return false }
      offset &+= 8
    }
    while offset < length {
      if self[left.lower &+ offset] != self[right.lower &+ offset] { return false }
      offset &+= 1
    }
    return true
  }

  /// The bytes of `slice` as text, invalid UTF-8 repaired; nil when the slice is absent.
  func text(_ slice: Slice) -> String? {
    guard slice.isPresent else { return nil }
    return String(decoding: array(slice), as: UTF8.self)
  }

  /// A copy of the bytes of `slice`.
  func array(_ slice: Slice) -> [UInt8] {
    guard slice.isPresent else { return [] }
    let length = slice.count
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
      for offset in 0..<length {
        buffer.initializeElement(at: offset, to: self[slice.lower + offset])
      }
      initialized = length
    }
  }

  /// A seeded hash of `start..<end`; the seed keeps hostile names from colliding at will.
  @inline(__always)
  func hash(from start: Int, to end: Int) -> UInt64 {
    precondition(start >= 0 && start <= end && end <= count)
    return withUnsafeBytes { bytes in
      bytes.baseAddress.map { cbytescan_hash($0 + start, Int64(end &- start)) } ?? 0
    }
  }
}

@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
  return product.high ^ product.low
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

@inline(__always) func isAlphanumeric(_ byte: UInt8) -> Bool {
  isDigit(byte) || (byte | 0x20) &- 0x61 < 26
}
