// What cleanup says of the lines of a message: header and body checks, and errors of MIME.
extension LineParser {
  /// The longest that `header LINE`, or `mime-error WORDS: LINE`, is: cleanup cuts LINE at 200 bytes.
  private static let longestContent = 220

  /// `header LINE from ORIGIN;[ from=<S>][ to=<R>][ proto=P][ helo=<H>][: DSN TEXT]`.
  ///
  /// LINE is foreign and may imitate all of the rest; what Postfix wrote stands behind it, so of the
  /// ` from ORIGIN;` that may be the end of LINE the last counts from which the rest can be read. ORIGIN
  /// is a client, or `local` for what was submitted on the machine itself.
  func parseContentAction(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    let isBody = line.has("body ", at: start, to: end)
    let isError = line.has("mime-error ", at: start, to: end)
    guard isBody || isError || line.has("header ", at: start, to: end) else {
      // Actions of milters: `STAGE from CLIENT: TEXT`.
      return parseVerdict(line, from: start, to: end, into: &parts)
    }
    parts.command = isBody ? .body : .header
    parts.commandText = Slice(start, start + (isBody ? 4 : isError ? 10 : 6))
    parts.signature = isBody ? .bodyChecks : .headerChecks
    parts.text = Slice(start, end)
    let origins = contentOrigins(line, from: start, to: end)
    guard let (origin, behind) = contentTail(line, origins, to: end, into: &parts) else {
      return clearAttributes(&parts)
    }
    _ = readClient(line, from: origin.lower, to: origin.upper, into: &parts)
    parts.text = Slice(start, origin.lower - 6)
    if line.has(": ", at: behind, to: end) {
      let text = readReply(line, from: behind + 2, to: end, into: &parts)
      parts.text = Slice(text, end)
    }
  }

  /// Every ORIGIN in ` from ORIGIN;` that LINE may end before.
  private func contentOrigins(_ line: Span<UInt8>, from start: Int, to end: Int) -> [Slice] {
    var found: [Slice] = []
    var index = start
    let limit = min(end, start + Self.longestContent)
    while let hit = line.find(" from ", from: index, to: min(end, limit + 6)) {
      index = hit + 1
      let origin = hit + 6
      guard let close = line.firstIndex(of: UInt8(ascii: ";"), from: origin, to: end),
        isOrigin(line, from: origin, to: close)
      else { continue }
      found.append(Slice(origin, close))
    }
    return found
  }

  /// True for `NAME[ADDR]`, with or without a port, and for `local` and its like.
  private func isOrigin(_ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    guard start < end, line.firstIndex(of: UInt8(ascii: " "), from: start, to: end) == nil else {
      return false
    }
    guard let open = line.firstIndex(of: UInt8(ascii: "["), from: start, to: end) else {
      return (start..<end).allSatisfy { isAlphanumeric(line[$0]) }
    }
    return line.firstIndex(of: UInt8(ascii: "]"), from: open, to: end) != nil
  }

  /// The ORIGIN from which the rest can be read, and where its attributes end; they are read into `parts`.
  ///
  /// Before 3.5 addresses are not quoted and may hold blanks, and a line that was cut ends anywhere: both
  /// are believed where there is but one ORIGIN.
  private func contentTail(
    _ line: Span<UInt8>, _ origins: [Slice], to end: Int, into parts: inout LineParts
  ) -> (Slice, Int)? {
    for origin in origins.reversed() {
      let stop = readContentAttributes(line, origin, to: end, isStrict: true, into: &parts)
      if isContentEnd(line, stop, to: end) { return (origin, stop) }
    }
    guard let only = origins.first, origins.count == 1 else { return nil }
    let stop = readContentAttributes(line, only, to: end, isStrict: false, into: &parts)
    if isContentEnd(line, stop, to: end) { return (only, stop) }
    let cut = readContentAttributes(line, only, to: end, isStrict: true, into: &parts)
    if !isCut(line, at: cut, to: end) { clearAttributes(&parts) }
    return (only, end)
  }

  private func readContentAttributes(
    _ line: Span<UInt8>, _ origin: Slice, to end: Int, isStrict: Bool, into parts: inout LineParts
  ) -> Int {
    let start = origin.upper + 2
    guard start < end, line[start - 1] == UInt8(ascii: " "),
      isAttributeStart(line, at: start, to: end)
    else {
      clearAttributes(&parts)
      return origin.upper + 1
    }
    return readAttributes(line, from: start, to: end, isStrict: isStrict, into: &parts)
  }

  private func isContentEnd(_ line: Span<UInt8>, _ stop: Int, to end: Int) -> Bool {
    stop >= end || line.has(": ", at: stop, to: end)
  }
}
