import Attribution
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Rehearsal
import TestSupport
import Testing

/// Joining the lines of a mail, and keeping equal questions once.
@Suite struct PastTrafficTests {
  /// The traffic of log lines; each gets the next second.
  private func traffic(_ lines: [String], limit: Int = 1000) -> PastTraffic {
    var reader = LogRowReader(reference: LogTime(seconds: 1_800_000_000))
    var collector = PastTrafficCollector(limit: limit)
    for (number, line) in lines.enumerated() {
      let minute = String(number / 60 + 10)
      let second = String(number % 60 + 100).dropFirst()
      let text = "2026-11-22T10:\(minute):\(second)+00:00 mx \(line)"
      collector.add(reader.row(Array(text.utf8).span))
    }
    return collector.finish()
  }

  @Test func readingEndsSoonAfterItIsCancelled() throws {
    try withTemporaryDirectory { directory in
      let lines = mail("4AAA000", to: ["to=<info@example.org>"]).map {
        "2026-11-22T10:10:10+00:00 mx \($0)\n"
      }.joined()
      let path = directory + "/mail.log"
      let file = try OpenFile(path, 0o101, mode: 0o600)  // O_CREAT | O_WRONLY
      try file.writeAll(Array(String(repeating: lines, count: 4000).utf8))
      var asked = 0
      let inputs = try LogSource.file(path: path).inputs(since: nil).inputs
      let part = try PastTraffic.read(
        inputs, since: nil,
        isCancelled: {
          asked += 1
          return asked > 3
        })
      let whole = try PastTraffic.read(inputs, since: nil)
      #expect(whole.acceptedCount == 4000)
      #expect(part.acceptedCount < 2000 && asked < 8)
    }
  }

  @Test func aDamagedFileIsNamedAndTheOthersCount() throws {
    try withTemporaryDirectory { directory in
      let lines = mail("4AAA000", to: ["to=<info@example.org>"]).map {
        "2026-11-22T10:10:10+00:00 mx \($0)\n"
      }.joined()
      for (name, bytes) in [
        ("mail.log", Array(lines.utf8)), ("mail.log.1.gz", [0x1F, 0x8B, 0x08, 0x00, 0x00]),
      ] {
        let file = try OpenFile(directory + "/" + name, 0o101, mode: 0o600)  // O_CREAT | O_WRONLY
        try file.writeAll(bytes)
      }
      let log = LogSource.file(path: directory + "/mail.log")
      // 2026-11-22T10:10:00Z
      let start = LogTime(seconds: 1_795_342_200)
      let traffic = try PastTraffic.read(from: log, since: start)
      #expect(traffic.acceptedCount == 1)
      #expect(traffic.skipped.map(\.file) == [directory + "/mail.log.1.gz"])
      let verdict = try TrialVerdict.read(
        log, restriction: "reject_unknown_helo_hostname", argument: nil,
        policy: Policy(services: []),
        began: start, ended: LogTime(seconds: start.seconds + 60))
      #expect(verdict.unknowns.first == traffic.skipped.first?.text)
    }
  }

  private func mail(_ queueID: String, pid: Int = 7, to: [String], helo: String? = nil) -> [String]
  {
    let client = "mail.example.net[198.51.100.10]"
    return ["postfix/smtpd[\(pid)]: connect from \(client)"]
      + ["postfix/smtpd[\(pid)]: \(queueID): client=\(client)"]
      + (helo.map {
        [
          "postfix/smtpd[\(pid)]: \(queueID): info: DATA from \(client): <\($0)>: Helo command INFO;"
            + " from=<a@example.net> proto=ESMTP helo=<\($0)>"
        ]
      } ?? []) + [
        "postfix/qmgr[9]: \(queueID): from=<a@example.net>, size=400, nrcpt=1 (queue active)"
      ]
      + to.map {
        "postfix/virtual[8]: \(queueID): \($0), relay=virtual, delay=0, dsn=2.0.0, status=sent (delivered)"
      } + [
        "postfix/qmgr[9]: \(queueID): removed",
        "postfix/smtpd[\(pid)]: disconnect from \(client) ehlo=1 quit=1 commands=2",
      ]
  }

  @Test func joinsTheLinesOfAMail() throws {
    let traffic = traffic(mail("4AAA1", to: ["to=<info@example.org>"], helo: "mx.example.net"))
    let mail = try #require(traffic.accepted.first)
    #expect(traffic.accepted.count == 1)
    #expect(
      mail.question
        == PastQuestion(
          tag: "postfix", clientName: "mail.example.net", clientAddress: "198.51.100.10",
          helo: "mx.example.net", sender: "a@example.net", recipients: ["info@example.org"]))
    #expect(mail.question.network == "198.51.100.0/24")
    #expect(mail.question.senderDomain == "example.net")
  }

  @Test func takesWhatTheClientNamedBehindAnAlias() {
    let traffic = traffic(
      mail(
        "4AAA1",
        to: [
          "to=<b@example.org>, orig_to=<all@example.org>",
          "to=<c@example.org>, orig_to=<all@example.org>",
        ]))
    #expect(traffic.accepted.map(\.question.recipients) == [["all@example.org"]])
    #expect(traffic.accepted.first?.question.helo == nil)
  }

  @Test func moreRecipientsThanAreKeptAreSaid() throws {
    let all = (0..<130).map { "to=<u\($0)@example.org>" }
    let cut = try #require(traffic(mail("4AAA1", to: all)).accepted.first)
    #expect(cut.question.recipients.count == 100)
    #expect(cut.question.lacksRecipients)
    // The same recipient again is none that is left out.
    let whole = try #require(
      traffic(mail("4AAA1", to: Array(all.prefix(100) + all.prefix(20)))).accepted.first)
    #expect(whole.question.recipients.count == 100)
    #expect(!whole.question.lacksRecipients)
  }

  @Test func keepsEqualQuestionsOnce() {
    let lines = (0..<20).flatMap { mail("4AAA\($0)", to: ["to=<info@example.org>"]) }
    let traffic = traffic(lines)
    #expect(traffic.accepted.map(\.count) == [20])
    #expect(traffic.acceptedCount == 20)
  }

  @Test func memoryIsBoundedAndSaysSo() {
    let lines = (0..<50).flatMap { mail("4AAA\($0)", to: ["to=<info\($0)@example.org>"]) }
    let traffic = traffic(lines, limit: 10)
    #expect(traffic.accepted.count == 10)
    #expect(traffic.acceptedCount == 50)
    #expect(traffic.acceptedBeyondLimit == 40)
  }

  @Test func refusalsHoldTheirHeloAndLendItToTheSession() {
    let client = "unknown[192.0.2.7]"
    let reject =
      "postfix/smtpd[7]: NOQUEUE: reject: RCPT from \(client): 550 5.1.1 <no@example.org>: Recipient address"
      + " rejected: User unknown in virtual mailbox table; from=<a@example.net> to=<no@example.org>"
      + " proto=ESMTP helo=<pc>"
    let lines = [
      "postfix/smtpd[7]: connect from \(client)", reject, reject,
      "postfix/smtpd[7]: 4BBB01: client=\(client)",
      "postfix/qmgr[9]: 4BBB01: from=<a@example.net>, size=400, nrcpt=1 (queue active)",
      "postfix/virtual[8]: 4BBB01: to=<info@example.org>, relay=virtual, delay=0, status=sent (x)",
      "postfix/qmgr[9]: 4BBB01: removed",
      "postfix/smtpd[7]: disconnect from \(client) ehlo=1 quit=1 commands=2",
    ]
    let traffic = traffic(lines)
    #expect(traffic.refused.map(\.count) == [2])
    #expect(traffic.refused.first?.question.helo == "pc")
    #expect(traffic.refused.first?.question.clientName == nil)
    #expect(traffic.accepted.first?.question.helo == "pc")
  }

  @Test func mailRefusedAtItsEndIsNotAccepted() {
    let client = "mail.example.net[198.51.100.10]"
    let lines = [
      "postfix/smtpd[7]: connect from \(client)", "postfix/smtpd[7]: 4CCC01: client=\(client)",
      "postfix/cleanup[8]: 4CCC01: milter-reject: END-OF-MESSAGE from \(client): 5.7.1 Spam;"
        + " from=<a@example.net> to=<info@example.org> proto=ESMTP helo=<mx>",
      "postfix/smtpd[7]: disconnect from \(client) ehlo=1 quit=1 commands=2",
    ]
    let traffic = traffic(lines)
    #expect(traffic.accepted.isEmpty)
    #expect(traffic.refused.map(\.count) == [1])
    #expect(traffic.refused.first?.cause == .restriction(name: "smtpd_milters", argument: nil))
  }

  @Test(arguments: [
    ("203.0.113.9", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ("2001:db8::1", "2001:db8::/64"), ("::1", "::/64"),
  ])
  func networks(_ pair: (address: String, network: String)) {
    #expect(PastQuestion(tag: "", clientAddress: pair.address).network == pair.network)
  }
}
