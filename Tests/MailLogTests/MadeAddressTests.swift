import MailLog
import TestSupport
import Testing

/// Refusals of senders and recipients made of all that a line is made of, as Postfix 3.5 and later log
/// them: each part is told right or not at all.
@Suite struct MadeAddressTests {
  /// What is refused, and by what.
  private enum Kind: CaseIterable {
    case unknownDomain, blockedSender, client, list, helo, unknownUser, relay, blockedRecipient

    /// A recipient is there at RCPT only.
    var isOfRecipient: Bool {
      [.unknownUser, .relay, .blockedRecipient].contains(self)
    }

    func reply(_ sender: String, _ recipient: String) -> (String, String) {
      switch self {
      case .unknownDomain:
        (
          "450 4.1.8 <\(sender)>: Sender address rejected: Domain not found",
          "reject_unknown_sender_domain"
        )
      case .blockedSender:
        (
          "554 5.7.1 Service unavailable; Sender address [\(sender)] blocked using dbl.good; listed",
          "reject_rhsbl_sender"
        )
      case .client:
        (
          "554 5.7.1 <\(madeClient)>: Client host rejected: Access denied",
          "check_client_access"
        )
      case .list:
        (
          "554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using dbl.good; listed",
          "reject_rbl_client"
        )
      case .helo:
        (
          "504 5.5.2 <pc>: Helo command rejected: need fully-qualified hostname",
          "reject_non_fqdn_helo_hostname"
        )
      case .unknownUser:
        (
          "550 5.1.1 <\(recipient)>: Recipient address rejected: User unknown in local recipient table",
          "reject_unlisted_recipient"
        )
      case .relay:
        ("554 5.7.1 <\(recipient)>: Relay access denied", "reject_unauth_destination")
      case .blockedRecipient:
        (
          "554 5.7.1 Service unavailable; Recipient address [\(recipient)] blocked using dbl.good",
          "reject_rhsbl_recipient"
        )
      }
    }
  }

  /// An address as the reply shows it, and as the attributes do.
  private struct Address {
    var shown: String
    var logged: String

    init(_ random: inout SeededRandom, filler: Int) {
      let count = 1 + Int(random.next() % 10)
      var local = (0..<count).map { _ in
        madePieces[Int(random.next() % UInt64(madePieces.count))]
      }.joined()
      if filler > 0 {
        local += String(repeating: random.next() % 2 == 0 ? "j" : " ", count: filler)
      }
      let domain = random.next() % 2 == 0 ? "v.example" : "d.example"
      let plain = local.utf8.allSatisfy { (0x61...0x7A).contains($0) }
      let quoted = local.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      shown = "\(local)@\(domain)"
      logged = plain ? shown : "\"\(quoted)\"@\(domain)"
    }
  }

  @Test(arguments: [false, true], ["MAIL", "RCPT"])
  func partsAreTold(_ isLong: Bool, _ command: String) {
    var random = SeededRandom(isLong ? 5 : 3)
    var told = 0
    let kinds = Kind.allCases.filter { command == "RCPT" || !$0.isOfRecipient }
    for _ in 0..<3000 {
      let filler = isLong ? 100 + Int(random.next() % 400) : 0
      let (sender, recipient) = (
        Address(&random, filler: filler), Address(&random, filler: filler)
      )
      let kind = kinds[Int(random.next() % UInt64(kinds.count))]
      let (reply, restriction) = kind.reply(sender.shown, recipient.shown)
      let to = command == "RCPT" ? " to=<\(recipient.logged)>" : ""
      let message =
        "NOQUEUE: reject: \(command) from \(madeClient): \(reply.prefix(510)); from=<\(sender.logged)>\(to) "
        + "proto=ESMTP helo=<pc>" + (random.next() % 3 == 0 ? " sasl_username=lea" : "")
      let row = row(smtpd(String(message.prefix(2000))))
      #expect(row.helo == nil || row.helo == "pc", "\(message)")
      #expect(row.sender == nil || row.sender == sender.logged, "\(message)")
      #expect(row.recipient == nil || row.recipient == recipient.logged, "\(message)")
      if row.candidates.map(\.name) == ["unknown"] { continue }
      told += 1
      #expect(row.candidates.contains { $0.name == restriction }, "\(message)")
      #expect([nil, "dbl.good"].contains(row.candidates.first?.argument), "\(message)")
    }
    #expect(told > (isLong ? 2000 : 2980), "\(told)")
  }
}
