import CByteScan

// The common forms: what makes up nearly all of a busy log, read by comparing words.
//
// They decide nothing of their own. A line that differs in the least from the form is left to the
// general reading, which says what lines mean; a test holds both against each other.
extension LineParser {
  /// Longer lines are left to the general reading.
  static let longestCommon = 2048

  /// What qmgr says of a message.
  enum QueueNews { case active, removed, other }

  /// Reads `from=<A>, … (queue active)` and `removed`, as they stand behind the queue id.
  @inline(__always)
  static func readCommonQueue(_ raw: UnsafeRawPointer, at text: Int, to end: Int) -> QueueNews {
    if end &- text == 7 { return raw.word(text) == literal("removed\n") ? .removed : .other }
    guard raw.half(text) == 0x6D6F_7266, raw.byte(text &+ 4) == UInt8(ascii: "="),
      raw.byte(text &+ 5) == UInt8(ascii: "<"), end &- text >= 20,
      raw.has("(queue active)", at: end &- 14)
    else { return .other }
    return .active
  }

  /// True for `to=<A>, relay=…, status=sent …` with an address without quotes and blanks.
  @inline(__always)
  static func isCommonDelivery(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Bool {
    guard raw.half(start) == 0x3C3D_6F74 else { return false }
    let close = addressStop(raw, at: start &+ 4, to: end)
    guard close < end, raw.word(close) == literal(">, relay") else { return false }
    // Each `, status=` has the `u`, which is rare in what stands before.
    var place = close &+ 1
    while place < end {
      var hits = cbytescan_equal64(raw + place, UInt8(ascii: "u"))
      while hits != 0 {
        let hit = place &+ hits.trailingZeroBitCount
        hits &= hits &- 1
        guard hit < end else { return false }
        if raw.word(hit &- 6) == literal(", status") {
          return hit &+ 8 <= end && raw.word(hit &+ 2) & 0xFFFF_FFFF_FFFF == 0x2074_6E65_733D
        }
      }
      place &+= 64
    }
    return false
  }

  /// The length of `QUEUEID` in `QUEUEID: `; 0 without one of up to 15 bytes, for `NOQUEUE`, and for
  /// what may be `warning: ` or another label.
  @inline(__always)
  static func queueIDLength(_ raw: UnsafeRawPointer, at start: Int) -> Int {
    let length = cbytescan_equal16(raw + start, UInt8(ascii: ":")).trailingZeroBitCount
    guard length >= 5, length < 16, raw.byte(start &+ length &+ 1) == UInt8(ascii: " "),
      areAlphanumeric(raw.word(start), min(8, length)),
      length <= 8 || areAlphanumeric(raw.word(start &+ 8), length &- 8),
      raw.word(start) != literal("NOQUEUE:")
    else { return 0 }
    switch raw.byte(start) {
    case UInt8(ascii: "w"), UInt8(ascii: "e"), UInt8(ascii: "f"), UInt8(ascii: "p"): return 0
    default: return length
    }
  }

  /// Reads the address of `NAME[ADDR]` at `start`; absent when name or address has 63 bytes or more.
  @inline(__always)
  static func commonClient(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Slice {
    commonClient(raw, at: start, open: firstIndex(raw + start, UInt8(ascii: "[")), to: end)
  }

  /// The same of what a line mostly ends with. An IPv4 address is found from the end on, so that nothing
  /// that is made of it has to wait until the name has been read.
  @inline(__always)
  static func lastClient(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Slice {
    let close = end &- 1
    let open = firstIndex(raw + start, UInt8(ascii: "["))
    // The address and its bracket are 16 bytes at most.
    let near = cbytescan_equal16(raw + (close &- 16), UInt8(ascii: "["))
    let last = close &- 16 &+ Int(cbytescan_highest(near | 1))
    guard last == start &+ open, near != 0, raw.byte(close) == UInt8(ascii: "]"),
      cbytescan_equal16(raw + (close &- 16), UInt8(ascii: "]")) == 0
    else { return commonClient(raw, at: start, open: open, to: end) }
    return Slice(last &+ 1, close)
  }

  @inline(__always)
  private static func commonClient(
    _ raw: UnsafeRawPointer, at start: Int, open name: Int, to end: Int
  ) -> Slice {
    let open = start &+ name
    guard open < start &+ 64, open < end else { return .none }
    // An IPv4 address and its bracket are 16 bytes at most.
    let near = cbytescan_equal16(raw + (open &+ 1), UInt8(ascii: "]"))
    let length =
      near != 0
      ? near.trailingZeroBitCount
      : cbytescan_equal64(raw + (open &+ 1), UInt8(ascii: "]")).trailingZeroBitCount
    let close = open &+ 1 &+ length
    return length < 63 && close < end ? Slice(open &+ 1, close) : .none
  }

  /// The first of what ends an address without quotes and blanks, or says that it is none; beyond the
  /// line's end anything.
  @inline(__always)
  private static func addressStop(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Int {
    let stops = cbytescan_address_stops32(raw + start)
    return stops != 0
      ? start &+ stops.trailingZeroBitCount : farStop(raw, from: start &+ 32, to: end)
  }

  // Longer than 32 bytes are few; apart, their loop leaves the reading of the others alone.

  @inline(never)
  private static func farStop(_ raw: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    var place = start
    while place < end {
      let stops = cbytescan_address_stops32(raw + place)
      if stops != 0 { return place &+ stops.trailingZeroBitCount }
      place &+= 32
    }
    return end
  }
}
