// `<X>: CLASS rejected: REASON`, the form of most replies.
//
// X is foreign where it is an address: it may hold `>: `, and behind it the words of another class.
// REASON may too, since it can quote a server that the sender chose. So every `>: CLASS` is looked at,
// and the one counts whose X is what the rest of the line says.
extension LineParser {
  /// What a reply says.
  struct Reading {
    var signature: RejectSignature
    /// True when X is what the rest of the line says.
    var isVerified: Bool
  }

  /// How well an X is known to be the whole of what was refused.
  private enum Evidence: Int {
    case none
    /// It is the client, the HELO name or a fixed word, as which an address may begin.
    case other
    /// It is the whole sender or recipient.
    case address
  }

  /// The longest reply, code included; Postfix cuts what is longer (smtpd_check.c).
  static let replyLimit = 510
  /// Bytes of a message that Postfix writes at most.
  static let messageLimit: Int32 = 2000

  /// Reads `X>: CLASS rejected: REASON`; nil where no class stands behind any `>: `.
  ///
  /// A sender or recipient that is X in full comes before a shorter X, which may be its beginning. Where
  /// two are as good and differ, nobody can tell: the signature is `undecided`.
  static func readSubject(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ parts: LineParts
  ) -> Reading? {
    var best: (RejectSignature, Evidence)?
    var isOpen = false
    var count = 0
    var index = start
    while let close = line.firstIndex(of: UInt8(ascii: ">"), from: index, to: end) {
      index = close &+ 1
      guard line.has(": ", at: index, to: end),
        let found = subject(line, Slice(start, close), from: index &+ 2, to: end, parts)
      else { continue }
      count += 1
      guard let known = best, found.1.rawValue <= known.1.rawValue else {
        (best, isOpen) = (found, false)
        continue
      }
      if found.1 == known.1 && found.0 != known.0 { isOpen = true }
    }
    guard let (signature, evidence) = best else { return nil }
    let isKnown =
      switch evidence {
      case .address: true
      // Neither a client nor a HELO name is followed by another class.
      case .other: count == 1
      case .none: count == 1 && !isCut(parts)
      }
    guard isKnown, !isOpen, !mayBeAddress(line, Slice(start, end), parts) else {
      return Reading(signature: .undecided, isVerified: false)
    }
    return Reading(signature: signature, isVerified: evidence != .none)
  }

  /// True when the reply is as long as Postfix lets it be, so that its end may be missing.
  static func isCut(_ parts: LineParts) -> Bool {
    parts.text.upper - replyStart(parts, text: parts.text.lower) >= replyLimit
  }

  /// Where the reply begins whose words begin at `text`: with its codes, if it has such.
  static func replyStart(_ parts: LineParts, text: Int) -> Int {
    let start = parts.enhanced.isPresent ? parts.enhanced.lower : text
    return parts.code == 0 ? start : start - 4
  }

  /// True when a reply that was cut may be nothing but the beginning of an address.
  private static func mayBeAddress(
    _ line: Span<UInt8>, _ shown: Slice, _ parts: LineParts
  ) -> Bool {
    guard isCut(parts) else { return false }
    return [parts.sender, parts.recipient].contains { address in
      // Of a line that was cut too the address may be lost.
      address.isPresent
        ? isShown(line, address, as: shown, wholly: false)
        : parts.end - parts.message >= Self.messageLimit
    }
  }

  /// The signature of `CLASS rejected: REASON` at `start`, and how well its X fits.
  private static func subject(
    _ line: Span<UInt8>, _ shown: Slice, from start: Int, to end: Int, _ parts: LineParts
  ) -> (RejectSignature, Evidence)? {
    guard start < end else { return nil }
    switch line[start] {
    case UInt8(ascii: "H") where line.has("Helo command rejected: ", at: start, to: end):
      let isHelo = isShown(line, parts.helo, as: shown)
      return (reason(line, .helo, from: start &+ 23, to: end, parts), isHelo ? .other : .none)
    case UInt8(ascii: "S") where line.has("Sender address rejected: ", at: start, to: end):
      let isSender = isShown(line, parts.sender, as: shown)
      return (reason(line, .sender, from: start &+ 25, to: end, parts), isSender ? .address : .none)
    case UInt8(ascii: "R") where line.has("Recipient address rejected: ", at: start, to: end):
      let found = reason(line, .recipient, from: start &+ 28, to: end, parts)
      return (found, isShown(line, parts.recipient, as: shown) ? .address : .none)
    case UInt8(ascii: "R") where isWhole("Relay access denied", line, from: start, to: end):
      let found = parts.code / 100 == 4 ? RejectSignature.relayDeferred : .relayDenied
      return (found, isShown(line, parts.recipient, as: shown) ? .address : .none)
    case UInt8(ascii: "C") where line.has("Client host rejected: ", at: start, to: end):
      let found = reason(line, .client, from: start &+ 22, to: end, parts)
      return (found, isClient(line, shown, parts) ? .other : .none)
    case UInt8(ascii: "T") where isWhole("Temporary lookup failure", line, from: start, to: end):
      return (.lookupFailure, anyEvidence(line, shown, parts))
    default:
      return rareSubject(line, shown, from: start, to: end, parts)
    }
  }

  /// The table that could not be read may have been asked for anything.
  private static func anyEvidence(_ line: Span<UInt8>, _ shown: Slice, _ parts: LineParts)
    -> Evidence
  {
    if isShown(line, parts.sender, as: shown) || isShown(line, parts.recipient, as: shown) {
      return .address
    }
    return isShown(line, parts.helo, as: shown) || isClient(line, shown, parts) ? .other : .none
  }

  private static func rareSubject(
    _ line: Span<UInt8>, _ shown: Slice, from start: Int, to end: Int, _ parts: LineParts
  ) -> (RejectSignature, Evidence)? {
    let classes: [(StaticString, RejectSignature.Subject)] = [
      ("Unverified Client host rejected: ", .unverifiedClient),
      ("Data command rejected: ", .data), ("End-of-data rejected: ", .endOfData),
      ("Etrn command rejected: ", .etrn), ("Client certificate rejected: ", .certificate),
      ("SASL login name rejected: ", .saslLogin),
    ]
    for (text, subject) in classes where line.has(text, at: start, to: end) {
      let from = start + text.utf8CodeUnitCount
      // Reverse name, certificate and login name stand nowhere else in the line.
      let isFitting =
        switch subject {
        case .data: isWhole("DATA", line, from: shown.lower, to: shown.upper)
        case .endOfData: isWhole("END-OF-MESSAGE", line, from: shown.lower, to: shown.upper)
        case .etrn: parts.command == .etrn
        default: false
        }
      return (
        reason(line, subject, from: from, to: end, parts), isFitting ? .other : .none
      )
    }
    return nil
  }

  /// True when `shown` is `NAME[ADDR]`, with the port where that is logged, or one of NAME and ADDR alone.
  static func isClient(_ line: Span<UInt8>, _ shown: Slice, _ parts: LineParts) -> Bool {
    let address = parts.clientAddress
    guard address.isPresent else { return false }
    if line.same(shown, address) { return true }
    let open = address.lower - 1
    let blank = line.lastIndex(of: UInt8(ascii: " "), from: 0, to: open) ?? -1
    var close = address.upper + 1
    if line.same(shown, Slice(blank + 1, open)) || line.same(shown, Slice(blank + 1, close)) {
      return true
    }
    guard close + 1 < parts.text.lower, line[close] == UInt8(ascii: ":") else { return false }
    close += 1
    while close < parts.text.lower, isDigit(line[close]) { close += 1 }
    return line.same(shown, Slice(blank + 1, close))
  }

  /// True when `shown`, as it stands in a reply, is an attribute's value, or with `wholly` false the
  /// beginning of it.
  ///
  /// The reply has the internal form of an address, the attribute the quoted one since 3.5. What cannot
  /// be printed is `?` in the attribute and a blank in the reply, in one about a DNS list `_`.
  static func isShown(
    _ line: Span<UInt8>, _ attribute: Slice, as shown: Slice, wholly: Bool = true
  ) -> Bool {
    guard attribute.isPresent else { return false }
    let last = wholly ? shown.upper : nil
    return shownEnd(line, attribute, from: shown.lower, to: shown.upper, isQuoted: false, last)
      || (attribute.count > 0 && line[attribute.lower] == UInt8(ascii: "\"")
        && shownEnd(line, attribute, from: shown.lower, to: shown.upper, isQuoted: true, last))
  }

  /// Walks along both; true when the attribute ends at `last`, or beyond `end` when that is nil.
  private static func shownEnd(
    _ line: Span<UInt8>, _ attribute: Slice, from start: Int, to end: Int, isQuoted: Bool,
    _ last: Int?
  ) -> Bool {
    var (left, right) = (start, attribute.lower)
    var isInside = isQuoted
    if isQuoted { right += 1 }
    while right < attribute.upper {
      var byte = line[right]
      if isInside && byte == UInt8(ascii: "\"") {
        isInside = false
        right += 1
        continue
      }
      if isInside && byte == UInt8(ascii: "\\") && right + 1 < attribute.upper {
        right += 1
        byte = line[right]
      }
      guard left < end else { return last == nil }
      let isHidden =
        byte == UInt8(ascii: "?")
        && (line[left] == UInt8(ascii: " ") || line[left] == UInt8(ascii: "_"))
      guard line[left] == byte || isHidden else { return false }
      left += 1
      right += 1
    }
    return left == last
  }
}

// What a reply says of the attributes that follow it.
extension LineParser {
  /// The length of what `parts.text` shows of an address that it names as refused; 0 where it names
  /// none, or another.
  static func echo(_ line: Span<UInt8>, _ address: Slice, _ parts: LineParts) -> Int {
    let (start, end) = (parts.text.lower, parts.text.upper)
    guard start < end else { return 0 }
    let forms: [(StaticString, StaticString)] = [
      ("<", ">: "), ("Service unavailable; Sender address [", "] blocked using "),
      ("Service unavailable; Recipient address [", "] blocked using "),
    ]
    for (opening, closing) in forms where line.has(opening, at: start, to: end) {
      let from = start + opening.utf8CodeUnitCount
      // A reply that was cut may end within the address.
      if isCut(parts) && isShown(line, address, as: Slice(from, end), wholly: false) {
        return end - from
      }
      // The address as shown is as long as the attribute, or shorter by its quotes and backslashes.
      let limit = min(end, from + address.count + closing.utf8CodeUnitCount)
      var index = from
      while let close = line.find(closing, from: index, to: limit) {
        if isShown(line, address, as: Slice(from, close)) { return close - from }
        index = close + 1
      }
    }
    return 0
  }

  /// True when `parts.text` is a reply of Postfix's own to its end, about what the attributes say.
  static func isClosed(_ line: Span<UInt8>, _ parts: LineParts) -> Bool {
    let (start, end) = (parts.text.lower, parts.text.upper)
    guard start < end else { return false }
    if line[start] == UInt8(ascii: "<") {
      guard let reading = readSubject(line, from: start + 1, to: end, parts) else { return false }
      return reading.isVerified && reading.signature.isClosed
    }
    var trial = parts
    trial.signature = .unknown
    classify(line, into: &trial)
    return trial.signature.isClosed
  }
}
