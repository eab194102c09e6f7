import CByteScan

// The common forms: what makes up nearly all of a busy log, read by comparing words.
//
// They decide nothing of their own. A line that differs in the least from the form is left to the
// general reading, which says what lines mean; a test holds both against each other.
extension LineParser {
  /// Longer lines are left to the general reading.
  static let longestCommon = 2048

  /// Reads `QUEUEID: from=<A>, … (queue active)` or `QUEUEID: removed`: the length of the queue id, 0 for
  /// any other text. `isActive` is true for the first.
  @inline(__always)
  static func readCommonQueue(
    _ raw: UnsafeRawPointer, at message: Int, to end: Int, isActive: inout Bool
  ) -> Int {
    let id = queueIDLength(raw, at: message)
    guard id > 0 else { return 0 }
    let text = message &+ id &+ 2
    if end &- text == 7 { return raw.word(text) == literal("removed\n") ? id : 0 }
    guard raw.half(text) == 0x6D6F_7266, raw.byte(text &+ 4) == UInt8(ascii: "="),
      raw.byte(text &+ 5) == UInt8(ascii: "<"), end &- text >= 20,
      raw.has("(queue active)", at: end &- 14)
    else { return 0 }
    isActive = true
    return id
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
    let open = start &+ firstIndex(raw + start, UInt8(ascii: "["))
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

  /// Reads `CLIENT: 504 5.5.2 TEXT; from=<A> to=<A> proto=P helo=<H>` and the line's end into those of
  /// `parts` that are counted for a reject; false when it is none.
  ///
  /// - Parameter raw: the line's address; 64 bytes behind its newline must be readable.
  @inline(__always)
  static func readCommonReject(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, at start: Int, to end: Int,
    into parts: inout LineParts
  ) -> Bool {
    let client = commonClient(raw, at: start, to: end)
    let reply = client.upper &+ 1
    guard client.isPresent, raw.half(reply) & 0xFFFF == 0x203A else { return false }
    // `504 5.5.2 `
    let (first, second) = (raw.word(reply &+ 2), raw.half(reply &+ 10) & 0xFFFF)
    let digits =
      (first & 0x00FF_00FF_00FF_FFFF | 0x3000_3000_3000_0000) ^ 0x3030_3030_3030_3030
    guard first & 0xFF00_FF00_FF00_0000 == 0x2E00_2E00_2000_0000, areDigits(digits),
      second >> 8 == 0x20, second & 0xFF >= 0x30, second & 0xFF <= 0x39
    else { return false }
    let text = reply &+ 12
    let hit = commonAttributes(raw, from: text, to: end, into: &parts)
    guard hit > 0 else { return false }
    let hundreds = digits & 0xFF
    let rest = (digits >> 8 & 0xFF) &* 10 &+ (digits >> 16 & 0xFF)
    parts.code = Int32(truncatingIfNeeded: hundreds &* 100 &+ rest)
    parts.clientAddress = client
    parts.enhanced = Slice(reply &+ 6, reply &+ 11)
    parts.kind = .reject
    parts.command = .rcpt
    parts.queueID = .none
    parts.argument = .none
    parts.signature = .unknown
    parts.text = Slice(text, hit)
    if !classifyCommon(raw, into: &parts) { classify(line, into: &parts) }
    return true
  }

  /// The `;` in front of `from`, `to`, `proto` and `helo` in their common form up to the line's end;
  /// 0 where an earlier one could be the one, or anything differs.
  @inline(__always)
  private static func commonAttributes(
    _ raw: UnsafeRawPointer, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int {
    var place = start
    while place < end {
      var hits = cbytescan_equal64(raw + place, UInt8(ascii: ";"))
      while hits != 0 {
        let hit = place &+ hits.trailingZeroBitCount
        hits &= hits &- 1
        guard hit < end else { return 0 }
        if raw.word(hit) == literal("; from=<") {
          return readCommonAttributes(raw, at: hit &+ 8, to: end, into: &parts) ? hit : 0
        }
        if mayBeginAttribute(raw.half(hit), raw.half(hit &+ 2)) { return 0 }
      }
      place &+= 64
    }
    return 0
  }

  /// True for `; to=`, `; proto=`, `; helo=` and `; sasl_`, as far as four letters tell.
  @inline(__always)
  private static func mayBeginAttribute(_ first: UInt32, _ word: UInt32) -> Bool {
    guard first & 0xFFFF == 0x203B else { return false }
    return word == 0x3C3D_6F74 || word == 0x746F_7270 || word == 0x6F6C_6568
      || word == 0x6C73_6173
  }

  @inline(__always)
  private static func readCommonAttributes(
    _ raw: UnsafeRawPointer, at start: Int, to end: Int, into parts: inout LineParts
  ) -> Bool {
    let sender = addressEnd(raw, at: start, to: end)
    guard sender > 0, raw.word(sender) & 0xFFFF_FFFF_FFFF == 0x3C3D_6F74_203E else { return false }
    let recipient = addressEnd(raw, at: sender &+ 6, to: end)
    guard recipient > 0, raw.word(recipient) == literal("> proto=") else { return false }
    let proto = raw.byte(recipient &+ 8) == UInt8(ascii: "E") ? recipient &+ 9 : recipient &+ 8
    guard raw.has("SMTP helo=<", at: proto) else { return false }
    let helo = proto &+ 11
    var close = helo
    while close < end {
      let found = cbytescan_equal32(raw + close, UInt8(ascii: ">"))
      if found != 0 {
        close &+= found.trailingZeroBitCount
        break
      }
      close &+= 32
    }
    guard close &+ 1 == end else { return false }
    parts.sender = Slice(start, sender)
    parts.recipient = Slice(sender &+ 6, recipient)
    parts.helo = Slice(helo, close)
    return true
  }

  /// The `>` that ends an address without quotes and blanks; 0 for any other.
  @inline(__always)
  private static func addressEnd(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Int {
    var place = start
    while place < end {
      let stops = cbytescan_address_stops32(raw + place)
      if stops != 0 {
        let stop = place &+ stops.trailingZeroBitCount
        return stop < end && raw.byte(stop) == UInt8(ascii: ">") ? stop : 0
      }
      place &+= 32
    }
    return 0
  }
}
