import CByteScan

// Lines by their address, for the common forms: callers see to it that 64 bytes behind a line's
// newline can be read, so that words may be loaded without a look at the end.
extension UnsafeRawPointer {
  @inline(__always) func byte(_ index: Int) -> UInt8 {
    load(fromByteOffset: index, as: UInt8.self)
  }

  /// Eight bytes from `index` on as a little-endian number.
  @inline(__always) func word(_ index: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// Four bytes from `index` on as a little-endian number.
  @inline(__always) func half(_ index: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt32.self))
  }

  /// True when `literal` stands at `index`, from where on as many bytes as it has must be readable. No
  /// literal holds a newline, so a match ends before the line does.
  @inline(__always) func has(_ literal: StaticString, at index: Int) -> Bool {
    cbytescan_same(self + index, literal.utf8Start, Int64(literal.utf8CodeUnitCount)) != 0
  }
}

/// True when all bytes of a word, from which `0` was taken by exclusive or, are digits.
@inline(__always) func areDigits(_ digits: UInt64) -> Bool {
  ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0
}

/// How many digits a text begins with, up to eight, and what they stand for, each in a byte, the last
/// one in the highest: of eight or none anything.
@inline(__always) func leadingDigits(_ word: UInt64) -> (count: Int, digits: UInt64) {
  let digits = word ^ 0x3030_3030_3030_3030
  let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
  let bits = others.trailingZeroBitCount & ~7
  // Leading zeros fill up to eight digits.
  return (bits &>> 3, digits &<< (64 &- UInt64(truncatingIfNeeded: bits)))
}

/// The number that eight digits make, from which `0` was taken; three multiplications join them.
@inline(__always) func joinedDigits(_ digits: UInt64) -> UInt64 {
  var value = (digits &* 2561) >> 8 & 0x00FF_00FF_00FF_00FF
  value = (value &* 6_553_601) >> 16 & 0x0000_FFFF_0000_FFFF
  return (value &* 42_949_672_960_001) >> 32
}

/// True when the first `count` bytes of a word, eight at most, are letters and digits.
@inline(__always) func areAlphanumeric(_ word: UInt64, _ count: Int) -> Bool {
  let high: UInt64 = 0x8080_8080_8080_8080
  let wanted = count >= 8 ? high : high & (1 &<< (UInt64(truncatingIfNeeded: count) &* 8) &- 1)
  guard word & wanted == 0 else { return false }
  let seven = word & ~high
  let noDigit = (seven ^ 0x3030_3030_3030_3030) &+ 0x7676_7676_7676_7676
  let lower = seven | 0x2020_2020_2020_2020
  let letter = (lower &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(lower &+ 0x0505_0505_0505_0505)
  return (~noDigit | letter) & wanted == wanted
}

/// Eight letters as the number that they are in memory.
@inline(__always) func literal(_ text: StaticString) -> UInt64 {
  UnsafeRawPointer(text.utf8Start).word(0)
}

/// How many of the next 64 bytes stand in front of the first `byte`; 64 without one.
@inline(__always) func firstIndex(_ raw: UnsafeRawPointer, _ byte: UInt8) -> Int {
  let near = UInt64(cbytescan_equal32(raw, byte))
  if near != 0 { return near.trailingZeroBitCount }
  return cbytescan_equal64(raw, byte).trailingZeroBitCount
}
