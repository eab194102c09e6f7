import CByteScan

// The replies that make up most of a busy log, by comparing words.
//
// As with the common forms of lines: what differs in the least is left to the general reading.
extension CommonReject {
  /// Finds the signature of a text that is `<X>: ` and one of the common ones, from its beginning to its
  /// end, so that it can hold no attribute; false, and nothing is changed, when it is none.
  ///
  /// - Parameter raw: the line's address; 64 bytes behind its newline must be readable.
  @inline(__always)
  mutating func hasWholeCommonText(_ raw: UnsafeRawPointer) -> Bool {
    let (start, end) = (text.lower, text.upper)
    guard raw.byte(start) == UInt8(ascii: "<") else { return false }
    let close = start &+ 1 &+ firstIndex(raw + (start &+ 1), UInt8(ascii: ">"))
    // `>: ` and at least eight bytes of text
    guard close &+ 11 <= end, raw.half(close) & 0xFF_FFFF == 0x20_3A3E else { return false }
    return classifyCommonSubject(raw, Slice(start &+ 1, close), to: end)
  }

  /// The same for `Service unavailable; Client host [A] blocked using D` and what may follow.
  @inline(__always)
  mutating func isOfBlockedClient(_ raw: UnsafeRawPointer) -> Bool {
    let (start, end) = (text.lower, text.upper)
    let subject = start &+ 34
    let blocked = subject &+ client.count
    guard blocked &+ 17 <= end, raw.has("Service unavailable; Client host [", at: start),
      Self.areSame(raw, Slice(subject, blocked), client), raw.has("] blocked using ", at: blocked)
    else { return false }
    let domain = blocked &+ 16
    let stop = domain &+ firstIndex(raw + domain, UInt8(ascii: ";"))
    let blank = domain &+ firstIndex(raw + domain, UInt8(ascii: " "))
    guard min(stop, blank) < domain &+ 64 || end < domain &+ 64 else { return false }
    signature = .blockedClient
    argument = Slice(domain, min(end, stop, blank))
    return true
  }

  /// `CLASS rejected: REASON` where X in `<X>: ` is what the attributes say.
  @inline(__always)
  private mutating func classifyCommonSubject(
    _ raw: UnsafeRawPointer, _ shown: Slice, to end: Int
  ) -> Bool {
    let text = shown.upper &+ 3
    var expected = recipient
    var found = RejectSignature.relayDenied
    // Each to its end: a table's own text may begin with the same words.
    switch raw.word(text) {
    case literal("Helo com"):
      guard end &- text == 52,
        raw.has("Helo command rejected: need fully-qualified hostname", at: text)
      else { return false }
      expected = helo
      found = RejectSignature(.helo, .specificA)
    case literal("Recipien"):
      guard raw.has("Recipient address rejected: User unknown", at: text),
        end &- text == 40 || Self.isUserTable(raw, at: text &+ 40, to: end)
      else { return false }
      found = RejectSignature(.recipient, .specificC)
    case literal("Sender a"):
      guard end &- text == 41, raw.has("Sender address rejected: Domain not found", at: text)
      else { return false }
      expected = sender
      found = RejectSignature(.sender, .specificB)
    case literal("Relay ac"):
      guard end &- text == 19, raw.has("Relay access denied", at: text) else { return false }
      if code / 100 == 4 { found = .relayDeferred }
    default: return false
    }
    guard Self.areSame(raw, shown, expected) else { return false }
    signature = found
    return true
  }

  /// True for ` in NAME table` with one of the four names, which are told by their first letters.
  @inline(__always)
  private static func isUserTable(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Bool {
    switch raw.word(start) {
    case literal(" in loca"):
      end &- start == 25 && raw.has("l recipient table", at: start &+ 8)
    default: isRareUserTable(raw, at: start, to: end)
    }
  }

  @inline(never)
  private static func isRareUserTable(_ raw: UnsafeRawPointer, at start: Int, to end: Int) -> Bool {
    switch end &- start {
    case 25:
      raw.has(" in virtual mailbox table", at: start)
        || raw.has(" in relay recipient table", at: start)
    case 23: raw.has(" in virtual alias table", at: start)
    default: false
    }
  }

  /// True when two slices of up to 32 bytes hold the same.
  @inline(__always)
  private static func areSame(_ raw: UnsafeRawPointer, _ left: Slice, _ right: Slice) -> Bool {
    let length = left.count
    guard length == right.count, length <= 32 else { return false }
    let same = UInt64(cbytescan_same32(raw + left.lower, raw + right.lower))
    let wanted = (UInt64(1) &<< UInt64(length)) &- 1
    return same & wanted == wanted
  }
}
