import MailLog
import Testing

@Suite struct SessionTests {
  private let reject =
    "NOQUEUE: reject: RCPT from x.example[192.0.2.1]: 504 5.5.2 <h>: Helo command rejected: need "
    + "fully-qualified hostname; from=<a@b> to=<r@x> proto=SMTP helo=<h>"

  @Test func openSessionTellsWhatItKnows() {
    let text = [
      smtpd("connect from x.example[192.0.2.1]"),
      smtpd(
        "Anonymous TLS connection established from x.example[192.0.2.1]: TLSv1.3 with cipher C (1/2 bits)"
      ),
      smtpd(reject), smtpd("connect from gone[192.0.2.2]", pid: 8),
      smtpd("disconnect from gone[192.0.2.2] commands=0/0", pid: 8),
    ].joined(separator: "\n")
    let open = tally(Array(text.utf8), isLive: true).openSessions()
    #expect(open.count == 1)
    let session = open.first?.session
    #expect(session?.pid == 7)
    #expect(session?.clientName == "x.example")
    #expect(session?.clientAddress == "192.0.2.1")
    #expect(session?.helo == "h")
    #expect(session?.tls == "TLSv1.3")
    #expect(session?.rejects == 1)
    #expect(session?.since == nineOClock)
  }

  @Test func killedProcessLeavesNoSession() {
    let text = [
      smtpd("connect from x[192.0.2.1]"),
      "Nov 22 09:00:01 mx postfix/master[1]: warning: process /usr/lib/postfix/sbin/smtpd pid 7 killed by signal 9",
    ].joined(separator: "\n")
    let counted = tally(Array(text.utf8), isLive: true)
    #expect(counted.openSessions().isEmpty)
    #expect(counted.summary(now: testReference).endedSessions == 1)
  }

  @Test func newMasterEndsTheSessionsOfItsInstance() {
    let text = [
      smtpd("connect from x[192.0.2.1]"),
      "Nov 22 09:00:00 mx postfix/submission/smtpd[9]: connect from x[192.0.2.1]",
      "Nov 22 09:00:00 mx postfix-out/smtpd[10]: connect from x[192.0.2.1]",
      "Nov 22 09:00:01 mx postfix/master[1]: daemon started -- version 3.7.11, configuration /x",
    ].joined(separator: "\n")
    let open = tally(Array(text.utf8), isLive: true).openSessions()
    #expect(open.map(\.session.tag) == ["postfix-out"])
  }

  @Test func refusedAfterClientIsNotAccepted() {
    let counted = summary(
      [
        smtpd("connect from x[192.0.2.1]"), smtpd("9E730FD84EB: client=x[192.0.2.1]"),
        smtpd(
          "9E730FD84EB: reject: END-OF-MESSAGE from x[192.0.2.1]: 554 5.7.1 <END-OF-MESSAGE>: "
            + "End-of-data rejected: Access denied; from=<a@b> to=<r@x> proto=SMTP helo=<h>"),
        smtpd("disconnect from x[192.0.2.1] commands=1"),
        // The same queue id again, of a bounce.
        "Nov 22 09:00:09 mx postfix/qmgr[2]: 9E730FD84EB: from=<>, size=1, nrcpt=1 (queue active)",
      ].joined(separator: "\n"))
    #expect(counted.accepted == 0)
    #expect(counted.rejects == 1)
    #expect(counted.refusedSessions == 1)
  }

  @Test func messageThatQmgrLogsAfterTheDisconnectMakesTheSessionNotRefused() {
    let counted = summary(
      [
        smtpd("connect from x[192.0.2.1]"), smtpd(reject),
        smtpd("9E730FD84EB: client=x[192.0.2.1]"),
        smtpd("disconnect from x[192.0.2.1] commands=1"),
        "Nov 22 09:00:02 mx postfix/qmgr[2]: 9E730FD84EB: from=<a@b>, size=1, nrcpt=1 (queue active)",
      ].joined(separator: "\n"))
    #expect(counted.accepted == 1)
    #expect(counted.endedSessions == 1)
    #expect(counted.refusedSessions == 0)
  }

  private func qmgr(_ queueID: String, second: String = "02") -> String {
    "Nov 22 09:00:\(second) mx postfix/qmgr[2]: \(queueID): from=<a@b>, size=1, nrcpt=1 (queue active)"
  }

  @Test(arguments: ["header Subject: x", "milter"])
  func whatCleanupRefusesIsRefusedOfItsSession(_ kind: String) {
    let text =
      kind == "milter"
      ? "milter-reject: END-OF-MESSAGE from x[192.0.2.1]: 5.7.1 no; from=<a@b> to=<r@x> "
        + "proto=SMTP helo=<h>"
      : "reject: \(kind) from x[192.0.2.1]; from=<a@b> to=<r@x> proto=SMTP helo=<h>: 5.7.1 no"
    let counted = summary(
      [
        smtpd("connect from x[192.0.2.1]"), smtpd("9E730FD84EB: client=x[192.0.2.1]"),
        "Nov 22 09:00:01 mx postfix/cleanup[3]: 9E730FD84EB: message-id=<1@b>",
        "Nov 22 09:00:01 mx postfix/cleanup[3]: 9E730FD84EB: \(text)",
        smtpd("disconnect from x[192.0.2.1] commands=1"),
      ].joined(separator: "\n"))
    #expect(counted.rejects == 1)
    #expect(counted.endedSessions == 1)
    #expect(counted.refusedSessions == 1)
  }

  /// Two messages of one session, of which the first becomes active when the second is on its way.
  @Test func everyMessageOfASessionMakesItNotRefused() {
    let counted = summary(
      [
        smtpd("connect from x[192.0.2.1]"), smtpd("9E730FD84EB: client=x[192.0.2.1]"),
        smtpd(reject), smtpd("9E730FD84EC: client=x[192.0.2.1]"), qmgr("9E730FD84EB"),
        smtpd("disconnect from x[192.0.2.1] commands=1"),
      ].joined(separator: "\n"))
    #expect(counted.accepted == 1)
    #expect(counted.endedSessions == 1)
    #expect(counted.refusedSessions == 0)
  }

  /// The same where both become active after the session's end: it is taken back once.
  @Test(arguments: [["9E730FD84EB"], ["9E730FD84EC"], ["9E730FD84EB", "9E730FD84EC"]])
  func laterMessagesTakeARefusedSessionBackOnce(_ accepted: [String]) {
    let other = [
      smtpd("connect from y[192.0.2.2]", pid: 8), smtpd(reject, pid: 8),
      smtpd("disconnect from y[192.0.2.2] commands=1", pid: 8),
    ]
    let counted = summary(
      (other + [
        smtpd("connect from x[192.0.2.1]"), smtpd("9E730FD84EB: client=x[192.0.2.1]"),
        smtpd(reject), smtpd("9E730FD84EC: client=x[192.0.2.1]"),
        smtpd("disconnect from x[192.0.2.1] commands=1"),
        // The next client of the same process.
        smtpd("connect from z[192.0.2.3]"),
      ] + accepted.map { qmgr($0) }).joined(separator: "\n"))
    #expect(counted.accepted == accepted.count)
    #expect(counted.endedSessions == 2)
    #expect(counted.refusedSessions == 1)
  }

  /// A queue manager that was stopped for a while.
  @Test func messageThatBecomesActiveLateIsAccepted() {
    let counted = summary(
      [
        smtpd("connect from x[192.0.2.1]"), smtpd("9E730FD84EB: client=x[192.0.2.1]"),
        "Nov 22 09:00:01 mx postfix/cleanup[3]: 9E730FD84EB: message-id=<1@b>",
        smtpd("disconnect from x[192.0.2.1] commands=1"),
        qmgr("9E730FD84EB").replacing("09:00:02", with: "11:30:02"),
      ].joined(separator: "\n"))
    #expect(counted.accepted == 1)
  }

  /// A collecting host's log: process ids and short queue ids of several hosts coincide.
  @Test func hostsHaveSessionsOfTheirOwn() {
    let other = { (line: String) in String(line.prefix(16)) + "other" + line.dropFirst(18) }
    let queued = smtpd("9E730FD84EB: client=x[192.0.2.1]")
    let active =
      "Nov 22 09:00:02 mx postfix/qmgr[2]: 9E730FD84EB: from=<a@b>, size=1, nrcpt=1 (queue active)"
    let lines = [
      smtpd("connect from x[192.0.2.1]"), other(smtpd("connect from y[192.0.2.2]")), smtpd(reject),
      queued, other(smtpd("9E730FD84EB: client=y[192.0.2.2]")), active, other(active),
      smtpd("disconnect from x[192.0.2.1] commands=1"),
      "Nov 22 09:00:03 mx postfix/master[1]: daemon started -- version 3.7.11, configuration /x",
    ]
    let counted = tally(Array(lines.joined(separator: "\n").utf8), isLive: true)
    #expect(counted.openSessions().map(\.session.clientAddress) == ["192.0.2.2"])
    let summary = counted.summary(now: testReference)
    #expect(summary.connections == 2 && summary.endedSessions == 1)
    #expect(summary.accepted == 2 && summary.refusedSessions == 0)
  }

  /// A process id that is used again without a `disconnect` in between: the end was lost.
  @Test func processIDUsedAgainEndsTheFormerSession() {
    let counted = tally(
      Array(
        [
          smtpd("connect from x[192.0.2.1]"), smtpd(reject), smtpd("connect from y[192.0.2.2]"),
          smtpd("9E730FD84EB: client=y[192.0.2.2]"),
        ].joined(separator: "\n").utf8), isLive: true)
    #expect(counted.openSessions().map(\.session.clientAddress) == ["192.0.2.2"])
    #expect(counted.openSessions().map(\.session.rejects) == [0])
    #expect(counted.summary(now: testReference).refusedSessions == 1)
  }

  /// Sessions of several processes run through each other; each line goes to its own.
  @Test func interleavedSessionsAreKeptApart() {
    var rounds = [[String]](repeating: [], count: 5)
    for number in 0..<40 {
      let (pid, client) = (100 + number, "x[192.0.2.\(number)]")
      rounds[0].append(smtpd("connect from \(client)", pid: pid))
      for round in 0..<(number % 4) { rounds[1 + round].append(smtpd(reject, pid: pid)) }
      if number % 2 == 0 {
        rounds[4].append(smtpd("disconnect from \(client) commands=1", pid: pid))
      }
    }
    let text = rounds.joined().joined(separator: "\n")
    let counted = tally(Array(text.utf8), isLive: true)
    let open = counted.openSessions().map(\.session)
    #expect(open.count == 20)
    #expect(open.allSatisfy { $0.rejects == Int($0.pid - 100) % 4 })
    #expect(counted.summary(now: testReference).refusedSessions == 10)
  }

  @Test func lostDisconnectsFillNoMemory() {
    let tally = LogTally(
      window: .fixed(since: nil, until: nil), reference: testReference, isLive: true)
    for pid in 0..<40_000 {
      let line = Array((smtpd("connect from x[192.0.2.1]", pid: pid) + "\n").utf8)
      _ = tally.consume(line.span)
    }
    #expect(tally.openSessions().count <= 16_384)
    #expect(tally.summary(now: testReference).connections == 40_000)
  }
}
