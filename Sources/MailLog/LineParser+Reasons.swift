// What stands behind `rejected: `.
//
// Tables and policy servers may begin their texts with Postfix's own words, so each must be there to
// its end.
extension LineParser {
  /// True when `text` is all of `start..<end`.
  static func isWhole(_ text: StaticString, _ line: Span<UInt8>, from start: Int, to end: Int)
    -> Bool
  {
    text.utf8CodeUnitCount == end - start && line.has(text, at: start, to: end)
  }

  /// The signature of a reason.
  static func reason(
    _ line: Span<UInt8>, _ subject: RejectSignature.Subject, from start: Int, to end: Int,
    _ parts: LineParts
  ) -> RejectSignature {
    if isWhole("Access denied", line, from: start, to: end) {
      return RejectSignature(subject, .accessDenied)
    }
    let own = specificReason(line, subject, from: start, to: end, parts)
    let found = own ?? commonReason(line, from: start, to: end)
    if end - start < longestReason && isCut(parts) && !isCertain(found, end - start) {
      return .undecided
    }
    return RejectSignature(subject, found)
  }

  /// As long as the longest text of Postfix's own that is nothing but words.
  private static let longestReason = 41

  /// False where a text that was cut may have gone on otherwise.
  private static func isCertain(_ reason: RejectSignature.Reason, _ length: Int) -> Bool {
    // `User unknown in` has told enough.
    reason == .verification || (reason == .specificC && length > 16)
  }

  /// The signature of a reason behind `Client host rejected: ` that names no client in front: only the
  /// two checks of the client's name speak so.
  static func clientReason(_ line: Span<UInt8>, from start: Int, to end: Int, _ parts: LineParts)
    -> RejectSignature
  {
    let checks: [(StaticString, RejectSignature.Reason)] = [
      ("cannot find your hostname, [", .specificA),
      ("cannot find your reverse hostname, [", .specificB),
    ]
    for (text, reason) in checks
    where line.has(text, at: start, to: end) && line[end - 1] == UInt8(ascii: "]") {
      return RejectSignature(.client, reason)
    }
    return reason(line, .client, from: start, to: end, parts)
  }

  private static func specificReason(
    _ line: Span<UInt8>, _ subject: RejectSignature.Subject, from start: Int, to end: Int,
    _ parts: LineParts
  ) -> RejectSignature.Reason? {
    switch subject {
    case .helo:
      // Some sources write `fully-qualifiedhostname`.
      let words: [(StaticString, RejectSignature.Reason)] = [
        ("need fully-qualified hostname", .specificA), ("need fully-qualifiedhostname", .specificA),
        ("Invalid name", .specificB), ("invalid ip address", .specificC),
        ("Host not found", .specificD), ("Malformed DNS server reply", .specificD),
      ]
      return words.first { isWhole($0.0, line, from: start, to: end) }?.1
    case .sender, .recipient:
      return addressReason(line, subject, from: start, to: end, parts)
    default: return nil
    }
  }

  private static func addressReason(
    _ line: Span<UInt8>, _ subject: RejectSignature.Subject, from start: Int, to end: Int,
    _ parts: LineParts
  ) -> RejectSignature.Reason? {
    let words: [(StaticString, RejectSignature.Reason)] = [
      ("need fully-qualified address", .specificA), ("Domain not found", .specificB),
      ("Malformed DNS server reply", .specificB), ("User unknown", .specificC),
      ("address verification problem", .verification),
    ]
    if let word = words.first(where: { isWhole($0.0, line, from: start, to: end) }) {
      return word.1
    }
    if isNullMX(line, from: start, to: end) { return .specificB }
    if isUnknownUser(line, from: start, to: end, parts) { return .specificC }
    // What follows is what another server said.
    if line.has("unverified address: ", at: start, to: end)
      || line.has("undeliverable address: ", at: start, to: end)
    {
      return .verification
    }
    if subject == .recipient {
      return isWhole("Relay access denied", line, from: start, to: end) ? .specificD : nil
    }
    if isWhole("not logged in", line, from: start, to: end) { return .specificE }
    return isOneWord(behind: "not owned by user ", line, from: start, to: end) ? .specificD : nil
  }

  /// `Domain NAME does not accept mail (nullMX)`.
  private static func isNullMX(_ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    line.has(" does not accept mail (nullMX)", at: end - 30, to: end)
      && isOneWord(behind: "Domain ", line, from: start, to: end - 30)
  }

  private static func isOneWord(
    behind text: StaticString, _ line: Span<UInt8>, from start: Int, to end: Int
  ) -> Bool {
    let word = start + text.utf8CodeUnitCount
    return word < end && line.has(text, at: start, to: end)
      && line.firstIndex(of: UInt8(ascii: " "), from: word, to: end) == nil
  }

  /// `User unknown in local recipient table` and its kin; of a reply that was cut the beginning will do.
  private static func isUnknownUser(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ parts: LineParts
  ) -> Bool {
    guard line.has("User unknown in ", at: start, to: end) else { return false }
    let tables: [StaticString] = [
      "local recipient table", "relay recipient table", "virtual alias table",
      "virtual mailbox table",
    ]
    let from = start + 16
    return tables.contains { table in
      if isWhole(table, line, from: from, to: end) { return true }
      guard isCut(parts), end - from < table.utf8CodeUnitCount else { return false }
      return (0..<(end - from)).allSatisfy { line[from + $0] == table.utf8Start[$0] }
    }
  }

  private static func commonReason(_ line: Span<UInt8>, from start: Int, to end: Int)
    -> RejectSignature.Reason
  {
    let reasons: [(StaticString, RejectSignature.Reason)] = [
      ("Try again later", .tryAgainLater), ("defer_if_permit requested", .deferIfPermit),
      ("defer_if_reject requested", .deferIfReject), ("Service unavailable", .serviceUnavailable),
      ("Server configuration problem", .configurationProblem),
      ("Server configuration error", .configurationError),
      ("Multi-recipient bounce", .multiRecipientBounce),
      ("Improper use of SMTP command pipelining", .pipelining),
    ]
    return reasons.first { isWhole($0.0, line, from: start, to: end) }?.1 ?? .custom
  }
}
