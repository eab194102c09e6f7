/// What a line reports besides connections, rejects, trial rejects and accepted mail, as it is counted.
///
/// Source: the log calls of smtpd, cleanup, master and the delivery agents, as read and run.
public enum LogIncident: UInt8, CaseIterable, Sendable {
  // Actions of access tables, content checks, milters and filters (access(5), header_checks(5)).
  case hold, discard, filter, redirect, bcc, info, warn, hangup, permit, prepend, replace, strip,
    pass
  case milterHold, milterDiscard, proxyAccept
  // What became of a recipient.
  case sent, deferred, bounced, expired
  // How sessions end before their time.
  case lostConnection, timeout, tooManyErrors
  // What clients do wrong.
  case authFailure, improperPipelining, nonSMTPCommand, illegalAddress, hostnameMismatch
  // Limits that leave a warning but no reject line.
  case connectionRate, connectionCount, messageRate, recipientRate, authRate, newTLSRate
  case queueFileSize
  // TLS of clients.
  case tls13, tls12, tls11, tls10, tlsOther, tlsError
  // Postfix itself.
  case start, reload, stop, fatal, panic, processDied, throttled, processLimit
  // The configuration and what it refers to.
  case tableUnavailable, unknownRestriction, badRestriction, replyCodeError, milterUnavailable
  case policyServerUnavailable
  /// Warnings of no other kind.
  case otherWarning
  /// Errors without an end of the process.
  case error

  /// What an incident is about.
  public enum Group: Sendable {
    case action, delivery, event
  }

  /// What it is about.
  public var group: Group {
    switch self.rawValue {
    case ...Self.proxyAccept.rawValue: .action
    case ...Self.expired.rawValue: .delivery
    default: .event
    }
  }

  /// The name in JSON and on the screen; for limits the parameter that sets them.
  public var name: String {
    // Written out: a case's own name is found by a search through all of the program's types.
    switch self {
    case .hold: "hold"
    case .discard: "discard"
    case .filter: "filter"
    case .redirect: "redirect"
    case .bcc: "bcc"
    case .info: "info"
    case .warn: "warn"
    case .hangup: "hangup"
    case .permit: "permit"
    case .prepend: "prepend"
    case .replace: "replace"
    case .strip: "strip"
    case .pass: "pass"
    case .milterHold: "milter-hold"
    case .milterDiscard: "milter-discard"
    case .proxyAccept: "proxy-accept"
    case .sent: "sent"
    case .deferred: "deferred"
    case .bounced: "bounced"
    case .expired: "expired"
    case .lostConnection: "lost_connection"
    case .timeout: "timeout"
    case .tooManyErrors: "too_many_errors"
    case .authFailure: "auth_failure"
    case .improperPipelining: "improper_pipelining"
    case .nonSMTPCommand: "non_smtp_command"
    case .illegalAddress: "illegal_address"
    case .hostnameMismatch: "hostname_mismatch"
    case .connectionRate: "smtpd_client_connection_rate_limit"
    case .connectionCount: "smtpd_client_connection_count_limit"
    case .messageRate: "smtpd_client_message_rate_limit"
    case .recipientRate: "smtpd_client_recipient_rate_limit"
    case .authRate: "smtpd_client_auth_rate_limit"
    case .newTLSRate: "smtpd_client_new_tls_session_rate_limit"
    case .queueFileSize: "message_size_limit"
    case .tls13: "TLSv1.3"
    case .tls12: "TLSv1.2"
    case .tls11: "TLSv1.1"
    case .tls10: "TLSv1"
    case .tlsOther: "tls_other"
    case .tlsError: "tls_error"
    case .start: "start"
    case .reload: "reload"
    case .stop: "stop"
    case .fatal: "fatal"
    case .panic: "panic"
    case .processDied: "process_died"
    case .throttled: "throttled"
    case .processLimit: "process_limit"
    case .tableUnavailable: "table_unavailable"
    case .unknownRestriction: "unknown_restriction"
    case .badRestriction: "bad_restriction"
    case .replyCodeError: "reply_code_error"
    case .milterUnavailable: "milter_unavailable"
    case .policyServerUnavailable: "policy_server_unavailable"
    case .otherWarning: "other_warning"
    case .error: "error"
    }
  }

  /// True for what stands as a mark on a course: another configuration, or trouble with it.
  var isMark: Bool {
    switch self {
    case .start, .reload, .fatal, .panic, .throttled, .unknownRestriction, .tableUnavailable: true
    default: false
    }
  }
}

extension LogIncident {
  /// The incident of a line of a kind that is counted as one; nil when it is none.
  static func read(_ line: Span<UInt8>, _ parts: LineParts) -> LogIncident? {
    let (start, end) = (parts.text.lower, parts.text.upper)
    switch parts.kind {
    case .action: return readAction(line, parts)
    case .delivery: return readDelivery(line, from: start, to: end)
    case .expired: return .expired
    case .lost: return readLoss(line, parts)
    case .authFailure: return .authFailure
    case .misbehaviour: return .improperPipelining
    case .tls: return readTLS(line, from: start, to: end)
    case .lifecycle where parts.program == .master: return readLifecycle(line, from: start, to: end)
    case .fatal: return .fatal
    case .panic: return .panic
    case .error: return .error
    case .warning: return readWarning(line, parts)
    default: return nil
    }
  }

  private static let actions: [(StaticString, LogIncident)] = [
    ("hold: ", .hold), ("discard: ", .discard), ("filter: ", .filter), ("redirect: ", .redirect),
    ("bcc: ", .bcc), ("info: ", .info), ("warn: ", .warn), ("warning: ", .warn),
    ("hangup: ", .hangup), ("permit: ", .permit), ("prepend: ", .prepend),
    ("replace: ", .replace), ("strip: ", .strip), ("pass: ", .pass),
    ("milter-hold: ", .milterHold), ("milter-discard: ", .milterDiscard),
    ("proxy-accept: ", .proxyAccept),
  ]

  /// The action word stands right behind the queue id or `NOQUEUE`.
  private static func readAction(_ line: Span<UInt8>, _ parts: LineParts) -> LogIncident? {
    let start = parts.queueID.isPresent ? parts.queueID.upper + 2 : Int(parts.message) + 9
    return first(of: actions, line, at: start, to: Int(parts.end))
  }

  private static func first(
    of words: [(StaticString, LogIncident)], _ line: Span<UInt8>, at start: Int, to end: Int
  ) -> LogIncident? {
    words.first { line.has($0.0, at: start, to: end) }?.1
  }

  private static func readLoss(_ line: Span<UInt8>, _ parts: LineParts) -> LogIncident? {
    first(
      of: [
        ("lost connection", .lostConnection), ("timeout", .timeout),
        ("too many errors", .tooManyErrors),
      ], line, at: parts.text.lower, to: parts.text.upper)
  }

  /// `to=<A>[, orig_to=<A>], relay=…, dsn=X.Y.Z, status=S (TEXT)`; results of address probes
  /// (`deliverable`, `undeliverable`) are no deliveries.
  private static func readDelivery(
    _ line: Span<UInt8>, from start: Int, to end: Int
  ) -> LogIncident? {
    guard let to = line.find("to=", from: start, to: min(end, start + 24)) else { return nil }
    guard line.has("<", at: to + 3, to: end) else {
      // Some collectors drop the angle brackets; such an address holds no comma.
      return readStatus(line, from: to, to: end)
    }
    guard var index = addressEnd(line, from: to + 4, to: end) else { return nil }
    if line.has(", orig_to=<", at: index, to: end) {
      guard let behind = addressEnd(line, from: index + 11, to: end) else { return nil }
      index = behind
    }
    return readStatus(line, from: index, to: end)
  }

  /// The status behind the addresses: there Postfix speaks, up to the parenthesis behind it.
  private static func readStatus(
    _ line: Span<UInt8>, from index: Int, to end: Int
  ) -> LogIncident? {
    guard let status = line.find(", status=", from: index, to: end) else { return nil }
    return first(
      of: [
        ("sent ", .sent), ("deferred ", .deferred), ("bounced ", .bounced), ("expired ", .expired),
        ("SOFTBOUNCE ", .deferred),
      ], line, at: status + 9, to: end)
  }

  /// The position behind the `>` of an address; one inside a quoted local part closes nothing.
  private static func addressEnd(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start
    if index < end, line[index] == UInt8(ascii: "\"") {
      index += 1
      while index < end, line[index] != UInt8(ascii: "\"") {
        index += line[index] == UInt8(ascii: "\\") ? 2 : 1
      }
    }
    return line.firstIndex(of: UInt8(ascii: ">"), from: index, to: end).map { $0 + 1 }
  }

  private static func readTLS(_ line: Span<UInt8>, from start: Int, to end: Int) -> LogIncident {
    guard let found = line.find("TLS connection ", from: start, to: min(end, start + 30)) else {
      return .tlsError
    }
    guard let with = line.find(" with cipher ", from: found, to: end),
      let blank = line.lastIndex(of: UInt8(ascii: " "), from: found, to: with)
    else { return .tlsOther }
    let versions: [(StaticString, LogIncident)] = [
      ("TLSv1.3", .tls13), ("TLSv1.2", .tls12), ("TLSv1.1", .tls11), ("TLSv1", .tls10),
    ]
    return first(of: versions, line, at: blank + 1, to: with) ?? .tlsOther
  }

  private static func readLifecycle(
    _ line: Span<UInt8>, from start: Int, to end: Int
  ) -> LogIncident? {
    first(
      of: [("daemon started", .start), ("reload ", .reload), ("terminating ", .stop)], line,
      at: start, to: end)
  }
}
