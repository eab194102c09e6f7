import MailLog
import Testing

/// Senders, recipients and HELO names that hold the words of another class, or of attributes.
///
/// The reply shows an address without quotes and backslashes, the attributes show it with them since
/// Postfix 3.5 and without them before.
@Suite struct ForgedReplyTests {
  /// The row of a reject, and its count read in a block where most lines are of a common form.
  private func read(_ reply: String, from client: String = "unknown[192.0.2.1]") -> LogRow {
    let line = smtpd("NOQUEUE: reject: RCPT from \(client): \(reply)")
    let row = row(line)
    let common = smtpd("connect from \(client)") + "\n"
    let padding = String(repeating: common, count: 4)
    let counted = summary(padding + line + "\n" + padding)
    #expect(counted.signatures.map(\.signature.candidates) == [row.candidates.map(\.name)])
    return row
  }

  private func tail(
    _ sender: String, helo: String = "a.example", to recipient: String = "v@test.example"
  ) -> String {
    "; from=<\(sender)> to=<\(recipient)> proto=ESMTP helo=<\(helo)>"
  }

  private static let unknownDomain = ">: Sender address rejected: Domain not found"

  /// The beginning of a local part with the words of a cause, and the HELO name that goes with it.
  private static let imitations = [
    ("x>: Client host rejected: cannot find your hostname", "a.example"),
    ("x>: Client host rejected: cannot find your hostname, [192.0.2.1]", "a.example"),
    ("unknown[192.0.2.1]>: Client host rejected: Access denied", "a.example"),
    ("192.0.2.1>: Client host rejected: Service unavailable", "a.example"),
    ("x>: Unverified Client host rejected: Access denied", "a.example"),
    ("x>: Client certificate rejected: Access denied", "a.example"),
    ("x>: SASL login name rejected: Access denied", "a.example"),
    ("x>: Etrn command rejected: Access denied", "a.example"),
    ("DATA>: Data command rejected: Improper use of SMTP command pipelining", "a.example"),
    ("END-OF-MESSAGE>: End-of-data rejected: Access denied", "a.example"),
    ("x>: Temporary lookup failure", "a.example"),
    ("a>: Temporary lookup failure", "a"),
    ("a>: Helo command rejected: need fully-qualified hostname", "a"),
    ("a>: Helo command rejected: Access denied", "a"),
    ("v@test.example>: Relay access denied", "a.example"),
    ("v@test.example>: Recipient address rejected: User unknown", "a.example"),
  ]

  @Test(arguments: imitations.indices)
  func senderForgesNoCause(_ index: Int) {
    let (local, helo) = Self.imitations[index]
    let shown = "\(local)@evil.example"
    for sender in ["\"\(local)\"@evil.example", shown] {
      let row = read("450 4.1.8 <\(shown)\(Self.unknownDomain)" + tail(sender, helo: helo))
      if local.hasPrefix("v@test.example>: Recipient") {
        // The recipient in full as well: nobody can tell.
        #expect(row.candidates.map(\.name) == ["unknown"])
      } else {
        #expect(row.candidates.map(\.name) == ["reject_unknown_sender_domain"], "\(sender)")
      }
      #expect(row.sender == sender && row.recipient == "v@test.example" && row.helo == helo)
    }
  }

  @Test(arguments: imitations.indices)
  func recipientForgesNoCause(_ index: Int) {
    let (local, helo) = Self.imitations[index]
    let row = read(
      "550 5.1.1 <\(local)@test.example>: Recipient address rejected: User unknown in local recipient "
        + "table" + tail("s@d.example", helo: helo, to: "\"\(local)\"@test.example"))
    #expect(row.candidates.map(\.name) == ["reject_unlisted_recipient"])
  }

  /// Postfix cuts a reply at 510 bytes: with its end goes what would tell the sender from what he imitates.
  @Test(arguments: [
    ("<", ">: Sender address rejected: Domain not found", "unknown"),
    ("Service unavailable; Sender address [", "] blocked using dbl.example", "reject_rhsbl_sender"),
  ])
  func senderOfAReplyThatIsCut(_ opening: String, _ closing: String, _ cause: String) {
    let local =
      "; to=<>: >: Relay access denied; from=<\"" + String(repeating: "j", count: 460)
      + "\"@v.example> to=<\"x"
    let quoted = local.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let reply = "450 4.1.8 \(opening)\(local)@v.example\(closing)".prefix(510)
    let row = read(reply + tail("\"\(quoted)\"@v.example"))
    #expect(row.candidates.map(\.name) == [cause] && row.helo == "a.example")
    #expect(row.sender == nil && row.recipient == nil)
  }

  /// Quotes and backslashes within a local part.
  @Test func escapedSenderIsTheOneThatTheReplyShows() {
    let row = read(
      "450 4.1.8 <a\"\\>: Temporary lookup failure@evil.example\(Self.unknownDomain)"
        + tail("\"a\\\"\\\\>: Temporary lookup failure\"@evil.example"))
    #expect(row.candidates.map(\.name) == ["reject_unknown_sender_domain"])
  }

  /// Postfix cuts a reply at 510 bytes, so that what it says itself may be lost.
  @Test(arguments: ["x", "a", "unknown[192.0.2.1]", "DATA"])
  func replyThatWasCutForgesNoCause(_ subject: String) {
    for text in [
      ">: Client host rejected: Access denied", ">: Temporary lookup failure",
      ">: Helo command rejected: need fully-qualified hostname",
      ">: Data command rejected: Access denied", ">: Client host rejected: Try again later",
    ] {
      for padding in [300, 480, 600] {
        let local = subject + text + String(repeating: "p", count: padding)
        let whole = "450 4.1.8 <\(local)@evil.example\(Self.unknownDomain)"
        let row = read(whole.prefix(510) + tail("\"\(local)\"@evil.example", helo: "a"))
        let isWhole = whole.utf8.count <= 510
        let wanted = isWhole ? "reject_unknown_sender_domain" : "unknown"
        #expect(row.candidates.map(\.name) == [wanted])
      }
    }
  }

  /// A recipient that begins as the sender and what another server is said to have answered.
  @Test func longRecipientForgesNoVerification() {
    let words = "s@d.example>: Sender address rejected: unverified address: host said: "
    let local = words + String(repeating: "p", count: 500)
    let row = read(
      "550 5.1.1 <\(local)".prefix(510) + tail("s@d.example", to: "\"\(local)\"@test.example"))
    #expect(row.candidates.map(\.name) == ["unknown"])
  }

  /// A HELO name so long that the reply is cut just behind the words of the forgery.
  @Test func longHeloNameForgesNoCause() {
    let words = ">: Helo command rejected: need fully-qualified hostname"
    let helo = String(repeating: "h", count: 510 - 11 - words.utf8.count)
    let row = read(
      "450 4.1.8 <\(helo)\(words)" + tail("\"\(helo)\(words)xyz\"@evil.example", helo: helo))
    #expect(row.candidates.map(\.name) == ["unknown"])
  }

  @Test func genuineSubjectsAreStillRead() {
    let cases = [
      (
        "554 5.7.1 <x.example[2001:db8::1]>: Client host rejected: Access denied",
        "check_client_access"
      ),
      ("451 4.3.0 <x.example[2001:db8::1]>: Temporary lookup failure", "table_lookup_failure"),
      ("451 4.3.0 <a.example>: Temporary lookup failure", "table_lookup_failure"),
      ("450 4.7.1 <x.example>: Client host rejected: Service unavailable", "check_client_access"),
      (
        "554 5.7.1 <other.example>: Unverified Client host rejected: Access denied",
        "check_reverse_client_hostname_access"
      ),
    ]
    for (reply, cause) in cases {
      let row = read(reply + tail("s@d.example"), from: "x.example[2001:db8::1]")
      #expect(row.candidates.first?.name == cause, "\(reply)")
    }
    let port = read(
      "450 4.3.2 <x.example[192.0.2.1]:4711>: Client host rejected: Try again later"
        + tail("s@d.example"), from: "x.example[192.0.2.1]:4711")
    #expect(port.candidates.map(\.name) == ["defer"])
  }

  @Test func domainOfAListIsNoneThatAnAddressHolds() {
    let local = "x] blocked using evil.example; " + String(repeating: "p", count: 600)
    let whole =
      "554 5.7.1 Service unavailable; Sender address [\(local)@d.example] blocked using bl.example"
    let row = read(whole.prefix(510) + tail("\"\(local)\"@d.example"))
    #expect(row.candidates == [CauseCandidate(name: "reject_rhsbl_sender")])
  }

  // MARK: Attributes

  private static let forged =
    "x; from=<ceo@bank.example> to=<boss@victim.example> proto=ESMTP helo=<mail.google.example"

  @Test func attributesOfAnUnquotedSenderAreNotItsOwn() {
    let sender = Self.forged + "@nx.example"
    let row = read(
      "450 4.1.8 <\(sender)\(Self.unknownDomain)"
        + tail(sender, helo: "bot", to: "real@test.example"))
    #expect(row.candidates.map(\.name) == ["reject_unknown_sender_domain"])
    #expect(row.recipient == "real@test.example" && row.helo == "bot" && row.sender == sender)
  }

  /// A reply that says nothing of the sender, and one whose text is another's.
  @Test(arguments: [
    ("554 5.7.1 <r@test.example>: Relay access denied", "reject_unauth_destination"),
    (
      "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]",
      "reject_unknown_client_hostname"
    ),
    (
      "504 5.5.2 <bot>: Helo command rejected: need fully-qualified hostname",
      "reject_non_fqdn_helo_hostname"
    ),
  ])
  func unquotedSenderChangesNoOtherReply(_ reply: String, _ cause: String) {
    for sender in [
      Self.forged + "@nx.example", "evil; from=<ceo@bank.example", "a b> to=<c@d.example",
    ] {
      let row = read(reply + tail(sender, helo: "bot", to: "r@test.example"))
      #expect(row.candidates.map(\.name) == [cause], "\(sender)")
      #expect(row.recipient == "r@test.example" && row.helo == "bot")
      #expect(row.sender == sender || row.sender == nil)
    }
  }

  @Test func unquotedSenderOfADomainListIsReadInFull() {
    let sender = "; proto=SMTP x; from=<y@d.example"
    let row = read(
      "554 5.7.1 Service unavailable; Sender address [\(sender)] blocked using bl.example"
        + tail(sender, to: "; to=<z@test.example"))
    #expect(row.candidates == [CauseCandidate(name: "reject_rhsbl_sender", argument: "bl.example")])
    #expect(row.sender == sender && row.recipient == "; to=<z@test.example")
  }

  @Test func senderThatEndsAsAnotherIsReadInFull() {
    let sender = "a>: Helo command rejected: need fully-qualified hostname; from=<z"
    let row = read("450 4.1.8 <\(sender)\(Self.unknownDomain)" + tail(sender, helo: "a"))
    #expect(row.candidates.map(\.name) == ["reject_unknown_sender_domain"])
    #expect(row.sender == sender && row.recipient == "v@test.example")
  }

  @Test func loginNameOfAnAddressIsNone() {
    let sender = "x; proto=SMTP sasl_username=root"
    let row = read(
      "450 4.1.8 <\(sender)@e.example\(Self.unknownDomain)" + tail("\"\(sender)\"@e.example"))
    #expect(row.candidates.map(\.name) == ["reject_unknown_sender_domain"])
    #expect(row.saslUser == nil && row.sender == "\"\(sender)\"@e.example")
  }

  /// 3.10 and later; a login name may hold blanks.
  @Test func loginNameBehindTheOthersIsRead() {
    let sender = Self.forged + "@nx.example"
    let row = read(
      "450 4.1.8 <\(sender)\(Self.unknownDomain)" + tail(sender, helo: "bot")
        + " sasl_method=PLAIN sasl_username=my name sasl_sender=x")
    #expect(row.helo == "bot" && row.saslUser == "my name" && row.sender == sender)
    #expect(row.recipient == "v@test.example")
  }

  /// Postfix cuts a message at 2000 bytes.
  private func cut(_ reply: String) -> LogRow {
    read(String(reply.prefix(2000 - "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: ".utf8.count)))
  }

  private func expectNoAttributes(_ row: LogRow) {
    #expect(row.sender == nil && row.recipient == nil && row.helo == nil && row.saslUser == nil)
  }

  @Test func lineThatWasCutForgesNoAttributes() {
    let local = Self.forged + ">" + String(repeating: "p", count: 1900)
    let sender = "\"\(local)\"@nx.example"
    let whole = "450 4.1.8 <\(local)@nx.example"
    let row = cut(
      whole.prefix(510) + "; from=<\(sender)> to=<v@test.example> proto=ESMTP helo=<bot>")
    expectNoAttributes(row)
    #expect(row.candidates.map(\.name) == ["unknown"])
    let other = cut(
      "554 5.7.1 <v@test.example>: Relay access denied; from=<\(sender)> to=<v@test.ex")
    expectNoAttributes(other)
    let client = "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]"
    for sender in [sender, local] {
      let bare = cut(client + "; from=<\(sender)> to=<v@test.example> proto=ESMTP helo=<bot>")
      expectNoAttributes(bare)
      #expect(bare.candidates.map(\.name) == ["reject_unknown_client_hostname"])
    }
  }

  /// The cut just behind what looks like the end of a line.
  @Test(arguments: [true, false])
  func cutBehindAForgedEndForgesNoAttributes(_ isQuoted: Bool) {
    let begin = "554 5.7.1 <v@test.example>: Relay access denied; from=<\(isQuoted ? "\"" : "")"
    let end = Self.forged + ">"
    let length = 2000 - 47 - begin.utf8.count - end.utf8.count
    let row = cut(begin + String(repeating: "p", count: length) + end + "more")
    #expect(row.line.hasSuffix("helo=<mail.google.example>"))
    expectNoAttributes(row)
  }

  @Test func genuineLineThatWasCutTellsWhatIsCertain() {
    let long = String(repeating: "t", count: 300)
    let text =
      "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example; see \(long)"
    for (rest, sender, recipient) in [
      (
        "; from=<s@d.example> to=<r@mx.example> proto=ESMTP helo=<ho", "s@d.example", "r@mx.example"
      ),
      ("; from=<s@d.example> to=<r@mx.example> pro", "s@d.example", "r@mx.example"),
      ("; from=<s@d.example> to=<r@mx", "s@d.example", nil),
      ("; from=<\"a b\"@d.example> to", "\"a b\"@d.example", nil),
      ("; from=<s@d", nil, nil),
    ] as [(String, String?, String?)] {
      let row = read(text + rest)
      #expect(row.candidates == [CauseCandidate(name: "reject_rbl_client", argument: "bl.example")])
      #expect(row.sender == sender && row.recipient == recipient && row.helo == nil)
    }
  }

  // MARK: Texts of tables and policy servers

  @Test(arguments: [
    "550 5.7.1 <v@test.example>: Recipient address rejected: User unknown to us, ask postmaster",
    "550 5.7.1 <v@test.example>: Recipient address rejected: User unknown in local circles",
    "550 5.7.1 <v@test.example>: Recipient address rejected: User unknown in locat recipient table",
    "550 5.7.1 <v@test.example>: Recipient address rejected: User unknown in other recipient tabl",
    "550 5.7.1 <v@test.example>: Recipient address rejected: User unknown in local recipient tables",
    "550 5.7.1 <v@test.example>: Recipient address rejected: need fully-qualified address, please",
    "550 5.7.1 <v@test.example>: Recipient address rejected: Relay access denied by us",
    "550 5.7.1 <v@test.example>: Recipient address rejected: unverified addresses are not for us",
    "550 5.7.1 <s@d.example>: Sender address rejected: not logged in from a known country",
    "550 5.7.1 <s@d.example>: Sender address rejected: not owned by user of this domain",
    "550 5.7.1 <s@d.example>: Sender address rejected: Domain not found in our list",
    "550 5.7.1 <s@d.example>: Sender address rejected: Domain of yours does not accept mail (nullMX)",
    "550 5.7.1 <a.example>: Helo command rejected: need fully-qualified hostnames here",
    "550 5.7.1 <a.example>: Helo command rejected: Host not found by us",
    "550 5.7.1 <a.example>: Helo command rejected: Invalid name for a server",
    "550 5.7.1 <unknown[192.0.2.1]>: Client host rejected: cannot find your hostname",
    "550 5.7.1 <unknown[192.0.2.1]>: Client host rejected: cannot find your hostname, [192.0.2.1]",
  ])
  func wordsOfPostfixWithOthersBehindAreATable(_ reply: String) {
    let names = read(reply + tail("s@d.example")).candidates.map(\.name)
    #expect(names.contains("check_policy_service") && names.count > 1)
  }

  @Test(arguments: [
    "local recipient", "relay recipient", "virtual alias", "virtual mailbox",
  ])
  func everyTableOfUsersIsKnown(_ table: String) {
    let row = read(
      "550 5.1.1 <v@test.example>: Recipient address rejected: User unknown in \(table) table"
        + tail("s@d.example"))
    #expect(row.candidates.map(\.name) == ["reject_unlisted_recipient"])
  }

  /// A genuine text that the length of its recipient cut.
  @Test func wordsThatWereCutAreReadAsFarAsTheyTell() {
    let recipient = String(repeating: "r", count: 430) + "@test.example"
    let reply =
      "550 5.1.1 <\(recipient)>: Recipient address rejected: User unknown in local recipient table"
    let known = read(reply.prefix(510) + tail("s@d.example", to: recipient))
    #expect(known.candidates.map(\.name) == ["reject_unlisted_recipient"])
    let longer = String(repeating: "r", count: 450) + "@test.example"
    let other = "550 5.1.1 <\(longer)>: Recipient address rejected: Domain not found anywhere"
    let open = read(other.prefix(510) + tail("s@d.example", to: longer))
    #expect(open.candidates.map(\.name) == ["unknown"])
  }
}
