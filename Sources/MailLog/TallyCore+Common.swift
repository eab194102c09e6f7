import CByteScan

// The lines that make up nearly all of a busy log, read and counted in one go.
//
// This decides nothing of its own. A line that differs in the least from the forms below is left to
// the general reading, which says what lines mean; a test holds both against each other.
extension TallyCore {
  /// Counts a line of one of the common forms; false when it is none, and nothing was counted.
  ///
  /// - Parameter raw: the line's address; 64 bytes behind its newline must be readable.
  @inline(__always)
  mutating func countCommon(_ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>) -> Bool {
    // A carriage return at the end is no part of what the forms look at, or makes them fail.
    guard UInt(bitPattern: end &- 33) <= UInt(LineParser.longestCommon &- 33) else { return false }
    let likely = model.time(of: raw)
    if likely != .min {
      let digits = model.pid
      let (count, pid) = leadingNumber(raw.word(digits))
      guard isEnd(raw, of: digits, count) else { return false }
      parts.time = likely
      return countSession(raw, end, line, at: digits &+ count &+ 3, model.entry, pid)
    }
    return countUnlikely(raw, end, line)
  }

  /// True when `]: ` follows the digits of a process id, up to seven.
  @inline(__always)
  private func isEnd(_ raw: UnsafeRawPointer, of digits: Int, _ count: Int) -> Bool {
    UInt(bitPattern: count &- 1) < 7 && raw.half(digits &+ count) & 0xFF_FFFF == 0x20_3A5D
  }

  /// The same of a line that does not begin as the last one of smtpd.
  private mutating func countUnlikely(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>
  ) -> Bool {
    var time: Int64 = 0
    let start = parser.stamps.readAgain(raw, time: &time)
    guard start > 0 else { return false }
    let bracket = UInt64(cbytescan_equal32(raw + start, UInt8(ascii: "["))) | 1 &<< 32
    let length = bracket.trailingZeroBitCount
    let place = prefixes.find(raw + start, length)
    guard place >= 0 else { return false }
    // What follows is compared with texts that hold no newline, so that it ends before the line does.
    let digits = start &+ length &+ 1
    let (count, pid) = leadingNumber(raw.word(digits))
    let message = digits &+ count &+ 3
    guard isEnd(raw, of: digits, count) else { return false }
    let prefix = prefixes[place]
    parts.time = time
    switch prefix.program {
    case .smtpd:
      model.take(raw, time: time, start: start, pid: digits, prefix)
      return countSession(raw, end, line, at: message, prefix, pid)
    case .qmgr: return countQueue(raw, end, at: message, prefix)
    case .cleanup:
      let id = LineParser.queueIDLength(raw, at: message)
      guard id > 0, raw.has("message-id=", at: message &+ id &+ 2) else { return false }
      noteCommon()
      return true
    case .delivery:
      let id = LineParser.queueIDLength(raw, at: message)
      guard id > 0 else { return false }
      noteCommon()
      parts.kind = .delivery
      parts.text = Slice(message, end)
      countRare(line)
      return true
    default: return false
    }
  }

  /// A first line cannot be common: its form must have been seen.
  @inline(__always)
  private mutating func noteCommon() {
    if parts.time > lastLine { lastLine = parts.time }
  }

  @inline(__always)
  private mutating func countSession(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int,
    _ prefix: PrefixCache.Entry, _ pid: UInt64
  ) -> Bool {
    let first = raw.word(message)
    if first == literal("disconne") {
      guard raw.word(message &+ 8) == literal("ct from ") else { return false }
      noteCommon()
      endSession(prefix.sessionBase | pid)
      return true
    }
    if first == literal("connect ") {
      let client = LineParser.commonClient(raw, at: message &+ 13, to: end)
      guard raw.half(message &+ 8) == 0x6D6F_7266, raw.byte(message &+ 12) == UInt8(ascii: " "),
        client.isPresent
      else { return false }
      noteCommon()
      parts.tag = prefix.tag
      beginSession(prefix.sessionBase | pid, client: HashedText(readable: raw, address: client))
      return true
    }
    if first == literal("NOQUEUE:") {
      return countCommonReject(raw, end, line, at: message, prefix, pid)
    }
    return countOther(raw, end, line, at: message, prefix, pid)
  }

  @inline(__always)
  private mutating func countCommonReject(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int,
    _ prefix: PrefixCache.Entry, _ pid: UInt64
  ) -> Bool {
    guard raw.has("NOQUEUE: reject: RCPT from ", at: message),
      LineParser.readCommonReject(raw, line, at: message &+ 27, to: end, into: &parts)
    else { return false }
    noteCommon()
    note(prefix, pid)
    let parties = TalkerSketch.Parties(readable: raw, line, parts)
    countReject(
      line, isTrial: false, argument: parts.argument.isPresent ? argumentNumber(line) : -1,
      reply: commonReplyNumber(raw, line))
    if selectPane() { talkers.addReject(line, parties, parts.clientAddress) }
    return true
  }

  private mutating func note(_ prefix: PrefixCache.Entry, _ pid: UInt64) {
    parts.program = prefix.program
    parts.tag = prefix.tag
    parts.host = prefix.host
    parts.pid = Int32(truncatingIfNeeded: pid)
  }

  /// The number of a reply of nine bytes, as a common reject has.
  @inline(__always)
  private mutating func commonReplyNumber(_ raw: UnsafeRawPointer, _ line: Span<UInt8>) -> Int {
    let start = parts.enhanced.lower &- 4
    let (word, last) = (raw.word(start), raw.byte(start &+ 8))
    let known = knownReplies.find(word, last)
    if known >= 0 { return known }
    let number = replyNumber(line)
    if number >= 0 { knownReplies.note(word, last, number) }
    return number
  }

  /// `lost connection after …` and `QUEUEID: client=CLIENT`.
  private mutating func countOther(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int,
    _ prefix: PrefixCache.Entry, _ pid: UInt64
  ) -> Bool {
    if raw.has("lost connection after ", at: message) {
      noteCommon()
      add(CountKey(.incident, detail: UInt16(LogIncident.lostConnection.rawValue)))
      return true
    }
    let id = LineParser.queueIDLength(raw, at: message)
    guard id > 0, raw.word(message &+ id) == literal(": client"),
      raw.byte(message &+ id &+ 8) == UInt8(ascii: "=")
    else { return false }
    let client = LineParser.commonClient(raw, at: message &+ id &+ 9, to: end)
    guard client.isPresent else { return false }
    noteCommon()
    note(prefix, pid)
    let hash = cbytescan_hash_readable(raw + message, Int64(id))
    openMessage(
      queueKey(hash, host: prefix.host), of: prefix.sessionBase | pid,
      client: HashedText(readable: raw, address: client))
    return true
  }

  private mutating func countQueue(
    _ raw: UnsafeRawPointer, _ end: Int, at message: Int, _ prefix: PrefixCache.Entry
  ) -> Bool {
    var isActive = false
    let id = LineParser.readCommonQueue(raw, at: message, to: end, isActive: &isActive)
    guard id > 0 else { return false }
    noteCommon()
    if isActive {
      let hash = cbytescan_hash_readable(raw + message, Int64(id))
      countAccepted(queueKey(hash, host: prefix.host))
    }
    return true
  }
}
