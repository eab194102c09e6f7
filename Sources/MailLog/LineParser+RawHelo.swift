// Refusals at HELO and EHLO.
//
// There the name may stand as the client gave it, in the reply and behind `helo=`: with
// `smtpd_delay_reject = no`, and always where a milter refuses. In the lines of later commands smtpd has
// replaced what could be mistaken (smtpd.c, NEUTER_CHARACTERS). So a name that is both what the reply
// refuses and what the line ends with is the one, whatever it holds.
extension LineParser {
  /// What stands in front of the name in a reply, and behind it.
  private static let frames: [(opening: StaticString, closing: StaticString)] = [
    ("<", ">: Helo command rejected: "), ("<", ">: Temporary lookup failure"),
    ("Service unavailable; Helo command [", "] blocked using "),
  ]

  /// The name in a reply, and what is behind the words that follow it.
  private struct Refused {
    var name: Slice
    var reason: Int
    var frame: Int
  }

  /// True for what was refused at HELO or EHLO.
  func isHelo(_ parts: LineParts) -> Bool { parts.command == .helo || parts.command == .ehlo }

  /// True when attributes of a line of HELO or EHLO that were read from the first `; KEY=` to the end are
  /// the real ones. Others hold those in a value, which must have room for ` helo=<`.
  func isPlainHelo(_ line: Span<UInt8>, to end: Int, _ parts: LineParts) -> Bool {
    guard !isQuoted(line, parts.sender), !isQuoted(line, parts.recipient), parts.helo.isPresent,
      parts.end - parts.message < Self.messageLimit
    else { return false }
    let name = parts.helo
    if line.firstIndex(of: UInt8(ascii: "<"), from: name.lower, to: name.upper) != nil {
      return false
    }
    if name.upper + 1 == end { return true }
    // A login name behind it, and nothing else that looks like one.
    return line[end - 1] != UInt8(ascii: ">")
      && line.find("> sasl_", from: 0, to: end) == name.upper
      && line.findLast("> sasl_", from: 0, to: end) == name.upper
  }

  private func isQuoted(_ line: Span<UInt8>, _ address: Slice) -> Bool {
    address.isPresent && address.count > 0 && line[address.lower] == UInt8(ascii: "\"")
  }

  /// Reads a line of HELO or EHLO whose first `; KEY=`, at `first`, may be the client's.
  func splitRawHelo(
    _ line: Span<UInt8>, from start: Int, first: Int, to end: Int, into parts: inout LineParts
  ) -> Split {
    clearAttributes(&parts)
    let unknown = Split(end: first, isCertain: false)
    guard parts.end - parts.message < Self.messageLimit, replyCut(line, from: start, parts) == nil
    else {
      return unknown
    }
    // A login name stands behind all, and seldom.
    let login = line.findLast("> sasl_", from: first, to: end).map { $0 + 1 }
    let limits = [line[end - 1] == UInt8(ascii: ">") ? end : nil, login].compactMap(\.self)
    for limit in limits {
      guard let refused = refusedName(line, from: start, to: limit, parts),
        let text = readHelo(line, refused, to: limit, into: &parts)
      else { continue }
      if isOtherReply(line, from: start, refused.name, to: limit, parts) {
        clearAttributes(&parts)
        return unknown
      }
      if limit < end { parts.saslUser = loginName(line, from: limit, to: end) }
      parts.text = Slice(start, text)
      return Split(end: text, signature: signature(line, refused, to: text, into: &parts))
    }
    // Of what Postfix says of others nothing is the client's.
    guard let limit = limits.first,
      !line.has("Service unavailable; Helo command [", at: start, to: end),
      readTail(line, from: first + 2, to: limit, into: &parts),
      line[start] != UInt8(ascii: "<") || isVerified(line, from: start, to: first, parts)
    else {
      clearAttributes(&parts)
      return unknown
    }
    if limit < end { parts.saslUser = loginName(line, from: limit, to: end) }
    return Split(end: first)
  }

  /// The place where Postfix cuts a reply, if attributes begin there: what it names may not be in it as a
  /// whole.
  func replyCut(_ line: Span<UInt8>, from start: Int, _ parts: LineParts) -> Int? {
    let cut = Self.replyStart(parts, text: start) + Self.replyLimit
    let end = Int(parts.end)
    return line.has("; ", at: cut, to: end - 7) && isAttributeStart(line, at: cut + 2, to: end)
      ? cut : nil
  }

  /// The longest name that the reply refuses and the line ends with, as only the whole one can be both.
  private func refusedName(
    _ line: Span<UInt8>, from start: Int, to limit: Int, _ parts: LineParts
  ) -> Refused? {
    var best: Refused?
    for (frame, words) in Self.frames.enumerated()
    where line.has(words.opening, at: start, to: limit) {
      let name = start + words.opening.utf8CodeUnitCount
      var index = name
      while let hit = line.find(words.closing, from: index, to: limit) {
        index = hit + 1
        let (shown, reason) = (Slice(name, hit), hit + words.closing.utf8CodeUnitCount)
        let other = limit - 1 - shown.count
        guard other - 7 >= reason else { break }
        // A table that was asked for the client may have failed too.
        if shown.count > best?.name.count ?? -1, line.has(" helo=<", at: other - 7, to: limit),
          Self.isShown(line, Slice(other, limit - 1), as: shown),
          frame != 1 || !Self.isClient(line, shown, parts)
        {
          best = Refused(name: shown, reason: reason, frame: frame)
        }
      }
    }
    return best
  }

  /// Reads the attributes behind the reason of a refusal, which end with the name; where the text in front
  /// of them ends, nil when they are not there.
  private func readHelo(
    _ line: Span<UInt8>, _ refused: Refused, to limit: Int, into parts: inout LineParts
  ) -> Int? {
    guard let hit = nextAttributes(line, from: refused.reason, to: limit),
      readTail(line, from: hit + 2, to: limit, into: &parts),
      parts.helo.count == refused.name.count
    else {
      clearAttributes(&parts)
      return nil
    }
    return hit
  }

  /// Reads `[from=<A> ][to=<B> ]proto=P helo=<H>` where H goes on to the `>` before `limit`.
  private func readTail(
    _ line: Span<UInt8>, from start: Int, to limit: Int, into parts: inout LineParts
  ) -> Bool {
    _ = readAttributes(line, from: start, to: limit, isStrict: true, into: &parts)
    // What looks like a login name is the client's.
    parts.saslUser = .none
    guard parts.helo.isPresent else { return false }
    parts.helo = Slice(parts.helo.lower, limit - 1)
    return true
  }

  /// True when the name holds attributes, and what is in front of them is a reply that they bear out.
  private func isOtherReply(
    _ line: Span<UInt8>, from start: Int, _ name: Slice, to limit: Int, _ parts: LineParts
  ) -> Bool {
    var other = parts
    var index = name.lower
    for _ in 0..<Self.candidateLimit {
      guard let hit = nextAttributes(line, from: index, to: limit), hit < name.upper else {
        return false
      }
      index = hit + 1
      if readTail(line, from: hit + 2, to: limit, into: &other),
        isVerified(line, from: start, to: hit, other)
      {
        return true
      }
    }
    return true
  }

  private func isVerified(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ parts: LineParts
  ) -> Bool {
    var trial = parts
    trial.text = Slice(start, end)
    return Self.readSubject(line, from: start + 1, to: end, trial)?.isVerified ?? false
  }

  private func signature(
    _ line: Span<UInt8>, _ refused: Refused, to end: Int, into parts: inout LineParts
  ) -> RejectSignature {
    switch refused.frame {
    case 0: return Self.reason(line, .helo, from: refused.reason, to: end, parts)
    case 1: return refused.reason == end ? .lookupFailure : .undecided
    default:
      parts.argument = Self.listName(line, from: refused.reason, to: end)
      return .blockedHelo
    }
  }
}
