// The attributes behind a reply: `; from=<A> to=<B> proto=P helo=<H>` (smtpd, cleanup), with commas
// in postscreen. Reply and addresses are foreign text and may imitate them; see `splitReply`.
extension LineParser {
  /// Splits `start..<end` into the reply's text and its attributes; the end of the text.
  ///
  /// The attributes start at the first `; KEY=` from which the whole rest of the line reads as
  /// attributes. An imitation inside an address cannot satisfy that: the real attributes follow it.
  /// In a line that Postfix cut at 2000 bytes nothing does; then the first `; KEY=` it is.
  @inline(__always)
  func splitReply(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int {
    var index = start
    var fallback: Int?
    var tries = 0
    while let hit = line.firstIndex(of: UInt8(ascii: ";"), from: index, to: end) {
      index = hit &+ 1
      guard index &+ 7 <= end, line[index] == UInt8(ascii: " "),
        isAttributeStart(line, at: index &+ 1, to: end)
      else { continue }
      if readAttributes(line, from: index &+ 1, to: end, into: &parts) == end { return hit }
      if fallback == nil { fallback = hit }
      tries &+= 1
      if tries == 32 { break }
    }
    clearAttributes(&parts)
    guard let fallback else { return end }
    _ = readAttributes(line, from: fallback + 2, to: end, into: &parts)
    return fallback
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
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int {
    clearAttributes(&parts)
    var index = start
    while index < end {
      guard let next = readAttribute(line, from: index, to: end, into: &parts) else { break }
      index = next
      guard index < end else { break }
      if line[index] == UInt8(ascii: ","), index &+ 1 < end { index &+= 1 }
      guard line[index] == UInt8(ascii: " "), index &+ 1 < end,
        isAttributeStart(line, at: index &+ 1, to: end)
      else { return index }
      index &+= 1
    }
    return index
  }

  @inline(__always)
  private func readAttribute(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int? {
    switch line[start] {
    case UInt8(ascii: "f"):
      guard let close = addressEnd(line, from: start &+ 6, to: end) else { return nil }
      parts.sender = Slice(start &+ 6, close)
      return close &+ 1
    case UInt8(ascii: "t"):
      guard let close = addressEnd(line, from: start &+ 4, to: end) else { return nil }
      parts.recipient = Slice(start &+ 4, close)
      return close &+ 1
    case UInt8(ascii: "p"):
      var index = start &+ 6
      while index < end, isAlphanumeric(line[index]) { index &+= 1 }
      return index
    case UInt8(ascii: "h"):
      guard let close = heloEnd(line, from: start &+ 6, to: end) else { return nil }
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
  private func addressEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start
    if index < end, line[index] == UInt8(ascii: "\"") {
      index &+= 1
      while index < end, line[index] != UInt8(ascii: "\"") {
        index &+= line[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      index &+= 1
      guard index < end, line[index] == UInt8(ascii: "@") || line[index] == UInt8(ascii: ">")
      else { return nil }
    }
    while let close = line.firstIndex(of: UInt8(ascii: ">"), from: index, to: end) {
      let next = close &+ 1
      if next == end || line[next] == UInt8(ascii: " ") || line[next] == UInt8(ascii: ",")
        || line[next] == UInt8(ascii: ":")
      {
        return close
      }
      index = next
    }
    return nil
  }

  /// HELO names hold no `>`: smtpd replaces it.
  @inline(__always)
  private func heloEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    line.firstIndex(of: UInt8(ascii: ">"), from: start, to: end)
  }
}
