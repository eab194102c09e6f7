import MailLog
import TestSupport
import Testing

/// Refusals at HELO, where the name stands as the client gave it (`smtpd_delay_reject = no`).
///
/// The lines of ``names`` are those of a Postfix 3.7 that was sent these names.
@Suite struct RawHeloTests {
  private static let client = "unknown[192.0.2.77]"

  private func read(_ name: String, _ reason: String, sender: String? = nil) -> LogRow {
    let from = sender.map { "from=<\($0)> " } ?? ""
    return row(
      smtpd(
        "NOQUEUE: reject: HELO from \(Self.client): 501 5.5.2 <\(name)>: Helo command rejected: "
          + "\(reason); \(from)proto=SMTP helo=<\(name)>"))
  }

  private static let names = [
    "pc", "", ">", "a b; proto=ESMTP helo=<x", "x; proto=SMTP helo=<y> z",
    "a>: Relay access denied; from=<f@x> to=<t@y> proto=SMTP helo=<b",
    "q>: Sender address rejected: Domain not found",
    "\(client)>: Client host rejected: Access denied",
    "Z>: Helo command rejected: need fully-qualified hostname; proto=SMTP helo=<\(client)>: Client host "
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
      "\(Self.client)>: Client host rejected: Access denied; proto=SMTP helo=<Z", "Invalid name")
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
      ("554 5.7.1 <\(Self.client)>: Client host rejected: Access denied", "check_client_access"),
    ] {
      let row = row(
        smtpd(
          "NOQUEUE: reject: EHLO from \(Self.client): \(reply); proto=ESMTP helo=<\(name)>"))
      #expect(row.candidates.contains { $0.name == restriction }, "\(row)")
      #expect(row.helo == name && row.sender == nil && row.recipient == nil)
    }
  }

  /// What cannot be printed is a blank in the reply.
  @Test func unprintableNames() {
    let row = row(
      smtpd(
        "NOQUEUE: reject: HELO from \(Self.client): 501 5.5.2 <a b> c>: Helo command rejected: Invalid "
          + "name; proto=SMTP helo=<a?b> c>"))
    #expect(row.candidates.map(\.name) == ["reject_invalid_helo_hostname"])
    #expect(row.helo == "a?b> c")
  }

  @Test func loginBehindTheName() {
    for name in ["a> b", "a> sasl_username=x"] {
      let row = row(
        smtpd(
          "NOQUEUE: reject: EHLO from \(Self.client): 501 5.5.2 <\(name)>: Helo command rejected: Invalid "
            + "name; proto=ESMTP helo=<\(name)> sasl_method=PLAIN sasl_username=lea"))
      #expect(row.candidates.map(\.name) == ["reject_invalid_helo_hostname"])
      #expect(row.helo == name && row.saslUser == "lea")
    }
  }

  /// Names of all that a line is made of: each is told right or not at all.
  @Test func noNameIsTakenForAnother() {
    let pieces = [
      "a", "b.example", " ", ">", "<", ">: ", "; ", "; proto=SMTP", " helo=<",
      "; from=<s@d.example>",
      " to=<t@d.example>", "Helo command rejected: ", "Client host rejected: ", "Access denied",
      "Invalid name", Self.client, "Relay access denied", "Temporary lookup failure",
      "Sender address rejected: Domain not found", " sasl_username=u", "\"",
    ]
    var random = SeededRandom(11)
    var found = 0
    for _ in 0..<4000 {
      let count = 1 + Int(random.next() % 12)
      let name = (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
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
