import MailLog
import TestSupport
import Testing

/// Refusals at HELO, where the name stands as the client gave it (`smtpd_delay_reject = no`).
///
/// The lines of ``names`` are those of a Postfix 3.7 that was sent these names.
@Suite struct RawHeloTests {
  private func read(_ name: String, _ reason: String, sender: String? = nil) -> LogRow {
    let from = sender.map { "from=<\($0)> " } ?? ""
    return row(
      smtpd(
        "NOQUEUE: reject: HELO from \(madeClient): 501 5.5.2 <\(name)>: Helo command rejected: "
          + "\(reason); \(from)proto=SMTP helo=<\(name)>"))
  }

  private static let names = [
    "pc", "", ">", "a b; proto=ESMTP helo=<x", "x; proto=SMTP helo=<y> z",
    "a>: Relay access denied; from=<f@x> to=<t@y> proto=SMTP helo=<b",
    "q>: Sender address rejected: Domain not found",
    "\(madeClient)>: Client host rejected: Access denied",
    "Z>: Helo command rejected: need fully-qualified hostname; proto=SMTP helo=<\(madeClient)>: Client host "
      + "rejected: Access denied; proto=SMTP helo=<Z",
    "\"quoted \\ name\" <x@y>", "name; from=<a@b.example> proto=SMTP helo=<z.example",
    "a>: Helo command rejected: Host not found; proto=SMTP helo=<a",
    "a>: Temporary lookup failure; proto=SMTP helo=<a",
  ]

  private static let reasons = [
    ("Invalid name", "reject_invalid_helo_hostname"),
    ("need fully-qualified hostname", "reject_non_fqdn_helo_hostname"),
    ("Host not found", "reject_unknown_helo_hostname"),
  ]

  @Test(arguments: names, [nil, "s@d.example", "\"x; proto=SMTP helo=<y>\"@d.example"])
  func nameForgesNothing(_ name: String, _ sender: String?) {
    for (reason, restriction) in Self.reasons {
      let row = read(name, reason, sender: sender)
      #expect(row.candidates.map(\.name) == [restriction], "\(row)")
      #expect((row.helo ?? "") == name && row.sender == sender && row.recipient == nil)
    }
  }

  /// The same line, letter by letter, as of a client that was refused and named itself otherwise.
  @Test func whatMayBeTwoThingsIsNeither() {
    let row = read(
      "\(madeClient)>: Client host rejected: Access denied; proto=SMTP helo=<Z", "Invalid name")
    #expect(row.candidates.map(\.name) == ["unknown"])
    #expect(row.helo == nil && row.sender == nil && row.recipient == nil)
  }

  @Test func namesBehindTheRepliesOfOthers() {
    let name = "x> ; from=<f@x> to=<t@y> proto=SMTP helo=<y"
    for (reply, restriction) in [
      (
        "554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using bl.example; listed",
        "reject_rbl_client"
      ),
      (
        "554 5.7.1 Service unavailable; Helo command [\(name)] blocked using dbl.example; see x",
        "reject_rhsbl_helo"
      ),
      ("554 5.7.1 <\(madeClient)>: Client host rejected: Access denied", "check_client_access"),
    ] {
      let row = row(
        smtpd(
          "NOQUEUE: reject: EHLO from \(madeClient): \(reply); proto=ESMTP helo=<\(name)>"))
      #expect(row.candidates.contains { $0.name == restriction }, "\(row)")
      #expect(row.helo == name && row.sender == nil && row.recipient == nil)
    }
  }

  /// What cannot be printed is a blank in the reply.
  @Test func unprintableNames() {
    let row = row(
      smtpd(
        "NOQUEUE: reject: HELO from \(madeClient): 501 5.5.2 <a b> c>: Helo command rejected: Invalid "
          + "name; proto=SMTP helo=<a?b> c>"))
    #expect(row.candidates.map(\.name) == ["reject_invalid_helo_hostname"])
    #expect(row.helo == "a?b> c")
  }

  @Test func loginBehindTheName() {
    for name in ["a> b", "a> sasl_username=x"] {
      let row = row(
        smtpd(
          "NOQUEUE: reject: EHLO from \(madeClient): 501 5.5.2 <\(name)>: Helo command rejected: Invalid "
            + "name; proto=ESMTP helo=<\(name)> sasl_method=PLAIN sasl_username=lea"))
      #expect(row.candidates.map(\.name) == ["reject_invalid_helo_hostname"])
      #expect(row.helo == name && row.saslUser == "lea")
    }
  }

  /// The row of a line of HELO, and what is behind the client in it.
  private func refused(_ action: String, _ rest: String) -> LogRow {
    row(smtpd("NOQUEUE: \(action): HELO from \(madeClient): \(rest)"))
  }

  /// A name that swallows the reply as a quoted sender: it may be one.
  @Test(arguments: [
    "pc>: Helo command rejected: Host not found; from=<\"@v.example> proto=SMTP helo=<pc",
    "\(madeClient)>: Client host rejected: Access denied; from=<\"@v.example> to=<t@v.example> proto=SMTP "
      + "helo=<pc",
  ])
  func quotesInNames(_ name: String) {
    let row = read(name, "Invalid name")
    #expect(row.candidates.map(\.name) == ["unknown"])
    #expect(row.helo == nil && row.sender == nil && row.recipient == nil)
  }

  @Test(arguments: [
    "x; from=<\"@v.example> to=<t@v.example> proto=SMTP helo=<pc", "pc> sasl_method=PLAIN",
    "pc> sasl_sender=q", "a\"@v>, sasl_method=PLAIN",
  ])
  func namesLikeAttributes(_ name: String) {
    let row = read(name, "Invalid name")
    #expect(row.candidates.map(\.name) == ["reject_invalid_helo_hostname"])
    #expect(row.helo == name && row.sender == nil && row.recipient == nil && row.saslUser == nil)
  }

  /// Postfix cuts a reply at 510 bytes, so that the whole name may not be in it.
  @Test func namesThatTheReplyCuts() {
    for name in [
      "a; proto=SMTP helo=<" + String(repeating: "b", count: 480),
      "pc>: Helo command rejected: Host not found; from=<" + String(repeating: "j", count: 470)
        + "> proto=SMTP helo=<pc",
    ] {
      let reply = "501 5.5.2 <\(name)>: Helo command rejected: Invalid name".prefix(510)
      let row = refused("reject", "\(reply); proto=SMTP helo=<\(name)>")
      #expect(row.candidates.map(\.name) == ["unknown"])
      #expect(row.helo == nil && row.sender == nil)
    }
  }

  /// Postfix cuts a message at 2000 bytes, so that the line may end in the midst of the name.
  @Test func linesThatPostfixCuts() {
    let start =
      "NOQUEUE: reject: HELO from \(madeClient): 501 5.5.2 <pc>: Helo command rejected: Host not found; "
      + "from=<"
    let end = "> proto=SMTP helo=<pc> sasl_username=lea"
    let filler = String(repeating: "j", count: 2000 - start.utf8.count - end.utf8.count)
    let row = row(smtpd(start + filler + end))
    #expect(row.candidates.map(\.name) == ["unknown"])
    #expect(row.helo == nil && row.sender == nil && row.saslUser == nil)
  }

  /// After MAIL and RCPT a client may say HELO again.
  @Test func senderAndRecipientOfATransaction() {
    for name in ["pc", "a> b"] {
      for login in ["", " sasl_method=PLAIN sasl_username=lea"] {
        let row = refused(
          "reject",
          "501 5.5.2 <\(name)>: Helo command rejected: Invalid name; from=<s@d.example> "
            + "to=<t@d.example> proto=ESMTP helo=<\(name)>\(login)")
        #expect(row.candidates.map(\.name) == ["reject_invalid_helo_hostname"])
        #expect(row.helo == name && row.sender == "s@d.example" && row.recipient == "t@d.example")
        #expect(row.saslUser == (login.isEmpty ? nil : "lea"))
      }
    }
  }

  @Test func repliesOfOthersBehindAQuotedSender() {
    let sender = "\"x; proto=SMTP helo=<y>\"@d.example"
    for (action, reply, restriction) in [
      (
        "reject", "554 5.7.1 <\(madeClient)>: Client host rejected: Access denied",
        "check_client_access"
      ),
      (
        "reject", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.77]",
        "reject_unknown_client_hostname"
      ),
      ("milter-reject", "550 5.7.1 Command rejected", "smtpd_milters"),
    ] {
      let row = refused(action, "\(reply); from=<\(sender)> proto=SMTP helo=<>>")
      #expect(row.candidates.contains { $0.name == restriction }, "\(row)")
      #expect(row.helo == ">" && row.sender == sender)
    }
  }

  /// The table may have been asked for the client or for the name.
  @Test func lookupFailureOfTheClient() {
    let name = "z>; proto=SMTP helo=<\(madeClient)"
    let row = refused(
      "reject",
      "451 4.3.0 <\(madeClient)>: Temporary lookup failure; proto=SMTP helo=<\(name)>")
    #expect(row.candidates.map(\.name) == ["table_lookup_failure"] && row.helo == name)
  }

  /// A name may hold the words before a list's domain; what cannot be printed is `_` there.
  @Test(arguments: [
    ("a] blocked using evil.x; helo=<y@l.example", "a] blocked using evil.x; helo=<y@l.example"),
    ("?] blocked using evil.x; y@l.example", "_] blocked using evil.x; y@l.example"),
  ])
  func listThatRefusesAName(_ name: String, _ shown: String) {
    let row = refused(
      "reject",
      "554 5.7.1 Service unavailable; Helo command [\(shown)] blocked using dbl.good; listed; "
        + "proto=SMTP helo=<\(name)>")
    #expect(row.candidates.map(\.name) == ["reject_rhsbl_helo"])
    #expect(row.candidates.first?.argument == "dbl.good" && row.helo == name)
  }

  @Test func ordinaryLinesWithALogin() {
    let tail = "proto=ESMTP helo=<pc> sasl_method=PLAIN sasl_username=lea"
    for (action, reply) in [
      ("hold", "<pc>: Helo command triggers HOLD action"),
      ("reject", "554 5.7.1 <h.example>: Unverified Client host rejected: Access denied"),
      ("reject", "554 5.7.1 <lea>: SASL login name rejected: Access denied"),
    ] {
      let row = refused(action, "\(reply); \(tail)")
      #expect(row.helo == "pc" && row.saslUser == "lea", "\(row)")
      #expect(action == "hold" || row.candidates.map(\.name) != ["unknown"])
    }
  }

  /// Names of all that a line is made of: each is told right or not at all.
  @Test func noNameIsTakenForAnother() {
    var random = SeededRandom(11)
    var found = 0
    for _ in 0..<4000 {
      let count = 1 + Int(random.next() % 12)
      let name = (0..<count).map { _ in madePieces[Int(random.next() % UInt64(madePieces.count))] }
        .joined()
      let (reason, restriction) = Self.reasons[Int(random.next() % 3)]
      let row = read(name, reason)
      guard row.candidates.map(\.name) != ["unknown"] else { continue }
      found += 1
      #expect(row.candidates.map(\.name) == [restriction], "\(name)")
      #expect((row.helo ?? "") == name && row.sender == nil && row.recipient == nil, "\(name)")
    }
    #expect(found > 3900)
  }
}
