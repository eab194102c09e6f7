// What warnings are about.
extension LogIncident {
  /// Warnings by how they begin: what stands there is Postfix's own text.
  private static let beginnings: [(StaticString, LogIncident)] = [
    ("hostname ", .hostnameMismatch), ("non-SMTP command from ", .nonSMTPCommand),
    ("Illegal address syntax from ", .illegalAddress),
    ("Connection rate limit exceeded: ", .connectionRate),
    ("Connection concurrency limit exceeded: ", .connectionCount),
    ("Message delivery request rate limit exceeded: ", .messageRate),
    ("Recipient address rate limit exceeded: ", .recipientRate),
    ("AUTH command rate limit exceeded: ", .authRate),
    ("New TLS session rate limit exceeded: ", .newTLSRate),
    ("Refusing STARTTLS request from ", .newTLSRate),
    ("Refusing TLS service request from ", .newTLSRate),
    ("unknown smtpd restriction: ", .unknownRestriction), ("restriction ", .badRestriction),
    ("SMTP reply code configuration error", .replyCodeError),
    ("DSN detail code", .replyCodeError), ("rbl response code", .replyCodeError),
    ("connect to Milter service ", .milterUnavailable),
    ("problem talking to server ", .policyServerUnavailable),
    ("TLS library problem", .tlsError),
  ]

  static func readWarning(_ line: Span<UInt8>, _ parts: LineParts) -> LogIncident {
    let (start, end) = (parts.text.lower, parts.text.upper)
    for (text, incident) in beginnings where line.has(text, at: start, to: end) {
      return incident
    }
    if parts.program == .master { return readMasterWarning(line, from: start, to: end) }
    return isTableProblem(line, from: start, to: end)
      ? .tableUnavailable
      : isQueueFileSize(line, from: start, to: end) ? .queueFileSize : .otherWarning
  }

  private static func readMasterWarning(
    _ line: Span<UInt8>, from start: Int, to end: Int
  ) -> LogIncident {
    if line.has("process ", at: start, to: end) { return .processDied }
    if line.has(": bad command startup -- throttling", at: end - 35, to: end) { return .throttled }
    if line.has("service \"", at: start, to: end),
      line.find(" has reached its process limit ", from: start, to: end) != nil
    {
      return .processLimit
    }
    return .otherWarning
  }

  /// `TYPE:NAME is unavailable. …`, `TYPE:NAME lookup error for "…"`, `…: table lookup problem`; the
  /// name of a table has no blank, so that nothing a client says stands before these words.
  private static func isTableProblem(_ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    if line.has(": table lookup problem", at: end - 22, to: end) { return true }
    guard let blank = line.firstIndex(of: UInt8(ascii: " "), from: start, to: end),
      line.firstIndex(of: UInt8(ascii: ":"), from: start, to: blank) != nil
    else { return false }
    return line.has(" is unavailable. ", at: blank, to: end)
      || line.has(" lookup error for ", at: blank, to: end)
  }

  /// `QUEUEID: queue file size limit exceeded`.
  private static func isQueueFileSize(_ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":"), from: start, to: min(end, start + 32))
    else { return false }
    return line.has(": queue file size limit exceeded", at: colon, to: end)
  }
}
