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
    var digits = model.digits(of: raw)
    if digits == 0 {
      switch countUnlikely(raw, end, line) {
      case .counted: return true
      case .unknown: return false
      case .model:
        digits = model.digits(of: raw)
        guard digits != 0 else { return false }
      }
    }
    let (count, pid) = leadingDigits(raw.word(model.pid))
    guard isEnd(raw, of: model.pid, count) else { return false }
    model.note(digits)
    if !model.isSettled {
      parts.time = model.time(digits)
      settleModel()
    }
    return countSession(raw, end, line, at: model.pid &+ count &+ 3, pid, digits)
  }

  /// True when `]: ` follows the digits of a process id, up to seven.
  @inline(__always)
  private func isEnd(_ raw: UnsafeRawPointer, of digits: Int, _ count: Int) -> Bool {
    UInt(bitPattern: count &- 1) < 7 && raw.half(digits &+ count) & 0xFF_FFFF == 0x20_3A5D
  }

  /// What became of a line that does not begin as the last one of smtpd.
  private enum Outcome {
    case counted
    /// Of no common form.
    case unknown
    /// Of smtpd, and the model of the next ones.
    case model
  }

  @inline(never)
  private mutating func countUnlikely(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>
  ) -> Outcome {
    var time: Int64 = 0
    let start = parser.stamps.readAgain(raw, time: &time)
    guard start > 0 else { return .unknown }
    let bracket = UInt64(cbytescan_equal32(raw + start, UInt8(ascii: "["))) | 1 &<< 32
    let length = bracket.trailingZeroBitCount
    let place = prefixes.find(raw + start, length)
    guard place >= 0 else { return .unknown }
    // What follows is compared with texts that hold no newline, so that it ends before the line does.
    let digits = start &+ length &+ 1
    let prefix = prefixes[place]
    parts.time = time
    if prefix.program == .smtpd {
      return takeModel(raw, start: start, pid: digits, prefix) ? .model : .unknown
    }
    let (count, _) = leadingDigits(raw.word(digits))
    guard isEnd(raw, of: digits, count),
      countOtherProgram(raw, end, line, at: digits &+ count &+ 3, prefix)
    else { return .unknown }
    return .counted
  }

  private mutating func takeModel(
    _ raw: UnsafeRawPointer, start: Int, pid: Int, _ prefix: PrefixCache.Entry
  ) -> Bool {
    forgetModel()
    model.take(raw, time: parts.time, start: start, pid: pid, prefix)
    return model.pid > 0
  }

  /// Finds out whether the model's minute counts alike: what must begin before was begun by a line that
  /// counted, and none of its lines is the first.
  @inline(never)
  private mutating func settleModel() {
    noteTime()
    let end = model.minute + 60_000_000
    model.isSettled =
      model.minute
      >= max(lower, newestEpoch, counts.lateLimit, paneLateLimit, firstLine)
      && end <= min(upper, paneEnd, counts.stepEnd) && paneStart != nil
  }

  /// Another minute may have begun.
  mutating func forgetModel() {
    if model.pid > 0 { lastLine = max(lastLine, model.latestTime) }
    model.forget()
  }

  private mutating func countOtherProgram(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int,
    _ prefix: PrefixCache.Entry
  ) -> Bool {
    let id = LineParser.queueIDLength(raw, at: message)
    guard id > 0 else { return false }
    switch prefix.program {
    case .qmgr: return countQueue(raw, end, at: message, id, prefix)
    case .cleanup:
      guard raw.has("message-id=", at: message &+ id &+ 2) else { return false }
      noteTime()
    case .delivery:
      noteTime()
      if LineParser.isCommonDelivery(raw, at: message &+ id &+ 2, to: end) {
        add(CountKey(.incident, detail: UInt16(LogIncident.sent.rawValue)))
        return true
      }
      parts.kind = .delivery
      parts.text = Slice(message, end)
      countRare(line)
    default: return false
    }
    return true
  }

  @inline(__always)
  private mutating func countSession(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int, _ pid: UInt64,
    _ digits: UInt64
  ) -> Bool {
    let first = raw.word(message)
    if first == literal("disconne") {
      guard raw.word(message &+ 8) == literal("ct from ") else { return false }
      endCommonSession(model.entry.sessionBase | pid, digits)
      return true
    }
    if first == literal("connect ") {
      // First, so that what follows is read from within the line.
      guard raw.word(message &+ 5) == literal("ct from ") else { return false }
      let client = LineParser.lastClient(raw, at: message &+ 13, to: end)
      guard client.isPresent else { return false }
      beginCommonSession(
        model.entry.sessionBase | pid, client: HashedText(readable: raw, address: client), digits)
      return true
    }
    if first == literal("NOQUEUE:") { return countCommonReject(raw, end, line, at: message, pid) }
    parts.time = model.time(digits)
    return countOther(raw, end, line, at: message, pid)
  }

  @inline(__always)
  private mutating func beginCommonSession(
    _ key: UInt64, client: HashedText, _ digits: UInt64
  ) {
    guard model.isSettled else {
      parts.tag = model.entry.tag
      return beginSession(key, client: client)
    }
    if model.connections < 0 { numberConnections() }
    counts.addNow(model.connections)
    talkers.addClient(client)
    parts.time = model.time(digits)
    noteBegin(key, epoch: epochCount)
  }

  @inline(never)
  private mutating func numberConnections() {
    model.connections = counts.number(of: CountKey(.connection, tag: model.entry.tag))
  }

  @inline(__always)
  private mutating func endCommonSession(_ key: UInt64, _ digits: UInt64) {
    guard model.isSettled else { return endSession(key) }
    var session = SessionTable.Session()
    sessions.end(key) { session = $0 }
    counts.addNow(endedSessions)
    if session.isRefused { counts.addNow(refusedSessions) }
    if session.queueID != 0 {
      parts.time = model.time(digits)
      closeMessage(of: session)
    }
  }

  // Apart from its caller: the compiler inlines only so much into one function.
  @inline(never)
  private mutating func countCommonReject(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int, _ pid: UInt64
  ) -> Bool {
    guard raw.has("NOQUEUE: reject: RCPT from ", at: message) else { return false }
    // The attributes first, as most has to wait for them.
    guard var reject = CommonReject(raw, behind: message &+ 27, to: end) else { return false }
    let client = LineParser.commonClient(raw, at: message &+ 27, to: end)
    let start = client.upper &+ 1
    // `: 504 5.5.2 `
    guard client.isPresent, raw.half(start) & 0xFFFF == 0x203A else { return false }
    let (word, last) = (raw.word(start &+ 2), raw.byte(start &+ 10))
    var reply = knownReplies.near(word, last)
    if reply.word != word || reply.last != last { reply = newReply(raw, line, at: start &+ 2) }
    guard reply.code != 0, raw.byte(start &+ 11) == UInt8(ascii: " "),
      reject.take(client: client, code: reply.code, text: start &+ 12)
    else { return false }
    let parties = TalkerSketch.Parties(readable: raw, line, reject)
    // They lie in a farther cache, and are there when the text has been read.
    talkers.fetch(parties)
    if !reject.hasWholeCommonText(raw) {
      guard !reject.mayHoldAttribute(raw) else { return false }
      if !reject.isOfBlockedClient(raw) {
        reject.signature = classifyRare(line, reject)
        reject.argument = parts.argument
      }
    }
    let argument = reject.argument.isPresent ? argumentNumber(raw, line, reject.argument) : -1
    guard model.isSettled else {
      countUnsettledReject(raw, line, reject, pid, argument: argument, reply: Int(reply.number))
      return true
    }
    countSettledReject(reject, pid, argument: argument, reply: Int(reply.number))
    talkers.addReject(readable: raw, line, parties)
    return true
  }

  /// The signature of a reject whose text is none of the common ones; its argument is in the parts.
  @inline(never)
  private mutating func classifyRare(
    _ line: Span<UInt8>, _ reject: CommonReject
  ) -> RejectSignature {
    parts.take(reject)
    LineParser.classify(line, into: &parts)
    return parts.signature
  }

  @inline(never)
  private mutating func countUnsettledReject(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, _ reject: CommonReject, _ pid: UInt64,
    argument: Int, reply: Int
  ) {
    parts.take(reject)
    note(model.entry, pid)
    countReject(line, isTrial: false, argument: argument, reply: reply)
    guard selectPane() else { return }
    // Taken again in this rare case, so that they need not lie in memory in all others.
    talkers.addReject(readable: raw, line, TalkerSketch.Parties(readable: raw, line, reject))
  }

  @inline(__always)
  private mutating func countSettledReject(
    _ reject: CommonReject, _ pid: UInt64, argument: Int, reply: Int
  ) {
    var epoch = epochCount
    sessions.update(model.entry.sessionBase | pid) { session in
      epoch = session.epoch
      session.rejects &+= 1
    }
    counts.addNow(
      CountKey(
        .reject, tag: model.entry.tag, epoch: epoch, detail: reject.signature.rawValue,
        command: SMTPCommand.rcpt.rawValue, argument: argument, reply: reply))
  }

  /// The reply of nine bytes at `start`, given a number on first sight; of code 0 when it is none.
  @inline(never)
  private mutating func newReply(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, at start: Int
  ) -> KnownReplies.Entry {
    let (word, last) = (raw.word(start), raw.byte(start &+ 8))
    guard start &+ 9 <= line.count, var reply = KnownReplies.Entry(word, last) else {
      return KnownReplies.Entry()
    }
    let number = replies.intern(line, from: start, to: start &+ 9) ?? -1
    reply.number = Int32(truncatingIfNeeded: number)
    if number >= 0 { knownReplies.note(reply) }
    return reply
  }

  private mutating func note(_ prefix: PrefixCache.Entry, _ pid: UInt64) {
    parts.program = prefix.program
    parts.tag = prefix.tag
    parts.host = prefix.host
    parts.pid = Int32(truncatingIfNeeded: joinedDigits(pid))
  }

  @inline(never)
  private mutating func argumentNumber(
    _ raw: UnsafeRawPointer, _ line: Span<UInt8>, _ argument: Slice
  ) -> Int {
    let known = knownArguments.find(raw, argument)
    if known >= 0 { return known }
    let number = arguments.intern(line, from: argument.lower, to: argument.upper) ?? -1
    if number >= 0 { knownArguments.note(line, argument, number) }
    return number
  }

  /// `lost connection after …` and `QUEUEID: client=CLIENT`.
  @inline(never)
  private mutating func countOther(
    _ raw: UnsafeRawPointer, _ end: Int, _ line: Span<UInt8>, at message: Int, _ pid: UInt64
  ) -> Bool {
    if raw.has("lost connection after ", at: message) {
      add(CountKey(.incident, detail: UInt16(LogIncident.lostConnection.rawValue)))
      return true
    }
    let id = LineParser.queueIDLength(raw, at: message)
    guard id > 0, raw.word(message &+ id) == literal(": client"),
      raw.byte(message &+ id &+ 8) == UInt8(ascii: "=")
    else { return false }
    let client = LineParser.lastClient(raw, at: message &+ id &+ 9, to: end)
    guard client.isPresent else { return false }
    note(model.entry, pid)
    let hash = cbytescan_hash_readable(raw + (message &+ id), Int64(id))
    openMessage(
      queueKey(hash, host: parts.host), of: model.entry.sessionBase | pid,
      client: HashedText(readable: raw, address: client))
    return true
  }

  @inline(__always)
  private mutating func countQueue(
    _ raw: UnsafeRawPointer, _ end: Int, at message: Int, _ id: Int, _ prefix: PrefixCache.Entry
  ) -> Bool {
    switch LineParser.readCommonQueue(raw, at: message &+ id &+ 2, to: end) {
    case .other: return false
    case .removed: noteTime()
    case .active:
      noteTime()
      let hash = cbytescan_hash_readable(raw + (message &+ id), Int64(id))
      countAccepted(queueKey(hash, host: prefix.host))
    }
    return true
  }
}
