import TestSupport

/// Writes a log whose truth is known: which rejects it holds, and why each happened.
struct LogGenerator {
  /// One shape of reject with the name that must be among its candidates.
  struct Kind {
    var reply: String
    var text: String
    /// The cause; the only candidate when `isExact`.
    var cause: String
    var isExact = true
    var stage = "RCPT"
    var argument: String?
  }

  /// How stamps are written.
  enum Stamp: CaseIterable { case blankDay, zeroDay, rfc3339, rfc3339Local }

  struct Truth: Equatable {
    var lines = 0
    var connections = 0
    var accepted = 0
    var rejects = 0
    var trial = 0
    var ended = 0
    var refused = 0
    var byReply: [String: Int] = [:]
    var byCommand: [String: Int] = [:]
    var byCause: [String: Int] = [:]
  }

  private(set) var truth = Truth()
  private(set) var bytes: [UInt8] = []
  private var random: SeededRandom
  private let stamp: Stamp
  private var second = 0

  init(seed: UInt64, stamp: Stamp) {
    random = SeededRandom(seed)
    self.stamp = stamp
  }

  /// Replies as Postfix 3.7 writes them; `H`, `S`, `R`, `A`, `N` stand for HELO, sender, recipient,
  /// address and `name[address]`.
  static let kinds: [Kind] = [
    Kind(
      reply: "450 4.7.25", text: "Client host rejected: cannot find your hostname, [A]",
      cause: "reject_unknown_client_hostname"),
    Kind(
      reply: "450 4.7.1", text: "Client host rejected: cannot find your reverse hostname, [A]",
      cause: "reject_unknown_reverse_client_hostname"),
    Kind(
      reply: "554 5.7.1", text: "<N>: Client host rejected: Access denied",
      cause: "check_client_access", isExact: false),
    Kind(
      reply: "550 5.7.1", text: "<N>: Client host rejected: go away", cause: "check_client_access",
      isExact: false),
    Kind(
      reply: "554 5.7.1", text: "<x.example>: Unverified Client host rejected: Access denied",
      cause: "check_reverse_client_hostname_access", isExact: false),
    Kind(reply: "450 4.3.2", text: "<N>: Client host rejected: Try again later", cause: "defer"),
    Kind(
      reply: "450 4.7.0", text: "<N>: Client host rejected: defer_if_permit requested",
      cause: "defer_if_permit"),
    Kind(
      reply: "450 4.7.0", text: "<R>: Recipient address rejected: defer_if_reject requested",
      cause: "defer_if_reject"),
    Kind(
      reply: "450 4.7.1", text: "Session encryption is required", cause: "reject_plaintext_session"),
    Kind(
      reply: "554 5.7.1",
      text:
        "Service unavailable; Client host [A] blocked using bl.example; see https://bl.example/A",
      cause: "reject_rbl_client", argument: "bl.example"),
    Kind(
      reply: "554 5.7.1",
      text: "Service unavailable; Client host [bad.example] blocked using rh.example",
      cause: "reject_rhsbl_client", argument: "rh.example"),
    Kind(
      reply: "554 5.7.1",
      text: "Service unavailable; Unverified Client host [bad.example] blocked using rh.example",
      cause: "reject_rhsbl_reverse_client", argument: "rh.example"),
    Kind(
      reply: "554 5.7.1", text: "Service unavailable; Helo command [H] blocked using rh.example",
      cause: "reject_rhsbl_helo", argument: "rh.example"),
    Kind(
      reply: "554 5.7.1", text: "Service unavailable; Sender address [S] blocked using rh.example",
      cause: "reject_rhsbl_sender", argument: "rh.example"),
    Kind(
      reply: "554 5.7.1",
      text: "Service unavailable; Recipient address [R] blocked using rh.example",
      cause: "reject_rhsbl_recipient", argument: "rh.example"),
    Kind(
      reply: "504 5.5.2", text: "<H>: Helo command rejected: need fully-qualified hostname",
      cause: "reject_non_fqdn_helo_hostname"),
    Kind(
      reply: "501 5.5.2", text: "<H>: Helo command rejected: Invalid name",
      cause: "reject_invalid_helo_hostname"),
    Kind(
      reply: "501 5.5.2", text: "<H>: Helo command rejected: invalid ip address",
      cause: "reject_invalid_helo_hostname", isExact: false),
    Kind(
      reply: "450 4.7.1", text: "<H>: Helo command rejected: Host not found",
      cause: "reject_unknown_helo_hostname"),
    Kind(
      reply: "554 5.7.1", text: "<H>: Helo command rejected: Access denied", cause: "reject",
      isExact: false),
    Kind(
      reply: "504 5.5.2", text: "<S>: Sender address rejected: need fully-qualified address",
      cause: "reject_non_fqdn_sender"),
    Kind(
      reply: "450 4.1.8", text: "<S>: Sender address rejected: Domain not found",
      cause: "reject_unknown_sender_domain"),
    Kind(
      reply: "550 5.7.27",
      text: "<S>: Sender address rejected: Domain d.example does not accept mail (nullMX)",
      cause: "reject_unknown_sender_domain"),
    Kind(
      reply: "550 5.1.0", text: "<S>: Sender address rejected: User unknown in virtual alias table",
      cause: "reject_unlisted_sender"),
    Kind(
      reply: "553 5.7.1", text: "<S>: Sender address rejected: not owned by user bob",
      cause: "reject_sender_login_mismatch", isExact: false),
    Kind(
      reply: "553 5.7.1", text: "<S>: Sender address rejected: not logged in",
      cause: "reject_unauthenticated_sender_login_mismatch", isExact: false),
    Kind(
      reply: "450 4.1.7",
      text:
        "<S>: Sender address rejected: unverified address: host mx.example[192.0.2.1] said: 550 5.1.1 <S>: Recipient address rejected: User unknown in local recipient table (in reply to RCPT TO command)",
      cause: "reject_unverified_sender"),
    Kind(reply: "554 5.7.1", text: "<R>: Relay access denied", cause: "reject_unauth_destination"),
    Kind(reply: "454 4.7.1", text: "<R>: Relay access denied", cause: "defer_unauth_destination"),
    Kind(
      reply: "550 5.1.1",
      text: "<R>: Recipient address rejected: User unknown in local recipient table",
      cause: "reject_unlisted_recipient"),
    Kind(
      reply: "504 5.5.2", text: "<R>: Recipient address rejected: need fully-qualified address",
      cause: "reject_non_fqdn_recipient"),
    Kind(
      reply: "450 4.1.2", text: "<R>: Recipient address rejected: Domain not found",
      cause: "reject_unknown_recipient_domain"),
    Kind(
      reply: "450 4.2.0",
      text: "<R>: Recipient address rejected: Greylisted, see https://g.example/?x=1;y=2",
      cause: "check_policy_service", isExact: false),
    Kind(
      reply: "451 4.3.5", text: "<R>: Recipient address rejected: Server configuration problem",
      cause: "check_policy_service"),
    Kind(
      reply: "451 4.3.5", text: "<R>: Recipient address rejected: Server configuration error",
      cause: "table_lookup_failure"),
    Kind(reply: "451 4.3.5", text: "Server configuration error", cause: "configuration_error"),
    Kind(reply: "451 4.3.0", text: "<R>: Temporary lookup failure", cause: "table_lookup_failure"),
    Kind(
      reply: "550 5.5.3", text: "<DATA>: Data command rejected: Multi-recipient bounce",
      cause: "reject_multi_recipient_bounce", stage: "DATA"),
    Kind(
      reply: "503 5.5.0",
      text: "<DATA>: Data command rejected: Improper use of SMTP command pipelining",
      cause: "reject_unauth_pipelining", stage: "DATA"),
    Kind(
      reply: "554 5.7.1", text: "<END-OF-MESSAGE>: End-of-data rejected: Access denied",
      cause: "reject", isExact: false, stage: "END-OF-MESSAGE"),
    Kind(
      reply: "552 5.3.4", text: "Message size exceeds fixed limit", cause: "message_size_limit",
      stage: "MAIL"),
    Kind(
      reply: "452 4.3.1", text: "Insufficient system storage", cause: "queue_minfree", stage: "MAIL"
    ),
    Kind(reply: "599 5.9.9", text: "a form that nobody knows", cause: "unknown"),
  ]

  /// Writes sessions until there are `lineCount` lines or a few more.
  mutating func write(lineCount: Int) {
    while truth.lines < lineCount { writeSession() }
  }

  private mutating func writeSession() {
    let pid = 1000 + Int(random.next() % 8)
    let address = "192.0.2.\(random.next() % 250 + 1)"
    let client = "unknown[\(address)]"
    let tag = random.next() % 4 == 0 ? "postfix/submission/smtpd" : "postfix/smtpd"
    line("\(tag)[\(pid)]", "connect from \(client)")
    truth.connections += 1
    var rejected = false
    for _ in 0..<(random.next() % 4) {
      rejected = writeReject("\(tag)[\(pid)]", client, address) || rejected
    }
    let accepts = random.next() % 3 == 0
    if accepts { writeMessage("\(tag)[\(pid)]", client) }
    if random.next() % 5 == 0 { line("kernel", "[12.345] eth0: connect from nowhere[1.2.3.4]") }
    line("\(tag)[\(pid)]", "disconnect from \(client) ehlo=1 mail=1 rcpt=0/1 commands=2/3")
    truth.ended += 1
    if rejected && !accepts { truth.refused += 1 }
  }

  /// True when it was a reject and no trial.
  private mutating func writeReject(_ tag: String, _ client: String, _ address: String) -> Bool {
    let kind = Self.kinds[Int(random.next() % UInt64(Self.kinds.count))]
    let helo = "host\(random.next() % 40)"
    let sender = "u\(random.next() % 90)@d\(random.next() % 20).example"
    let recipient = "user\(random.next() % 50)@mx.example"
    var text = ""
    for character in kind.text {
      switch character {
      case "H" where kind.text.contains("<H>") || kind.text.contains("[H]"):
        text += text.hasSuffix("<") || text.hasSuffix("[") ? helo : "H"
      case "S" where text.hasSuffix("<") || text.hasSuffix("["): text += sender
      case "R" where text.hasSuffix("<") || text.hasSuffix("["): text += recipient
      case "A" where text.hasSuffix("["): text += address
      case "N" where text.hasSuffix("<"): text += client
      default: text.append(character)
      }
    }
    let isTrial = random.next() % 6 == 0
    line(
      tag,
      "NOQUEUE: reject\(isTrial ? "_warning" : ""): \(kind.stage) from \(client): \(kind.reply) "
        + "\(text); from=<\(sender)> to=<\(recipient)> proto=ESMTP helo=<\(helo)>")
    if isTrial {
      truth.trial += 1
      return false
    }
    truth.rejects += 1
    truth.byReply[kind.reply, default: 0] += 1
    truth.byCommand[kind.stage, default: 0] += 1
    truth.byCause[kind.cause, default: 0] += 1
    return true
  }

  private mutating func writeMessage(_ tag: String, _ client: String) {
    let queueID = String(random.next() % (1 << 40) + (1 << 36), radix: 16).uppercased()
    line(tag, "\(queueID): client=\(client)")
    line("postfix/cleanup[77]", "\(queueID): message-id=<\(queueID)@x.example>")
    line("postfix/qmgr[78]", "\(queueID): from=<a@b.example>, size=999, nrcpt=1 (queue active)")
    line(
      "postfix/local[79]",
      "\(queueID): to=<x@mx.example>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)"
    )
    // A deferred message becomes active again and must not be counted twice.
    line("postfix/qmgr[78]", "\(queueID): from=<a@b.example>, size=999, nrcpt=1 (queue active)")
    line("postfix/qmgr[78]", "\(queueID): removed")
    truth.accepted += 1
  }

  private mutating func line(_ tag: String, _ message: String) {
    if random.next() % 3 == 0 { second += 1 }
    bytes += Array("\(stampText()) mx1 \(tag): \(message)\n".utf8)
    truth.lines += 1
  }

  private func stampText() -> String {
    let clock = [second / 3600 % 24, second / 60 % 60, second % 60].map(twoDigits)
      .joined(separator: ":")
    let day = 2 + second / 86_400
    return switch stamp {
    case .blankDay: "Nov  \(day) \(clock)"
    case .zeroDay: "Nov \(twoDigits(day)) \(clock)"
    case .rfc3339: "2026-11-\(twoDigits(day))T\(clock).123456+00:00"
    case .rfc3339Local: "2026-11-\(twoDigits(day))T\(clock)+02:00"
    }
  }

  private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
