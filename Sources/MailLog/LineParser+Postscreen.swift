// Lines of postscreen.
extension LineParser {
  func readPostscreen(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    if line.has("NOQUEUE: reject: ", at: start, to: end) {
      parts.kind = .reject
      parsePostscreenReject(line, from: start + 17, to: end, into: &parts)
    } else if line.has("reject: connect from ", at: start, to: end) {
      parts.kind = .reject
      parsePostscreenReject(line, from: start + 8, to: end, into: &parts)
    } else if let (word, after) = postscreenWord(line, from: start, to: end) {
      parts.kind = .postscreen
      parts.postscreenWord = word
      let open =
        after < end && line[after] == UInt8(ascii: "[")
        ? after
        : line.find(" from [", from: start, to: end).map { $0 + 6 }
          ?? line.find(" for [", from: start, to: end).map { $0 + 5 }
      if let open { _ = readClient(line, from: open, to: end, into: &parts) }
    } else {
      let known: [StaticString] = [
        "cache ", "entering ", "leaving ", "statistics", "close ", "open ",
      ]
      parts.kind = known.contains { line.has($0, at: start, to: end) } ? .other : .unknown
    }
  }

  private func postscreenWord(_ line: Span<UInt8>, from start: Int, to end: Int)
    -> (PostscreenWord, Int)?
  {
    // The longer words first where one begins another.
    let words: [(StaticString, PostscreenWord)] = [
      ("CONNECT from ", .connect), ("PASS NEW ", .passNew), ("PASS OLD ", .passOld),
      ("ALLOWLIST VETO ", .allowlistVeto), ("ALLOWLISTED ", .allowlisted),
      ("WHITELIST VETO ", .allowlistVeto), ("WHITELISTED ", .allowlisted),
      ("DENYLISTED ", .denylisted), ("BLACKLISTED ", .denylisted), ("PREGREET ", .pregreet),
      ("DNSBL rank ", .dnsbl), ("HANGUP after ", .hangup), ("BARE NEWLINE from ", .bareNewline),
      ("COMMAND TIME LIMIT from ", .commandTimeLimit),
      ("COMMAND COUNT LIMIT from ", .commandCountLimit),
      ("COMMAND LENGTH LIMIT from ", .commandLengthLimit),
      ("COMMAND PIPELINING from ", .commandPipelining),
      ("NON-SMTP COMMAND from ", .nonSMTPCommand), ("DATA without valid RCPT", .dataWithoutRcpt),
      ("BDAT without valid RCPT", .dataWithoutRcpt), ("DISCONNECT ", .disconnect),
    ]
    for (word, value) in words where line.has(word, at: start, to: end) {
      return (value, start + word.utf8CodeUnitCount)
    }
    return nil
  }

  private func parsePostscreenReject(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parseVerdict(line, from: start, to: end, into: &parts)
    let (from, to) = (parts.text.lower, parts.text.upper)
    parts.signature = .unknown
    if line.has("Protocol error", at: from, to: to) {
      parts.signature = .postscreenProtocol
    } else if line.has("Service unavailable; client [", at: from, to: to) {
      parts.signature = .postscreenDNSBL
    } else if line.has("Service currently unavailable", at: from, to: to) {
      parts.signature = parts.code / 100 == 4 ? .postscreenDeepTests : .postscreenAccess
    } else if line.has("too many connections", at: from, to: to) {
      parts.signature = .postscreenClientLimit
    } else if line.has("all server ports busy", at: from, to: to) {
      parts.signature = .postscreenPostQueue
    } else if line.has("all screening ports busy", at: from, to: to) {
      parts.signature = .postscreenPreQueue
    }
  }
}
