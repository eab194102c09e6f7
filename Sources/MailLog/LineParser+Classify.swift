// From a reply's text to its signature.
extension LineParser {
  /// Finds the signature of `parts.text`; the other parts must have been read.
  @inline(__always)
  static func classify(_ line: Span<UInt8>, into parts: inout LineParts) {
    let (start, end) = (parts.text.lower, parts.text.upper)
    guard start < end else { return }
    if line[start] == UInt8(ascii: "<") {
      classifySubject(line, from: start &+ 1, to: end, into: &parts)
    } else if line.has("Client host rejected: ", at: start, to: end) {
      // The two client name checks put nothing in front of the class.
      parts.signature = reason(line, .client, from: start &+ 22, to: end)
    } else if line.has("Service unavailable; ", at: start, to: end) {
      classifyBlocked(line, from: start &+ 21, to: end, into: &parts)
    } else {
      classifyBare(line, from: start, to: end, into: &parts)
    }
    if parts.signature == .unknown && parts.command == .etrn { parts.signature = .etrn }
  }

  /// `<X>: CLASS rejected: REASON`. X is foreign and may hold `>: ` and all the rest; REASON may
  /// too, since it can quote the reply of a server that the sender chose. The right `>: ` is the one
  /// whose X is what the attributes say; failing that, the first.
  @inline(__always)
  private static func classifySubject(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    var index = start
    var first: RejectSignature?
    while let close = line.firstIndex(of: UInt8(ascii: ">"), from: index, to: end) {
      index = close &+ 1
      guard line.has(": ", at: index, to: end),
        let (signature, expected) = subjectSignature(line, from: index &+ 2, to: end, parts)
      else { continue }
      if first == nil { first = signature }
      if matches(line, Slice(start, close), expected) {
        parts.signature = signature
        return
      }
    }
    if let first { parts.signature = first }
  }

  /// Compares the X of a reply with an attribute: the reply has the internal form of an address, the
  /// attribute the quoted one. An expected value that is absent matches.
  @inline(__always)
  private static func matches(_ line: Span<UInt8>, _ shown: Slice, _ expected: Slice) -> Bool {
    guard expected.isPresent else { return true }
    return line.same(shown, expected) || matchesUnquoted(line, shown, expected)
  }

  private static func matchesUnquoted(_ line: Span<UInt8>, _ shown: Slice, _ expected: Slice)
    -> Bool
  {
    guard expected.count > 0, line[expected.lower] == UInt8(ascii: "\"") else { return false }
    var (left, right) = (shown.lower, expected.lower)
    while right < expected.upper {
      var byte = line[right]
      if byte == UInt8(ascii: "\"") {
        right += 1
        continue
      }
      if byte == UInt8(ascii: "\\"), right + 1 < expected.upper {
        right += 1
        byte = line[right]
      }
      guard left < shown.upper, line[left] == byte || byte == UInt8(ascii: "?") else {
        return false
      }
      left += 1
      right += 1
    }
    return left == shown.upper
  }

  /// The signature of `CLASS rejected: REASON` at `start`, and the attribute that X must equal.
  @inline(__always)
  private static func subjectSignature(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ parts: LineParts
  ) -> (RejectSignature, Slice)? {
    guard start < end else { return nil }
    switch line[start] {
    case UInt8(ascii: "H") where line.has("Helo command rejected: ", at: start, to: end):
      return (reason(line, .helo, from: start &+ 23, to: end), parts.helo)
    case UInt8(ascii: "S") where line.has("Sender address rejected: ", at: start, to: end):
      return (reason(line, .sender, from: start &+ 25, to: end), parts.sender)
    case UInt8(ascii: "R") where line.has("Recipient address rejected: ", at: start, to: end):
      return (reason(line, .recipient, from: start &+ 28, to: end), parts.recipient)
    case UInt8(ascii: "R") where line.has("Relay access denied", at: start, to: end):
      return (parts.code / 100 == 4 ? .relayDeferred : .relayDenied, parts.recipient)
    case UInt8(ascii: "C") where line.has("Client host rejected: ", at: start, to: end):
      return (reason(line, .client, from: start &+ 22, to: end), .none)
    case UInt8(ascii: "T") where line.has("Temporary lookup failure", at: start, to: end):
      return (.lookupFailure, .none)
    default:
      return rareSubject(line, from: start, to: end)
    }
  }

  private static func rareSubject(_ line: Span<UInt8>, from start: Int, to end: Int)
    -> (RejectSignature, Slice)?
  {
    let classes: [(StaticString, RejectSignature.Subject)] = [
      ("Unverified Client host rejected: ", .unverifiedClient),
      ("Data command rejected: ", .data), ("End-of-data rejected: ", .endOfData),
      ("Etrn command rejected: ", .etrn), ("Client certificate rejected: ", .certificate),
      ("SASL login name rejected: ", .saslLogin),
    ]
    for (text, subject) in classes where line.has(text, at: start, to: end) {
      let from = start + text.utf8CodeUnitCount
      return (reason(line, subject, from: from, to: end), .none)
    }
    return nil
  }

  /// The signature of a reason behind `rejected: `.
  @inline(__always)
  private static func reason(
    _ line: Span<UInt8>, _ subject: RejectSignature.Subject, from start: Int, to end: Int
  ) -> RejectSignature {
    if line.has("Access denied", at: start, to: end), end &- start == 13 {
      return RejectSignature(subject, .accessDenied)
    }
    let own = specificReason(line, subject, from: start, to: end)
    return RejectSignature(subject, own ?? commonReason(line, from: start, to: end))
  }

  @inline(__always)
  private static func specificReason(
    _ line: Span<UInt8>, _ subject: RejectSignature.Subject, from start: Int, to end: Int
  ) -> RejectSignature.Reason? {
    switch subject {
    case .helo:
      // Some sources write `fully-qualifiedhostname`; the words before it are enough.
      if line.has("need fully-qualified", at: start, to: end) { return .specificA }
      if line.has("Invalid name", at: start, to: end) { return .specificB }
      if line.has("invalid ip address", at: start, to: end) { return .specificC }
      if line.has("Host not found", at: start, to: end)
        || line.has("Malformed DNS server reply", at: start, to: end)
      {
        return .specificD
      }
    case .client:
      if line.has("cannot find your hostname", at: start, to: end) { return .specificA }
      if line.has("cannot find your reverse hostname", at: start, to: end) { return .specificB }
    case .sender, .recipient:
      return addressReason(line, subject, from: start, to: end)
    default: break
    }
    return nil
  }

  private static func addressReason(
    _ line: Span<UInt8>, _ subject: RejectSignature.Subject, from start: Int, to end: Int
  ) -> RejectSignature.Reason? {
    if line.has("need fully-qualified", at: start, to: end) { return .specificA }
    if line.has("Domain not found", at: start, to: end)
      || line.has("Malformed DNS server reply", at: start, to: end)
      || (line.has("Domain ", at: start, to: end)
        && line.has(" does not accept mail (nullMX)", at: end - 30, to: end))
    {
      return .specificB
    }
    if line.has("User unknown", at: start, to: end) { return .specificC }
    if line.has("unverified address", at: start, to: end)
      || line.has("undeliverable address", at: start, to: end)
      || line.has("address verification problem", at: start, to: end)
    {
      return .verification
    }
    if subject == .sender {
      if line.has("not owned by user", at: start, to: end) { return .specificD }
      if line.has("not logged in", at: start, to: end) { return .specificE }
    } else if line.has("Relay access denied", at: start, to: end) {
      return .specificD
    }
    return nil
  }

  private static func commonReason(_ line: Span<UInt8>, from start: Int, to end: Int)
    -> RejectSignature.Reason
  {
    let reasons: [(StaticString, RejectSignature.Reason)] = [
      ("Try again later", .tryAgainLater), ("defer_if_permit requested", .deferIfPermit),
      ("defer_if_reject requested", .deferIfReject), ("Service unavailable", .serviceUnavailable),
      ("Server configuration problem", .configurationProblem),
      ("Server configuration error", .configurationError),
      ("Multi-recipient bounce", .multiRecipientBounce),
      ("Improper use of SMTP command pipelining", .pipelining),
    ]
    for (text, reason) in reasons
    where text.utf8CodeUnitCount == end - start && line.has(text, at: start, to: end) {
      return reason
    }
    return .custom
  }

  /// `Client host [X] blocked using DOMAIN[; TXT]` and its kin.
  private static func classifyBlocked(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    let classes: [(StaticString, RejectSignature, Slice)] = [
      ("Client host [", .blockedClient, .none),
      ("Unverified Client host [", .blockedReverseName, .none),
      ("Helo command [", .blockedHelo, parts.helo),
      ("Sender address [", .blockedSender, parts.sender),
      ("Recipient address [", .blockedRecipient, parts.recipient),
    ]
    for (text, signature, expected) in classes where line.has(text, at: start, to: end) {
      let subject = start + text.utf8CodeUnitCount
      guard let blocked = blockedIndex(line, from: subject, to: end, expected) else { return }
      let isName =
        signature == .blockedClient && !line.same(Slice(subject, blocked), parts.clientAddress)
        && !looksLikeAddress(line, from: subject, to: blocked)
      parts.signature = isName ? .blockedClientName : signature
      let domain = blocked + 16
      var index = domain
      while index < end, line[index] != UInt8(ascii: ";"), line[index] != UInt8(ascii: " ") {
        index += 1
      }
      parts.argument = Slice(domain, index)
      return
    }
  }

  /// The `] blocked using ` whose subject is what the attributes say; failing that, the first.
  private static func blockedIndex(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ expected: Slice
  ) -> Int? {
    var index = start
    var first: Int?
    while let hit = line.find("] blocked using ", from: index, to: end) {
      if matches(line, Slice(start, hit), expected) { return hit }
      if first == nil { first = hit }
      index = hit + 1
    }
    return first
  }

  private static func looksLikeAddress(_ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    for index in start..<max(start, end) {
      let byte = line[index]
      if byte == UInt8(ascii: ":") { return true }
      if !isDigit(byte) && byte != UInt8(ascii: ".") { return false }
    }
    return true
  }

  /// Replies without a class.
  private static func classifyBare(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    let texts: [(StaticString, RejectSignature)] = [
      ("Session encryption is required", .plaintextSession),
      ("Server configuration error", .configurationError),
      ("Message size exceeds fixed limit", .messageSize),
      ("Insufficient system storage", .queueSpace),
    ]
    for (text, signature) in texts
    where text.utf8CodeUnitCount == end - start && line.has(text, at: start, to: end) {
      parts.signature = signature
      return
    }
    if parts.code == 450, end - start == 19, line.has("Service unavailable", at: start, to: end) {
      parts.signature = .configurationError
    } else if line.has(" Server local data error", at: end - 24, to: end) {
      parts.signature = .lookupFailure
    }
  }
}
