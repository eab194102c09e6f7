// Refusals at HELO and EHLO, as `smtpd_delay_reject = no` has them.
//
// There the name stands as the client gave it, in the reply and behind `helo=`; in the lines of all later
// commands smtpd has replaced what could be mistaken (smtpd.c, NEUTER_CHARACTERS). So a name that is both
// what the reply refuses and what the line ends with is the one, whatever it holds.
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

  /// Reads a line of HELO or EHLO where the attributes from the first `; KEY=`, at `first`, do not reach to
  /// the end.
  func splitRawHelo(
    _ line: Span<UInt8>, from start: Int, first: Int, to end: Int, into parts: inout LineParts
  ) -> Split {
    clearAttributes(&parts)
    let unknown = Split(end: first, isCertain: false)
    guard end - start <= Self.messageLimit else { return unknown }
    // A login name stands behind all, and seldom.
    let login = line.findLast("> sasl_", from: first, to: end).map { $0 + 1 }
    let limits = [line[end - 1] == UInt8(ascii: ">") ? end : nil, login].compactMap(\.self)
    for limit in limits {
      guard let refused = refusedName(line, from: start, to: limit),
        let text = readHelo(line, from: refused.reason, refused.name.count, to: limit, &parts)
      else { continue }
      if isOtherReply(line, from: start, refused.name, to: limit, parts) {
        clearAttributes(&parts)
        return unknown
      }
      if limit < end { parts.saslUser = loginName(line, from: limit, to: end) }
      parts.text = Slice(start, text)
      return Split(end: text, signature: signature(line, refused, from: start, to: text, parts))
    }
    // Of what Postfix says of others nothing is the client's.
    clearAttributes(&parts)
    guard let limit = limits.first, let helo = line.find(" helo=<", from: first, to: limit),
      let text = readHelo(line, from: start, limit - 1 - (helo + 7), to: limit, &parts),
      line[start] != UInt8(ascii: "<") || isVerified(line, from: start, to: text, parts)
    else {
      clearAttributes(&parts)
      return unknown
    }
    if limit < end { parts.saslUser = loginName(line, from: limit, to: end) }
    return Split(end: text)
  }

  /// The longest name that the reply refuses and the line ends with, as only the whole one can be both.
  private func refusedName(_ line: Span<UInt8>, from start: Int, to limit: Int) -> Refused? {
    var best: Refused?
    for (frame, words) in Self.frames.enumerated()
    where line.has(words.opening, at: start, to: limit) {
      let name = start + words.opening.utf8CodeUnitCount
      var index = name
      while let hit = line.find(words.closing, from: index, to: limit) {
        index = hit + 1
        let (length, reason) = (hit - name, hit + words.closing.utf8CodeUnitCount)
        let other = limit - 1 - length
        guard other - 7 >= reason else { break }
        if length > best?.name.count ?? -1, line.has(" helo=<", at: other - 7, to: limit),
          Self.isShown(line, Slice(other, limit - 1), as: Slice(name, hit))
        {
          best = Refused(name: Slice(name, hit), reason: reason, frame: frame)
        }
      }
    }
    return best
  }

  /// Reads `; [from=<A> ]proto=P helo=<H>` where H has `length` bytes and ends before `limit`; where the
  /// text in front ends, nil when it is not there.
  private func readHelo(
    _ line: Span<UInt8>, from start: Int, _ length: Int, to limit: Int, _ parts: inout LineParts
  ) -> Int? {
    let name = limit - 1 - length
    var proto = name - 7
    while proto > start, isAlphanumeric(line[proto - 1]) { proto -= 1 }
    proto -= 6
    guard proto >= start + 2, line.has(" proto=", at: proto - 1, to: limit) else { return nil }
    var index = start
    while let hit = line.firstIndex(of: UInt8(ascii: ";"), from: index, to: proto) {
      index = hit + 1
      guard line.has(" ", at: index, to: proto) else { continue }
      let isSender = line.has("from=<", at: index + 1, to: proto)
      guard index + 1 == proto || (isSender && line[proto - 2] == UInt8(ascii: ">")) else {
        continue
      }
      parts.sender = isSender ? Slice(index + 7, proto - 2) : .none
      parts.helo = Slice(name, limit - 1)
      return hit
    }
    return nil
  }

  /// True when the name holds attributes, and what is in front of them is a reply that they bear out.
  private func isOtherReply(
    _ line: Span<UInt8>, from start: Int, _ name: Slice, to limit: Int, _ parts: LineParts
  ) -> Bool {
    var other = parts
    var index = name.lower
    var count = 0
    while let hit = line.find("; ", from: index, to: name.upper) {
      index = hit + 1
      guard isAttributeStart(line, at: hit + 2, to: limit) else { continue }
      count += 1
      guard count <= Self.candidateLimit else { return true }
      guard let helo = line.find(" helo=<", from: hit, to: limit),
        let text = readHelo(line, from: hit, limit - 1 - (helo + 7), to: limit, &other)
      else { continue }
      if text == hit, isVerified(line, from: start, to: hit, other) { return true }
    }
    return false
  }

  private func isVerified(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ parts: LineParts
  ) -> Bool {
    var trial = parts
    trial.text = Slice(start, end)
    return Self.readSubject(line, from: start + 1, to: end, trial)?.isVerified ?? false
  }

  private func signature(
    _ line: Span<UInt8>, _ refused: Refused, from start: Int, to end: Int, _ parts: LineParts
  ) -> RejectSignature? {
    switch refused.frame {
    case 0: Self.reason(line, .helo, from: refused.reason, to: end, parts)
    case 1: refused.reason == end ? .lookupFailure : .undecided
    default: nil
    }
  }
}
