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
}
