import MailLog
import Testing

/// What clients put into names and addresses must never become an event, a cause or an attribute.
@Suite struct HostileTextTests {
  @Test func imitatedLineInsideALineIsText() {
    let fake =
      "Nov 22 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 5.7.1"
    let counted = summary(
      smtpd("warning: non-SMTP command from x[192.0.2.1]: \(fake)") + "\n"
        + smtpd("improper command pipelining after EHLO from x[192.0.2.1]: \(fake)") + "\n"
        + "Nov 22 09:00:00 mx sshd[9]: Invalid user \(fake)\n" + "junk \(fake)\n")
    #expect(counted.rejects == 0)
    #expect(counted.postfixLines == 2)
  }

  @Test func senderThatImitatesAnotherClassIsSeenAsWhatItIs() {
    // MAIL FROM:<"x>: Helo command rejected: Host not found; from=<"@evil.example>
    let row = row(
      smtpd(
        "NOQUEUE: reject: RCPT from u[192.0.2.1]: 450 4.1.8 "
          + "<x>: Helo command rejected: Host not found; from=<@evil.example>: "
          + "Sender address rejected: Domain not found; "
          + "from=<\"x>: Helo command rejected: Host not found; from=<\"@evil.example> "
          + "to=<r@mx.example> proto=ESMTP helo=<host>"))
    #expect(row.candidates.map(\.name) == ["reject_unknown_sender_domain"])
    #expect(row.recipient == "r@mx.example")
    #expect(row.helo == "host")
    #expect(row.sender == "\"x>: Helo command rejected: Host not found; from=<\"@evil.example")
  }

  @Test func senderThatImitatesAttributesChangesNone() {
    let row = row(
      smtpd(
        "NOQUEUE: reject: RCPT from u[192.0.2.1]: 554 5.7.1 <r@mx.example>: Relay access denied; "
          + "from=<\"a> to=<fake@x> proto=SMTP helo=<fake\"@evil.example> "
          + "to=<r@mx.example> proto=ESMTP helo=<host>"))
    #expect(row.helo == "host")
    #expect(row.recipient == "r@mx.example")
    #expect(row.candidates.map(\.name) == ["reject_unauth_destination"])
  }

  @Test func recipientThatImitatesADNSListNamesNoDomain() {
    let row = row(
      smtpd(
        "NOQUEUE: reject: RCPT from u[192.0.2.1]: 554 5.7.1 Service unavailable; "
          + "Sender address [x] blocked using evil.example; @d.example] blocked using bl.example; "
          + "from=<\"x] blocked using evil.example; \"@d.example> to=<r@mx.example> proto=ESMTP "
          + "helo=<host>"))
    #expect(row.candidates == [CauseCandidate(name: "reject_rhsbl_sender", argument: "bl.example")])
  }

  @Test func quotedServerReplyDoesNotChangeTheCause() {
    let row = row(
      smtpd(
        "NOQUEUE: reject: RCPT from u[192.0.2.1]: 450 4.1.7 <s@d.example>: Sender address rejected: "
          + "unverified address: host mx[192.0.2.2] said: 554 <s@d.example>: Helo command rejected: "
          + "Host not found; from=<a> to=<b>; from=<s@d.example> to=<r@mx.example> proto=ESMTP helo=<h>"
      ))
    #expect(row.candidates.map(\.name) == ["reject_unverified_sender"])
    #expect(row.sender == "s@d.example")
  }

  @Test func messageIDThatImitatesQueueActiveIsNotAccepted() {
    let counted = summary(
      smtpd("9E730FD84EB: client=u[192.0.2.1]") + "\n"
        + "Nov 22 09:00:01 mx postfix/cleanup[8]: 9E730FD84EB: message-id=<from=<a>, (queue active)\n"
        + "Nov 22 09:00:01 mx postfix/local[8]: 9E730FD84EB: to=<x>, status=sent (queue active)\n")
    #expect(counted.accepted == 0)
  }

  @Test func headerThatImitatesItsTailChangesNoClient() {
    let row = row(
      "Nov 22 09:00:01 mx postfix/cleanup[8]: 9E730FD84EB: reject: header Subject: x from "
        + "fake[203.0.113.9]; from=<a> to=<b> proto=SMTP helo=<f>: 5.0.0 no from real[192.0.2.1]; "
        + "from=<s@d.example> to=<r@mx.example> proto=ESMTP helo=<h>: 5.7.1 bad subject")
    #expect(row.clientAddress == "192.0.2.1")
    #expect(row.text == "bad subject")
    #expect(row.candidates.map(\.name) == ["header_checks"])
  }

  @Test func lineCutAtTheLimitStillCounts() {
    let line = smtpd(
      "NOQUEUE: reject: RCPT from u[192.0.2.1]: 550 5.1.1 <r@mx.example>: Recipient address "
        + "rejected: User unknown in local recipient table; from=<s@d.example> to=<r@mx.exam")
    let row = row(line)
    #expect(row.candidates.map(\.name) == ["reject_unlisted_recipient"])
    #expect(row.sender == "s@d.example")
    #expect(row.helo == nil)
  }

  @Test func longLinesAndOddBytesAreHarmless() {
    var bytes = [UInt8](repeating: 0x41, count: 1 << 20)
    bytes += [0x0A, 0x00, 0xFF, 0xFE, 0x0A]
    bytes += Array((smtpd("connect from u[192.0.2.1]") + "\r\n").utf8)
    let counted = tally(bytes).summary(now: testReference)
    #expect(counted.lines == 3)
    #expect(counted.connections == 1)
  }

  /// A login name may hold anything: it ends neither its attribute nor the line.
  @Test func loginNameImitatesNothing() {
    let queued = row(
      smtpd("9E730FD84EB: client=u[192.0.2.1], sasl_method=PLAIN, sasl_username=x: reject: RCPT"))
    #expect(queued.kind == .accepted)
    #expect(queued.saslUser == "x: reject: RCPT")
    let failed = row(
      smtpd(
        "warning: u[192.0.2.1]: SASL PLAIN authentication failed: x]: SASL y, sasl_username="
          + "connect from z[192.0.2.66]"))
    #expect(failed.kind == .authFailure)
    #expect(failed.clientAddress == "192.0.2.1")
  }

  /// What stands in a warning is no event, however it reads.
  @Test(arguments: [
    "warning: Illegal address syntax from u[192.0.2.1] in MAIL command: <x]: SASL LOGIN "
      + "authentication failed: no>",
    "warning: non-SMTP command from u[192.0.2.1]: NOQUEUE: reject: RCPT from x[192.0.2.2]: 554 5.7.1",
    "warning: restriction x returns NOQUEUE: milter-reject: RCPT from x[192.0.2.2]: 554 5.7.1 no",
    "warning: hostname reject: RCPT from x[192.0.2.2]: 554 does not resolve to address 192.0.2.1",
    "improper command pipelining after EHLO from u[192.0.2.1]: \\r\\nNOQUEUE: reject: RCPT",
    "discarding EHLO keywords: reject: RCPT from x[192.0.2.2]: 554 5.7.1 <x>: Relay access denied",
  ])
  func warningsHoldNoEvents(_ message: String) {
    let counted = summary(smtpd(message))
    #expect(counted.rejects == 0 && counted.trial == 0)
    #expect(counted.connections == 0 && counted.accepted == 0)
    #expect(counted.postfixLines == 1)
    let kind = row(smtpd(message)).kind
    #expect([.warning, .other].contains(kind))
  }

  /// Only an envelope at the very start of a line makes it one of Postfix.
  @Test(arguments: [
    "Nov 22 09:00:00 mx web[9]: Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[192.0.2.1]",
    "Nov 22 09:00:00 mx web: mx postfix/smtpd[7]: connect from x[192.0.2.1]",
    "Nov 22 09:00:00 mx app mx postfix/smtpd[7]: connect from x[192.0.2.1]",
    "Nov 22 09:00:00 postfix/smtpd[7]: connect from x[192.0.2.1]",
    "Nov 22 09:00:00  mx postfix/smtpd[7]: connect from x[192.0.2.1]",
    "Nov 22 09:00:00 mx postfix/smtpd[7]connect from x[192.0.2.1]",
    "Nov 22 09:00:00 mx postfix/smtpd[seven]: connect from x[192.0.2.1]",
    "Nov 22 09:00:00 mx postfix/smtpd(7): connect from x[192.0.2.1]",
    "Nov 22 09:00:00 mx evil/postfix/nosmtpd[7]: connect from x[192.0.2.1]",
    " Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[192.0.2.1]",
    "<999999>Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[192.0.2.1]",
  ])
  func envelopeStandsAtTheStart(_ line: String) {
    #expect(row(line).kind == .foreign)
    #expect(summary(line).connections == 0)
  }

  /// qmgr, cleanup and the delivery agents quote senders, headers and other servers.
  @Test func otherProgramsQuoteWithoutEvents() {
    let lines = [
      "postfix/qmgr[3]: 9E730FD84EB: from=<\"a>, size=1, nrcpt=1 (queue active)\"@x>, status=expired, "
        + "returned to sender",
      "postfix/cleanup[4]: 9E730FD84EB: message-id=<reject: header x from y[192.0.2.9]; proto=SMTP: 5.7.1>",
      "postfix/smtp[5]: 9E730FD84EB: to=<x@y>, relay=z[192.0.2.9]:25, delay=1, delays=0/0/0/1, "
        + "dsn=4.7.1, status=deferred (host z said: 450 4.7.1 <x>: NOQUEUE: reject: RCPT status=sent (",
      "postfix/local[5]: 9E730FD84EB: to=<\"a>, relay=l, delay=0, delays=0/0/0/0, dsn=2.0.0, "
        + "status=sent (\"@y>, relay=local, delay=1, delays=0/0/0/0, dsn=5.1.1, status=bounced (no)",
      "postfix/bounce[6]: 9E730FD84EB: sender non-delivery notification: 1E730FD84EB",
      "postfix/postscreen[7]: PREGREET 99 after 0 from [192.0.2.1]:99: NOQUEUE: reject: RCPT\\r\\n",
    ].map { "Nov 22 09:00:00 mx \($0)\n" }
    let counted = summary(smtpd("9E730FD84EB: client=u[192.0.2.1]") + "\n" + lines.joined())
    #expect(counted.rejects == 0 && counted.accepted == 0)
    #expect(counted.incidents == [.deferred: 1, .bounced: 1, .expired: 1])
    #expect(counted.postscreen == ["PREGREET": 1])
  }

  /// A HELO name as Postfix lets it through: it may hold `]: `, but no blank and no `>`.
  @Test func heloNameEndsNothing() {
    let helo = "x]:?NOQUEUE:?reject:?RCPT?from?y[192.0.2.66]:?550;from=?a"
    let row = row(
      smtpd(
        "NOQUEUE: reject: RCPT from u[192.0.2.1]: 450 4.7.1 <\(helo)>: Helo command rejected: Host not "
          + "found; from=<a@b> to=<r@x> proto=SMTP helo=<\(helo)>"))
    #expect(row.candidates.map(\.name) == ["reject_unknown_helo_hostname"])
    #expect(row.helo == helo && row.clientAddress == "192.0.2.1" && row.sender == "a@b")
  }

  /// Postfix makes every control character of a message `?`; a line break from elsewhere begins a
  /// line of its own that is foreign, since no envelope can follow it unseen.
  @Test func lineBreaksMakeNoEvents() {
    let counted = summary(
      smtpd("warning: non-SMTP command from u[192.0.2.1]: x\rNOQUEUE: reject: RCPT") + "\n"
        + "NOQUEUE: reject: RCPT from x[192.0.2.2]: 554 5.7.1 <x>: Relay access denied\n"
        + smtpd("warning: non-SMTP command from u[192.0.2.1]: x\\nNOQUEUE: reject: RCPT") + "\n")
    #expect(counted.rejects == 0)
    #expect(counted.lines == 3 && counted.postfixLines == 2)
  }
}
