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
}
