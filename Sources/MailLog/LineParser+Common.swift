import CByteScan

// The common forms: what makes up nearly all of a busy log, read by comparing words.
//
// They decide nothing of their own. A line that differs in the least from the form is left to the
// general reading, which says what lines mean; a test holds both against each other.
extension LineParser {
  /// Longer lines are left to the general reading.
  private static let longestCommon = 2048

  /// Reads a line of a common form into those of `parts` that are counted for its kind; false when it
  /// is none.
  ///
  /// - Parameter raw: the line's address; 64 bytes behind its newline must be readable.
  @inline(__always)
  mutating func parseCommon(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, _ prefixes: borrowing PrefixCache,
    into parts: inout LineParts
  ) -> Bool {
    let end = line.count
    guard end >= 32, end <= Self.longestCommon, raw.byte(end &- 1) != UInt8(ascii: "\r") else {
      return false
    }
    let stamp = stamps.readAgain(raw)
    guard stamp > 0, raw.byte(stamp) == UInt8(ascii: " ") else { return false }
    let start = stamp &+ 1
    let length = cbytescan_equal64(raw + start, UInt8(ascii: "[")).trailingZeroBitCount
    guard length < PrefixCache.longest, let prefix = prefixes.find(raw + start, length) else {
      return false
    }
    let digits = start &+ length &+ 1
    let (count, pid) = leadingNumber(raw.word(digits))
    let message = digits &+ count &+ 3
    // `]: `, and no `[ID` behind it
    guard count > 0, count < 8, raw.half(digits &+ count) & 0xFF_FFFF == 0x20_3A5D, message < end,
      raw.byte(message) != UInt8(ascii: "[")
    else { return false }
    parts.time = stamps.time
    parts.program = prefix.program
    parts.tag = prefix.tag
    parts.pid = Int32(truncatingIfNeeded: pid)
    switch prefix.program {
    case .smtpd: return readCommonSession(raw, line, at: message, into: &parts)
    case .qmgr, .cleanup: return readCommonQueue(raw, at: message, to: end, into: &parts)
    case .delivery:
      let id = queueIDLength(raw, at: message)
      parts.text = Slice(message, end)
      parts.kind = .delivery
      return id > 0
    default: return false
    }
  }

  @inline(__always)
  private func readCommonSession(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, at message: Int, into parts: inout LineParts
  ) -> Bool {
    if raw.has("disconnect from ", at: message) {
      parts.kind = .disconnect
      return true
    }
    if raw.has("connect from ", at: message) {
      parts.kind = .connect
      return clientEnd(raw, at: message &+ 13, to: line.count, into: &parts) > 0
    }
    if raw.has("NOQUEUE: reject: RCPT from ", at: message) {
      return readCommonReject(raw, line, at: message &+ 27, into: &parts)
    }
    if raw.has("lost connection after ", at: message) {
      parts.kind = .lost
      parts.text = Slice(message, line.count)
      return true
    }
    let id = queueIDLength(raw, at: message)
    guard id > 0, raw.word(message &+ id) == literal(": client"),
      raw.byte(message &+ id &+ 8) == UInt8(ascii: "=")
    else { return false }
    parts.kind = .clientQueued
    parts.queueID = Slice(message, message &+ id)
    return clientEnd(raw, at: message &+ id &+ 9, to: line.count, into: &parts) > 0
  }

  @inline(__always)
  private func readCommonQueue(
    _ raw: UnsafeRawPointer, at message: Int, to end: Int, into parts: inout LineParts
  ) -> Bool {
    let id = queueIDLength(raw, at: message)
    guard id > 0 else { return false }
    let text = message &+ id &+ 2
    if parts.program == .cleanup {
      parts.kind = .queue
      return raw.has("message-id=", at: text)
    }
    guard raw.half(text) == 0x6D6F_7266, raw.byte(text &+ 4) == UInt8(ascii: "="),
      raw.byte(text &+ 5) == UInt8(ascii: "<")
    else {
      parts.kind = .queue
      return true
    }
    let isActive = end &- text >= 20 && raw.has("(queue active)", at: end &- 14)
    parts.kind = isActive ? .queueActive : .queue
    parts.queueID = Slice(message, message &+ id)
    return true
  }

  /// The length of `QUEUEID` in `QUEUEID: `; 0 without one of up to 15 bytes, for `NOQUEUE`, and for
  /// what may be `warning: ` or another label.
  @inline(__always)
  private func queueIDLength(_ raw: UnsafeRawPointer, at start: Int) -> Int {
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

  /// Reads `NAME[ADDR]`; the position behind it, 0 when name or address has 64 bytes or more.
  @inline(__always)
  private func clientEnd(
    _ raw: UnsafeRawPointer, at start: Int, to end: Int, into parts: inout LineParts
  ) -> Int {
    let open = start &+ cbytescan_equal64(raw + start, UInt8(ascii: "[")).trailingZeroBitCount
    guard open < start &+ 64, open < end else { return 0 }
    let close = open &+ cbytescan_equal64(raw + open, UInt8(ascii: "]")).trailingZeroBitCount
    guard close < open &+ 64, close < end else { return 0 }
    parts.clientAddress = Slice(open &+ 1, close)
    return close &+ 1
  }

  /// `CLIENT: 504 5.5.2 TEXT; from=<A> to=<A> proto=P helo=<H>` and the line's end.
  @inline(__always)
  private func readCommonReject(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, at start: Int, into parts: inout LineParts
  ) -> Bool {
    let end = line.count
    let reply = clientEnd(raw, at: start, to: end, into: &parts)
    guard reply > 0, raw.half(reply) & 0xFFFF == 0x203A else { return false }
    // `504 5.5.2 `
    let (first, second) = (raw.word(reply &+ 2), raw.half(reply &+ 10) & 0xFFFF)
    let digits =
      (first & 0x00FF_00FF_00FF_FFFF | 0x3000_3000_3000_0000) ^ 0x3030_3030_3030_3030
    guard first & 0xFF00_FF00_FF00_0000 == 0x2E00_2E00_2000_0000, areDigits(digits),
      second >> 8 == 0x20, second & 0xFF >= 0x30, second & 0xFF <= 0x39
    else { return false }
    let text = reply &+ 12
    guard let hit = commonAttributes(raw, from: text, to: end, into: &parts) else { return false }
    let hundreds = digits & 0xFF
    let rest = (digits >> 8 & 0xFF) &* 10 &+ (digits >> 16 & 0xFF)
    parts.code = Int32(truncatingIfNeeded: hundreds &* 100 &+ rest)
    parts.enhanced = Slice(reply &+ 6, reply &+ 11)
    parts.kind = .reject
    parts.command = .rcpt
    parts.queueID = .none
    parts.argument = .none
    parts.signature = .unknown
    parts.text = Slice(text, hit)
    classify(line, into: &parts)
    return true
  }

  /// The `;` in front of `from`, `to`, `proto` and `helo` in their common form up to the line's end;
  /// nil where an earlier one could be the one, or anything differs.
  @inline(__always)
  private func commonAttributes(
    _ raw: UnsafeRawPointer, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int? {
    var place = start
    while place < end {
      var hits = cbytescan_equal64(raw + place, UInt8(ascii: ";"))
      while hits != 0 {
        let hit = place &+ hits.trailingZeroBitCount
        hits &= hits &- 1
        guard hit < end else { return nil }
        if raw.word(hit) == literal("; from=<") {
          return readCommonAttributes(raw, at: hit &+ 8, to: end, into: &parts) ? hit : nil
        }
        if mayBeginAttribute(raw.half(hit), raw.half(hit &+ 2)) { return nil }
      }
      place &+= 64
    }
    return nil
  }

  /// True for `; to=`, `; proto=`, `; helo=` and `; sasl_`, as far as four letters tell.
  @inline(__always)
  private func mayBeginAttribute(_ first: UInt32, _ word: UInt32) -> Bool {
    guard first & 0xFFFF == 0x203B else { return false }
    return word == 0x3C3D_6F74 || word == 0x746F_7270 || word == 0x6F6C_6568
      || word == 0x6C73_6173
  }

  @inline(__always)
  private func readCommonAttributes(
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
    while true {
      let found = cbytescan_equal16(raw + close, UInt8(ascii: ">"))
      if found != 0 {
        close &+= found.trailingZeroBitCount
        break
      }
      close &+= 16
      guard close < end else { return false }
    }
    guard close &+ 1 == end else { return false }
    parts.sender = Slice(start, sender)
    parts.recipient = Slice(sender &+ 6, recipient)
    parts.helo = Slice(helo, close)
    return true
  }

  /// The `>` that ends an address without quotes and blanks; 0 for any other.
  @inline(__always)
  private func addressEnd(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Int {
    var place = start
    while place < end {
      let stops = cbytescan_address_stops16(raw + place)
      if stops != 0 {
        let stop = place &+ stops.trailingZeroBitCount
        return stop < end && raw.byte(stop) == UInt8(ascii: ">") ? stop : 0
      }
      place &+= 16
    }
    return 0
  }
}

/// Eight letters as the number that they are in memory.
@inline(__always) private func literal(_ text: StaticString) -> UInt64 {
  UnsafeRawPointer(text.utf8Start).word(0)
}
