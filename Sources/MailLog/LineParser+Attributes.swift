// The attributes behind a reply: `; from=<A> to=<B> proto=P helo=<H>` (smtpd, cleanup), with commas
// in postscreen. Reply and addresses are foreign text and may imitate them; see `splitReply`.
extension LineParser {
  /// What ``splitReply`` found.
  struct Split {
    /// The end of the reply's text.
    var end: Int
    /// False where nobody can tell text and attributes apart, so that the text tells no cause.
    var isCertain = true
    /// The cause, where it was found on the way.
    var signature: RejectSignature?
  }

  /// Splits `start..<end` into the reply's text and its attributes.
  ///
  /// Nearly always the first `; KEY=` begins attributes, each once and in Postfix's order, that reach to
  /// the line's end: an imitation inside an address or a quoted reply cannot do that, since the real
  /// ones follow it. All other lines are read from the right.
  @inline(__always)
  func splitReply(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Split {
    guard let hit = nextAttributes(line, from: start, to: end) else {
      clearAttributes(&parts)
      return Split(end: end)
    }
    let stop = readAttributes(line, from: hit &+ 2, to: end, isStrict: true, into: &parts)
    if stop == end && (!isHelo(parts) || isPlainHelo(line, to: end, parts)) {
      return Split(end: hit)
    }
    return splitDoubtful(line, from: start, first: hit, stop: stop, to: end, into: &parts)
  }

  /// The first `; KEY=` in `start..<end`.
  @inline(__always)
  func nextAttributes(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start
    while let hit = line.firstIndex(of: UInt8(ascii: ";"), from: index, to: end) {
      index = hit &+ 1
      if index &+ 7 <= end, line[index] == UInt8(ascii: " "),
        isAttributeStart(line, at: index &+ 1, to: end)
      {
        return hit
      }
    }
    return nil
  }

  /// Forgets sender, recipient, HELO name and login name.
  func clearAttributes(_ parts: inout LineParts) {
    parts.sender = .none
    parts.recipient = .none
    parts.helo = .none
    parts.saslUser = .none
  }

  /// True when the name of an attribute stands at `index`.
  @inline(__always)
  func isAttributeStart(_ line: Span<UInt8>, at index: Int, to end: Int) -> Bool {
    switch line[index] {
    case UInt8(ascii: "f"): line.has("from=<", at: index, to: end)
    case UInt8(ascii: "t"): line.has("to=<", at: index, to: end)
    case UInt8(ascii: "p"): line.has("proto=", at: index, to: end)
    case UInt8(ascii: "h"): line.has("helo=<", at: index, to: end)
    case UInt8(ascii: "s"): line.has("sasl_", at: index, to: end)
    default: false
    }
  }

  /// Reads attributes from `start` on; the position where they end.
  @inline(__always)
  func readAttributes(
    _ line: Span<UInt8>, from start: Int, to end: Int, isStrict: Bool, into parts: inout LineParts
  ) -> Int {
    clearAttributes(&parts)
    var index = start
    // Keys come in the order from, to, proto, helo, sasl; each has a rank, which must rise.
    var rank = 0
    while index < end {
      let next = attributeRank(line[index])
      guard next > rank || (next == 5 && rank == 5),
        let stop = readAttribute(line, from: index, to: end, isStrict: isStrict, into: &parts)
      else { return index }
      rank = next
      index = stop
      guard index < end else { break }
      if line[index] == UInt8(ascii: ","), index &+ 1 < end { index &+= 1 }
      guard line[index] == UInt8(ascii: " "), index &+ 1 < end,
        isAttributeStart(line, at: index &+ 1, to: end)
      else { return index }
      index &+= 1
    }
    return index
  }

  /// The place of an attribute in Postfix's order, by its first letter.
  @inline(__always)
  private func attributeRank(_ letter: UInt8) -> Int {
    switch letter {
    case UInt8(ascii: "f"): 1
    case UInt8(ascii: "t"): 2
    case UInt8(ascii: "p"): 3
    case UInt8(ascii: "h"): 4
    default: 5
    }
  }

  @inline(__always)
  private func readAttribute(
    _ line: Span<UInt8>, from start: Int, to end: Int, isStrict: Bool, into parts: inout LineParts
  ) -> Int? {
    switch line[start] {
    case UInt8(ascii: "f"):
      let address = start &+ 6
      guard let close = addressEnd(line, from: address, to: end, isStrict: isStrict) else {
        return nil
      }
      parts.sender = Slice(address, close)
      return close &+ 1
    case UInt8(ascii: "t"):
      let address = start &+ 4
      guard let close = addressEnd(line, from: address, to: end, isStrict: isStrict) else {
        return nil
      }
      parts.recipient = Slice(address, close)
      return close &+ 1
    case UInt8(ascii: "p"):
      var index = start &+ 6
      while index < end, isAlphanumeric(line[index]) { index &+= 1 }
      return index
    case UInt8(ascii: "h"):
      // HELO names hold no `>`: smtpd replaces it.
      guard
        let close = line.firstIndex(of: UInt8(ascii: ">"), from: start &+ 6, to: end)
      else { return nil }
      parts.helo = Slice(start &+ 6, close)
      return close &+ 1
    default:
      return readSASL(line, from: start, to: end, isStrict: isStrict, into: &parts)
    }
  }

  /// `sasl_method=`, `sasl_username=`, `sasl_sender=` (Postfix 3.10 and later).
  private func readSASL(
    _ line: Span<UInt8>, from start: Int, to end: Int, isStrict: Bool, into parts: inout LineParts
  ) -> Int? {
    guard let equals = line.firstIndex(of: UInt8(ascii: "="), from: start, to: min(end, start + 16))
    else { return nil }
    let isUser = line.has("sasl_username=", at: start, to: end)
    guard
      isUser || line.has("sasl_method=", at: start, to: end)
        || line.has("sasl_sender=", at: start, to: end)
    else { return nil }
    let stop = line.find(" sasl_", from: equals + 1, to: end) ?? end
    // A login name may hold anything, and so swallow all that follows an imitation.
    if isStrict && line.firstIndex(of: UInt8(ascii: " "), from: equals, to: stop) != nil {
      return nil
    }
    if isUser { parts.saslUser = Slice(equals + 1, stop) }
    return stop
  }

  /// The `>` that closes an address. A quoted local part (RFC 5321, section 4.1.2) is passed over as
  /// a whole, so that a `>` inside it closes nothing.
  @inline(__always)
  func addressEnd(
    _ line: Span<UInt8>, from start: Int, to end: Int, isStrict: Bool
  ) -> Int? {
    var index = start
    if index < end, line[index] == UInt8(ascii: "\"") {
      guard let behind = quotedEnd(line, from: index, to: end) else { return nil }
      index = behind
    }
    return isStrict
      ? plainEnd(line, from: index, to: end) : looseEnd(line, from: index, to: end)
  }

  /// The position behind a quoted local part; nil where it does not end.
  func quotedEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start + 1
    while index < end, line[index] != UInt8(ascii: "\"") {
      index += line[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index += 1
    guard index < end, line[index] == UInt8(ascii: "@") || line[index] == UInt8(ascii: ">") else {
      return nil
    }
    return index
  }

  /// The first `>`, without blank, quote or `<` before it.
  @inline(__always)
  func plainEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start
    while index < end {
      switch line[index] {
      case UInt8(ascii: ">"): return index
      case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "<"): return nil
      default: index &+= 1
      }
    }
    return nil
  }

  /// The first `>` behind which another attribute or the end may stand.
  private func looseEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start
    while let close = line.firstIndex(of: UInt8(ascii: ">"), from: index, to: end) {
      let next = close + 1
      if next == end || line[next] == UInt8(ascii: " ") || line[next] == UInt8(ascii: ",")
        || line[next] == UInt8(ascii: ":")
      {
        return close
      }
      index = next
    }
    return nil
  }
}
