/// One shape of refusal as Postfix logs it, with its cause.
public struct RejectKind: Sendable {
  /// The program that logs it.
  public var program = "smtpd"
  /// The message; `{C}` is `name[address]`, `{A}` the address, `{H}` the HELO name, `{S}` the sender,
  /// `{R}` the recipient, `{Q}` a queue id.
  public var message: String
  /// Code and enhanced code as they stand in the line; empty without both.
  public var reply: String
  /// The command, or `header` and `body`.
  public var command: String
  /// What refused; the only candidate when `isExact`.
  public var cause: String
  /// False where several restrictions say the same.
  public var isExact = true
  /// The argument that the text tells.
  public var argument: String?
  /// False for what `warn_if_reject` cannot turn into a trial.
  public var canBeTrial = true

  private static func smtpd(
    _ reply: String, _ text: String, _ cause: String, exact: Bool = true,
    _ command: String = "RCPT", argument: String? = nil
  ) -> RejectKind {
    var tail = "; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>"
    switch command {
    case "CONNECT": tail = "; proto=SMTP"
    case "HELO", "EHLO": tail = "; proto=SMTP helo=<{H}>"
    case "MAIL": tail = "; from=<{S}> proto=ESMTP helo=<{H}>"
    case "VRFY": tail = "; to=<{R}> proto=ESMTP helo=<{H}>"
    case "ETRN": tail = "; proto=ESMTP helo=<{H}>"
    default: break
    }
    return RejectKind(
      message: "NOQUEUE: reject: \(command) from {C}: \(reply) \(text)\(tail)", reply: reply,
      command: command, cause: cause, isExact: exact, argument: argument)
  }

  private static func postscreen(
    _ reply: String, _ text: String, _ cause: String, exact: Bool = true
  )
    -> RejectKind
  {
    RejectKind(
      program: "postscreen",
      message:
        "NOQUEUE: reject: RCPT from [{A}]:4711: \(reply) \(text); from=<{S}>, to=<{R}>, proto=ESMTP, helo=<{H}>",
      reply: reply, command: "RCPT", cause: cause, isExact: exact, canBeTrial: false)
  }

  private static func whole(
    _ program: String, _ message: String, reply: String, _ command: String, _ cause: String
  ) -> RejectKind {
    RejectKind(
      program: program, message: message, reply: reply, command: command, cause: cause,
      canBeTrial: false)
  }

  /// All shapes: smtpd's restrictions, its own limits, milters, filters, cleanup and postscreen.
  public static let all: [RejectKind] = client + helo + sender + recipient + later + others

  private static let client: [RejectKind] = [
    smtpd(
      "450 4.7.25", "Client host rejected: cannot find your hostname, [{A}]",
      "reject_unknown_client_hostname"),
    smtpd(
      "450 4.7.1", "Client host rejected: cannot find your reverse hostname, [{A}]",
      "reject_unknown_reverse_client_hostname"),
    smtpd(
      "554 5.7.1", "<{C}>: Client host rejected: Access denied", "check_client_access",
      exact: false,
      "CONNECT"),
    smtpd("550 5.7.1", "<{C}>: Client host rejected: go away", "check_client_access", exact: false),
    smtpd(
      "554 5.7.1", "<x.example>: Unverified Client host rejected: Access denied",
      "check_reverse_client_hostname_access", exact: false),
    smtpd("450 4.3.2", "<{C}>: Client host rejected: Try again later", "defer"),
    smtpd(
      "450 4.7.0", "<{C}>: Client host rejected: defer_if_permit requested", "defer_if_permit"),
    smtpd("450 4.7.1", "Session encryption is required", "reject_plaintext_session"),
    smtpd(
      "554 5.7.1",
      "Service unavailable; Client host [{A}] blocked using bl.example; see https://bl.example/{A}",
      "reject_rbl_client", argument: "bl.example"),
    smtpd(
      "554 5.7.1", "Service unavailable; Client host [{A}] blocked using zen.example",
      "reject_rbl_client", "CONNECT", argument: "zen.example"),
    smtpd(
      "554 5.7.1", "Service unavailable; Client host [bad.example] blocked using rh.example",
      "reject_rhsbl_client", argument: "rh.example"),
    smtpd(
      "554 5.7.1",
      "Service unavailable; Unverified Client host [bad.example] blocked using rh.example",
      "reject_rhsbl_reverse_client", argument: "rh.example"),
    smtpd(
      "554 5.7.1", "<CN>: Client certificate rejected: Access denied", "check_ccert_access",
      exact: false),
    smtpd("554 5.7.1", "<bob>: SASL login name rejected: no", "check_sasl_access", exact: false),
  ]

  private static let helo: [RejectKind] = [
    smtpd(
      "554 5.7.1", "Service unavailable; Helo command [{H}] blocked using rh.example",
      "reject_rhsbl_helo", argument: "rh.example"),
    smtpd(
      "504 5.5.2", "<{H}>: Helo command rejected: need fully-qualified hostname",
      "reject_non_fqdn_helo_hostname"),
    smtpd(
      "504 5.5.2", "<{H}>: Helo command rejected: need fully-qualified hostname",
      "reject_non_fqdn_helo_hostname", "EHLO"),
    smtpd(
      "501 5.5.2", "<{H}>: Helo command rejected: Invalid name", "reject_invalid_helo_hostname"),
    smtpd(
      "501 5.5.2", "<{H}>: Helo command rejected: invalid ip address",
      "reject_invalid_helo_hostname", exact: false),
    smtpd(
      "450 4.7.1", "<{H}>: Helo command rejected: Host not found", "reject_unknown_helo_hostname"),
    smtpd(
      "450 4.7.1", "<{H}>: Helo command rejected: Malformed DNS server reply",
      "reject_unknown_helo_hostname"),
    smtpd("554 5.7.1", "<{H}>: Helo command rejected: Access denied", "reject", exact: false),
  ]

  private static let sender: [RejectKind] = [
    smtpd(
      "554 5.7.1", "Service unavailable; Sender address [{S}] blocked using rh.example",
      "reject_rhsbl_sender", argument: "rh.example"),
    smtpd(
      "504 5.5.2", "<{S}>: Sender address rejected: need fully-qualified address",
      "reject_non_fqdn_sender"),
    smtpd(
      "450 4.1.8", "<{S}>: Sender address rejected: Domain not found",
      "reject_unknown_sender_domain"),
    smtpd(
      "550 5.7.27",
      "<{S}>: Sender address rejected: Domain d.example does not accept mail (nullMX)",
      "reject_unknown_sender_domain"),
    smtpd(
      "550 5.1.0", "<{S}>: Sender address rejected: User unknown in virtual alias table",
      "reject_unlisted_sender"),
    smtpd(
      "553 5.7.1", "<{S}>: Sender address rejected: not owned by user bob",
      "reject_sender_login_mismatch", exact: false),
    smtpd(
      "553 5.7.1", "<{S}>: Sender address rejected: not logged in",
      "reject_unauthenticated_sender_login_mismatch", exact: false),
    smtpd(
      "450 4.1.7",
      "<{S}>: Sender address rejected: unverified address: host mx.example[192.0.2.1] said: 550 5.1.1 "
        + "<{S}>: Recipient address rejected: User unknown in local recipient table (in reply to RCPT TO command)",
      "reject_unverified_sender"),
    smtpd(
      "550 5.1.7", "<{S}>: Sender address rejected: undeliverable address: no",
      "reject_unverified_sender"),
    smtpd(
      "554 5.7.1", "<{S}>: Sender address rejected: Access denied", "check_sender_access",
      exact: false, "MAIL"),
  ]

  private static let recipient: [RejectKind] = [
    smtpd(
      "554 5.7.1", "Service unavailable; Recipient address [{R}] blocked using rh.example",
      "reject_rhsbl_recipient", argument: "rh.example"),
    smtpd(
      "450 4.7.0", "<{R}>: Recipient address rejected: defer_if_reject requested",
      "defer_if_reject"),
    smtpd("554 5.7.1", "<{R}>: Relay access denied", "reject_unauth_destination"),
    smtpd("454 4.7.1", "<{R}>: Relay access denied", "defer_unauth_destination"),
    smtpd(
      "550 5.1.1", "<{R}>: Recipient address rejected: User unknown in local recipient table",
      "reject_unlisted_recipient"),
    smtpd(
      "550 5.1.1", "<{R}>: Recipient address rejected: User unknown", "reject_unlisted_recipient",
      "VRFY"),
    smtpd(
      "504 5.5.2", "<{R}>: Recipient address rejected: need fully-qualified address",
      "reject_non_fqdn_recipient"),
    smtpd(
      "450 4.1.2", "<{R}>: Recipient address rejected: Domain not found",
      "reject_unknown_recipient_domain"),
    smtpd(
      "556 5.1.10",
      "<{R}>: Recipient address rejected: Domain mx.example does not accept mail (nullMX)",
      "reject_unknown_recipient_domain"),
    smtpd(
      "450 4.1.1", "<{R}>: Recipient address rejected: unverified address: Address lookup failed",
      "reject_unverified_recipient"),
    smtpd(
      "450 4.2.0", "<{R}>: Recipient address rejected: Greylisted, see https://g.example/?x=1;y=2",
      "check_policy_service", exact: false),
    smtpd(
      "554 5.7.1", "<{R}>: Recipient address rejected: Access denied", "check_recipient_access",
      exact: false),
    smtpd(
      "451 4.3.5", "<{R}>: Recipient address rejected: Server configuration problem",
      "check_policy_service"),
  ]

  private static let later: [RejectKind] = [
    smtpd(
      "550 5.5.3", "<DATA>: Data command rejected: Multi-recipient bounce",
      "reject_multi_recipient_bounce", "DATA"),
    smtpd(
      "503 5.5.0", "<DATA>: Data command rejected: Improper use of SMTP command pipelining",
      "reject_unauth_pipelining", "DATA"),
    smtpd(
      "554 5.7.1", "<END-OF-MESSAGE>: End-of-data rejected: Access denied", "reject", exact: false,
      "END-OF-MESSAGE"),
    smtpd(
      "554 5.7.1", "<mx.example>: Etrn command rejected: Access denied", "check_etrn_access",
      exact: false, "ETRN"),
  ]

  private static let others: [RejectKind] = [
    smtpd(
      "451 4.3.5", "<{R}>: Recipient address rejected: Server configuration error",
      "table_lookup_failure"),
    smtpd("451 4.3.5", "Server configuration error", "configuration_error"),
    smtpd("450 4.7.1", "Service unavailable", "configuration_error"),
    smtpd("451 4.3.0", "<{R}>: Temporary lookup failure", "table_lookup_failure"),
    smtpd("552 5.3.4", "Message size exceeds fixed limit", "message_size_limit", "MAIL"),
    smtpd("452 4.3.1", "Insufficient system storage", "queue_minfree", "MAIL"),
    smtpd("599 5.9.9", "a form that nobody knows", "unknown"),
    whole(
      "smtpd",
      "NOQUEUE: milter-reject: RCPT from {C}: 451 4.7.1 Service unavailable - try again later; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>",
      reply: "451 4.7.1", "RCPT", "smtpd_milters"),
    whole(
      "cleanup",
      "{Q}: milter-reject: END-OF-MESSAGE from {C}: 5.7.1 spam; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>",
      reply: "5.7.1", "END-OF-MESSAGE", "smtpd_milters"),
    whole(
      "smtpd",
      "proxy-reject: END-OF-MESSAGE: 550 5.7.1 spam; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>",
      reply: "550 5.7.1", "END-OF-MESSAGE", "smtpd_proxy_filter"),
    whole(
      "cleanup",
      "{Q}: reject: header Subject: win from {C}; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>: 5.7.1 no spam",
      reply: "5.7.1", "header", "header_checks"),
    whole(
      "cleanup",
      "{Q}: reject: body viagra; from=<a> from {C}; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>: 5.7.1 no spam",
      reply: "5.7.1", "body", "body_checks"),
    postscreen(
      "550 5.7.1", "Service unavailable; client [{A}] blocked using zen.example",
      "postscreen_dnsbl_action"),
    postscreen("550 5.3.2", "Service currently unavailable", "postscreen_access_list"),
    postscreen("450 4.3.2", "Service currently unavailable", "postscreen_deep_protocol_tests"),
    postscreen("550 5.5.1", "Protocol error", "postscreen_greet_action", exact: false),
    whole(
      "postscreen", "NOQUEUE: reject: CONNECT from [{A}]:4712: too many connections", reply: "",
      "CONNECT", "postscreen_client_connection_count_limit"),
    whole(
      "postscreen", "NOQUEUE: reject: CONNECT from [{A}]:4713: all server ports busy", reply: "",
      "CONNECT", "postscreen_post_queue_limit"),
    whole(
      "postscreen", "reject: connect from [{A}]:4714: all screening ports busy", reply: "",
      "CONNECT", "postscreen_pre_queue_limit"),
  ]
}

extension RejectKind {
  /// The message with values in place of its placeholders.
  public var filled: String {
    let values: [Character: String] = [
      "C": "x.example[192.0.2.9]", "A": "192.0.2.9", "H": "h", "S": "s@d.example",
      "R": "r@mx.example", "Q": "9E730FD84EB",
    ]
    var result = ""
    var rest = Substring(message)
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      result += values[rest[rest.index(after: brace)]] ?? ""
      rest = rest[rest.index(brace, offsetBy: 3)...]
    }
    return result + rest
  }
}
