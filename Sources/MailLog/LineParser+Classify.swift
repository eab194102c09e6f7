// From a reply's text to its signature.
extension LineParser {
  /// Finds the signature of `parts.text`; the other parts must have been read.
  @inline(__always)
  static func classify(_ line: Span<UInt8>, into parts: inout LineParts) {
    let (start, end) = (parts.text.lower, parts.text.upper)
    guard start < end else { return }
    if line[start] == UInt8(ascii: "<") {
      parts.signature = readSubject(line, from: start &+ 1, to: end, parts)?.signature ?? .unknown
    } else if line.has("Client host rejected: ", at: start, to: end) {
      // The two client name checks put nothing in front of the class.
      parts.signature = clientReason(line, from: start &+ 22, to: end, parts)
    } else if line.has("Service unavailable; ", at: start, to: end) {
      classifyBlocked(line, from: start &+ 21, to: end, into: &parts)
    } else {
      classifyBare(line, from: start, to: end, into: &parts)
    }
    if parts.signature == .unknown && parts.command == .etrn { parts.signature = .etrn }
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
      let isForeign = signature != .blockedClient && signature != .blockedReverseName
      // The class is Postfix's word; only the domain may be one that an address or name imitates.
      guard
        let blocked = blockedIndex(
          line, from: subject, to: end, expected, isForeign: isForeign, parts)
      else {
        parts.signature = isForeign ? signature : .unknown
        return
      }
      let isName =
        signature == .blockedClient && !line.same(Slice(subject, blocked), parts.clientAddress)
        && !looksLikeAddress(line, from: subject, to: blocked)
      parts.signature = isName ? .blockedClientName : signature
      let domain = listName(line, from: blocked + 16, to: end)
      if domain.upper < end || !isCut(parts) { parts.argument = domain }
      return
    }
  }

  /// The name of a DNS list, as far as `;` or a blank.
  static func listName(_ line: Span<UInt8>, from start: Int, to end: Int) -> Slice {
    var index = start
    while index < end, line[index] != UInt8(ascii: ";"), line[index] != UInt8(ascii: " ") {
      index += 1
    }
    return Slice(start, index)
  }

  /// The `] blocked using ` whose subject is what the attributes say; failing that, the only one of a
  /// reply that is whole.
  private static func blockedIndex(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ expected: Slice, isForeign: Bool,
    _ parts: LineParts
  ) -> Int? {
    var index = start
    var first: Int?
    var count = 0
    while let hit = line.find("] blocked using ", from: index, to: end) {
      if isShown(line, expected, as: Slice(start, hit)) { return hit }
      if first == nil { first = hit }
      count += 1
      index = hit + 1
    }
    // Names and addresses of clients hold no such text.
    return !isForeign || (count == 1 && !isCut(parts)) ? first : nil
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
    for (text, signature) in texts where isWhole(text, line, from: start, to: end) {
      parts.signature = signature
      return
    }
    if parts.code == 450, isWhole("Service unavailable", line, from: start, to: end) {
      parts.signature = .configurationError
    } else if line.has(" Server local data error", at: end - 24, to: end) {
      parts.signature = .lookupFailure
    }
  }
}
