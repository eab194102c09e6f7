// The attributes behind a reply: `; from=<A> to=<B> proto=P helo=<H>` (smtpd, cleanup), with commas
// in postscreen. Reply and addresses are foreign text and may imitate them; see `splitReply`.
extension LineParser {
  /// Splits `start..<end` into the reply's text and its attributes; the end of the text.
  ///
  /// The attributes start at the first `; KEY=` from which the whole rest of the line reads as
  /// attributes, each once and in Postfix's order. An imitation inside an address or a quoted reply
  /// cannot satisfy that: the real attributes follow it. Releases before 3.5 log addresses unquoted,
  /// so they may hold blanks: those are read in a second try. In a line that Postfix cut at 2000
  /// bytes nothing fits; then the first `; KEY=` it is.
  @inline(__always)
  func splitReply(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int {
    var fallback: Int?
    if let found = findAttributes(
      line, from: start, to: end, isStrict: true, first: &fallback, into: &parts)
    {
      return found
    }
    guard let fallback else { return end }
    var ignored: Int?
    if let found = findAttributes(
      line, from: fallback, to: end, isStrict: false, first: &ignored, into: &parts)
    {
      return found
    }
    _ = readAttributes(line, from: fallback + 2, to: end, isStrict: false, into: &parts)
    return fallback
  }

  /// The `;` from which the rest reads as attributes; `first` becomes the first that was tried.
  @inline(__always)
  private func findAttributes(
    _ line: Span<UInt8>, from start: Int, to end: Int, isStrict: Bool, first: inout Int?,
    into parts: inout LineParts
  ) -> Int? {
    var index = start
    var tries = 0
    while let hit = line.firstIndex(of: UInt8(ascii: ";"), from: index, to: end) {
      index = hit &+ 1
      guard index &+ 7 <= end, line[index] == UInt8(ascii: " "),
        isAttributeStart(line, at: index &+ 1, to: end)
      else { continue }
      let stop = readAttributes(
        line, from: index &+ 1, to: end, isStrict: isStrict, into: &parts)
      if stop == end { return hit }
      if first == nil { first = hit }
      tries &+= 1
      // Bounds the work on a line made of nothing else.
      if tries == 32 { break }
    }
    clearAttributes(&parts)
    return nil
  }

  private func clearAttributes(_ parts: inout LineParts) {
    parts.sender = .none
    parts.recipient = .none
    parts.helo = .none
    parts.saslUser = .none
  }

  @inline(__always)
  private func isAttributeStart(_ line: Span<UInt8>, at index: Int, to end: Int) -> Bool {
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
      return readSASL(line, from: start, to: end, into: &parts)
    }
  }

  /// `sasl_method=`, `sasl_username=`, `sasl_sender=` (Postfix 3.10 and later).
  private func readSASL(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int? {
    guard let equals = line.firstIndex(of: UInt8(ascii: "="), from: start, to: min(end, start + 16))
    else { return nil }
    let isUser = line.has("sasl_username=", at: start, to: end)
    guard
      isUser || line.has("sasl_method=", at: start, to: end)
        || line.has("sasl_sender=", at: start, to: end)
    else { return nil }
    let stop = line.find(" sasl_", from: equals + 1, to: end) ?? end
    if isUser { parts.saslUser = Slice(equals + 1, stop) }
    return stop
  }

  /// The `>` that closes an address. A quoted local part (RFC 5321, section 4.1.2) is passed over as
  /// a whole, so that a `>` inside it closes nothing.
  @inline(__always)
  private func addressEnd(
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

  /// The position behind a quoted local part.
  private func quotedEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
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
  private func plainEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
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
