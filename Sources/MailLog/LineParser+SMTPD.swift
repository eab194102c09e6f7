// Lines of smtpd (log-grammar: connect, disconnect, ID: ACTION, client=, lost connection, TLS).
extension LineParser {
  @inline(__always)
  func parseSMTPD(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parts.text = Slice(start, end)
    guard start < end else { return }
    switch line[start] {
    case UInt8(ascii: "c") where line.has("connect from ", at: start, to: end):
      parts.kind = .connect
      _ = readClient(line, from: start &+ 13, to: end, into: &parts)
    case UInt8(ascii: "d") where line.has("disconnect from ", at: start, to: end):
      parts.kind = .disconnect
      _ = readClient(line, from: start &+ 16, to: end, into: &parts)
    default:
      if readLabel(line, from: start, to: end, into: &parts) {
        parseSMTPDWarning(line, into: &parts)
      } else if let action = readQueueID(line, from: start, to: end, into: &parts) {
        parts.text = Slice(action, end)
        parseAction(line, from: action, to: end, into: &parts)
      } else {
        parseSMTPDRare(line, from: start, to: end, into: &parts)
      }
    }
  }

  /// What stands behind `QUEUEID: ` in smtpd and for the milter lines of cleanup.
  @inline(__always)
  func parseAction(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parts.kind = .unknown
    guard start < end else { return }
    if line.has("reject: ", at: start, to: end) {
      parts.kind = .reject
      parseVerdict(line, from: start &+ 8, to: end, into: &parts)
    } else if line.has("client=", at: start, to: end) {
      parts.kind = .clientQueued
      if let after = readClient(line, from: start &+ 7, to: end, into: &parts) {
        readQueuedUser(line, from: after, to: end, into: &parts)
      }
    } else if line.has("reject_warning: ", at: start, to: end) {
      parts.kind = .trial
      parseVerdict(line, from: start &+ 16, to: end, into: &parts)
    } else {
      parseRareAction(line, from: start, to: end, into: &parts)
    }
  }

  private func parseRareAction(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    if line.has("milter-reject: ", at: start, to: end) {
      parts.kind = .reject
      parseVerdict(line, from: start + 15, to: end, into: &parts)
      parts.signature = .milter
    } else if line.has("proxy-reject: ", at: start, to: end) {
      parts.kind = .reject
      parseVerdict(line, from: start + 14, to: end, into: &parts)
      parts.signature = .proxyFilter
    } else if let word = readActionWord(line, from: start, to: end) {
      parts.kind = .action
      parseVerdict(line, from: word, to: end, into: &parts)
    } else {
      parseSMTPDRare(line, from: start, to: end, into: &parts)
    }
  }

  /// The position after one of the action words, nil when it is none.
  func readActionWord(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    let words: [StaticString] = [
      "hold: ", "discard: ", "filter: ", "redirect: ", "bcc: ", "info: ", "warn: ", "hangup: ",
      "permit: ", "milter-hold: ", "milter-discard: ", "proxy-accept: ", "prepend: ", "replace: ",
      "strip: ", "pass: ", "warning: ",
    ]
    for word in words where line.has(word, at: start, to: end) {
      return start + word.utf8CodeUnitCount
    }
    return nil
  }

  /// `STAGE from CLIENT: TEXT; attributes`, or `STAGE: TEXT` of a proxy filter.
  @inline(__always)
  func parseVerdict(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    var index = start
    let limit = min(end, start &+ 24)
    while index < limit, line[index] != UInt8(ascii: " "), line[index] != UInt8(ascii: ":") {
      index &+= 1
    }
    parts.commandText = Slice(start, index)
    parts.command = SMTPCommand.read(line, from: start, to: index)
    if line.has(" from ", at: index, to: end) {
      index = readClient(line, from: index &+ 6, to: end, into: &parts) ?? index
    }
    guard line.has(": ", at: index, to: end) else {
      parts.text = Slice(start, end)
      return
    }
    index &+= 2
    let text = readReply(line, from: index, to: end, into: &parts)
    let split = splitReply(line, from: text, to: end, into: &parts)
    parts.text = Slice(text, split.end)
    if let signature = split.signature {
      parts.signature = signature
    } else if split.isCertain {
      Self.classify(line, into: &parts)
    } else {
      parts.signature = .undecided
    }
  }

  /// `, sasl_method=M, sasl_username=U` behind `client=`.
  private func readQueuedUser(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    guard start < end, let key = line.find(", sasl_username=", from: start, to: end) else { return }
    let from = key + 16
    let stop = line.find(", sasl_sender=", from: from, to: end) ?? end
    parts.saslUser = Slice(from, stop)
  }

  private func parseSMTPDWarning(_ line: Span<UInt8>, into parts: inout LineParts) {
    let (start, end) = (parts.text.lower, parts.text.upper)
    guard parts.kind == .warning,
      let failed = line.find("]: SASL ", from: start, to: end),
      line.find(" authentication failed", from: failed, to: end) != nil
    else { return }
    // `CLIENT: SASL MECH authentication failed`: the client must stand at the very start.
    guard let after = readClient(line, from: start, to: end, into: &parts),
      line.has(": SASL ", at: after, to: end)
    else {
      parts.clientName = .none
      parts.clientAddress = .none
      parts.clientPort = .none
      return
    }
    parts.kind = .authFailure
    if let user = line.find(", sasl_username=", from: after, to: end) {
      parts.saslUser = Slice(user + 16, end)
    }
  }

  private func parseSMTPDRare(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    let losses: [StaticString] = [
      "lost connection after ", "timeout after ", "too many errors after ",
    ]
    if losses.contains(where: { line.has($0, at: start, to: end) }) {
      parts.kind = .lost
      parts.text = Slice(start, end)
      readClientBehindFrom(line, from: start, to: end, into: &parts)
    } else if line.find("TLS connection ", from: start, to: min(end, start + 30)) != nil
      || line.has("SSL_accept error from ", at: start, to: end)
      || line.has("abort: TLS from ", at: start, to: end)
    {
      parts.kind = .tls
      readClientBehindFrom(line, from: start, to: end, into: &parts)
    } else if line.has("proxy-reject: ", at: start, to: end) {
      parts.kind = .reject
      parseVerdict(line, from: start + 14, to: end, into: &parts)
      parts.signature = .proxyFilter
    } else if line.has("improper command pipelining after ", at: start, to: end) {
      parts.kind = .misbehaviour
      readClientBehindFrom(line, from: start, to: end, into: &parts)
    } else {
      let known: [StaticString] = [
        "discarding EHLO keywords", "table ", "Anonymous TLS", "initializing the server-side TLS",
        "setting up TLS connection", "connect to ", "xsasl_", "reject: ",
      ]
      parts.kind = known.contains { line.has($0, at: start, to: end) } ? .other : .unknown
    }
  }

  private func readClientBehindFrom(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    guard let from = line.find(" from ", from: start, to: min(end, start + 120)) else { return }
    _ = readClient(line, from: from + 6, to: end, into: &parts)
  }
}
