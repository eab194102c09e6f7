import CByteScan

/// A reject at RCPT TO of the common form, as far as it is counted.
///
/// As with the other common forms: what differs in the least is left to the general reading.
struct CommonReject {
  var client = Slice.none
  var code: Int32 = 0
  var helo = Slice.none
  var sender = Slice.none
  var recipient = Slice.none
  /// The reply's text without code.
  var text = Slice.none
  var argument = Slice.none
  var signature = RejectSignature.unknown
}

extension CommonReject {
  /// Reads `…; from=<A> to=<B> proto=P helo=<H>` and the line's end, from there on: nothing but names can be
  /// in between, and none has to wait for the end of the one before it to be found.
  ///
  /// - Parameters:
  ///   - raw: the line's address; 64 bytes behind its newline must be readable.
  ///   - start: the attributes stand behind it; what is in between is not looked at.
  @inline(__always)
  init?(_ raw: UnsafeRawPointer, behind start: Int, to end: Int) {
    let close = end &- 1
    let helo = Self.lastStop(raw, from: start, before: close)
    guard raw.byte(close) == UInt8(ascii: ">"), helo >= start &+ 19,
      raw.word(helo &- 7) == literal("P helo=<"), raw.word(helo &- 10) == literal("SMTP hel")
    else { return nil }
    // `ESMTP`, or else `SMTP`, by a guess of the processor's instead of a wait for the letter.
    var recipientEnd = helo &- 19
    if raw.word(recipientEnd) != literal("> proto=") || raw.byte(helo &- 11) != UInt8(ascii: "E") {
      guard Self.isPlainSMTP(raw, before: helo) else { return nil }
      recipientEnd = helo &- 18
    }
    let recipient = Self.lastStop(raw, from: start, before: recipientEnd)
    guard recipient >= start &+ 5,
      raw.word(recipient &- 5) & 0xFFFF_FFFF_FFFF == 0x3C3D_6F74_203E
    else { return nil }
    let senderEnd = recipient &- 5
    let sender = Self.lastStop(raw, from: start, before: senderEnd)
    guard sender >= start &+ 7, raw.word(sender &- 7) == literal("; from=<") else { return nil }
    self.helo = Slice(helo &+ 1, close)
    self.sender = Slice(sender &+ 1, senderEnd)
    self.recipient = Slice(recipient &+ 1, recipientEnd)
    text = Slice(start, sender &- 7)
  }

  /// Takes what stands in front of the reply's text, which begins at `start`; false when the attributes begin
  /// before it.
  @inline(__always)
  mutating func take(client: Slice, code: Int32, text start: Int) -> Bool {
    self.client = client
    self.code = code
    let end = text.upper
    text = Slice(start, end)
    return start <= end
  }

  @inline(never)
  private static func isPlainSMTP(_ raw: UnsafeRawPointer, before helo: Int) -> Bool {
    raw.word(helo &- 18) == literal("> proto=")
  }

  /// The last of what ends an address without quotes and blanks, or says that it is none, in
  /// `start..<end`; less than `start` without one.
  @inline(__always)
  private static func lastStop(_ raw: UnsafeRawPointer, from start: Int, before end: Int) -> Int {
    // Nothing in front of the line may be read.
    guard end >= start &+ 7, start >= 32 else { return -1 }
    let first = end &- 32
    let stops = cbytescan_address_stops32(raw + first)
    return stops != 0
      ? first &+ Int(cbytescan_highest(stops)) : lastFarStop(raw, from: start, before: first)
  }

  // Longer than 32 bytes are few; apart, their loop leaves the reading of the others alone.

  @inline(never)
  private static func lastFarStop(
    _ raw: UnsafeRawPointer, from start: Int, before end: Int
  ) -> Int {
    var place = end
    while place > start {
      place &-= 32
      let stops = cbytescan_address_stops32(raw + place)
      if stops != 0 { return place &+ Int(cbytescan_highest(stops)) }
    }
    return -1
  }

  /// True when a `;` in the text may begin an attribute, as far as four letters tell.
  @inline(never)
  func mayHoldAttribute(_ raw: UnsafeRawPointer) -> Bool {
    var place = text.lower
    let end = text.upper
    while place < end {
      var hits = cbytescan_equal64(raw + place, UInt8(ascii: ";"))
      while hits != 0 {
        let hit = place &+ hits.trailingZeroBitCount
        hits &= hits &- 1
        guard hit < end else { return false }
        if Self.mayBeginAttribute(raw.half(hit), raw.half(hit &+ 2)) { return true }
      }
      place &+= 64
    }
    return false
  }

  /// True for `; from`, `; to=<`, `; prot`, `; helo` and `; sasl`.
  @inline(__always)
  private static func mayBeginAttribute(_ first: UInt32, _ word: UInt32) -> Bool {
    guard first & 0xFFFF == 0x203B else { return false }
    return word == 0x6D6F_7266 || word == 0x3C3D_6F74 || word == 0x746F_7270
      || word == 0x6F6C_6568 || word == 0x6C73_6173
  }
}
