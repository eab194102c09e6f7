import MailLog
import Testing

@Suite struct EnvelopeTests {
  @Test(arguments: [
    "Nov 22 09:00:00 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "2026-11-22T09:00:00+00:00 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "2026-11-22T10:00:00.000000+01:00 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "2026-11-22T03:30:00-0530 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "2026-11-22T09:00:00Z mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "<22>Nov 22 09:00:00 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "Nov 22 09:00:00 mx postfix/smtpd[7]: [ID 197553 mail.info] connect from a[192.0.2.1]",
    "Nov 22 09:00:00 mx postfix/smtpd[7] connect from a[192.0.2.1]",
  ])
  func readsEveryForm(_ line: String) {
    let row = row(line)
    #expect(row.kind == .connect)
    #expect(row.time == nineOClock)
    #expect(row.pid == 7)
    #expect(row.tag == "postfix")
    #expect(row.program == "smtpd")
    #expect(row.clientAddress == "192.0.2.1")
  }

  @Test(arguments: [
    ("postfix/submission/smtpd", "postfix/submission"), ("postfix-out/smtpd", "postfix-out"),
    ("mx/in/25/smtpd", "mx/in/25"),
  ])
  func programStandsAfterTheLastSlash(_ name: String, _ tag: String) {
    let row = row(
      "Nov  2 09:00:00 mx \(name)[7]: disconnect from a[2001:db8::1]:52000 commands=0/0")
    #expect(row.tag == tag)
    #expect(row.program == "smtpd")
    #expect(row.kind == .disconnect)
    #expect(row.clientAddress == "2001:db8::1")
    #expect(row.clientPort == 52000)
  }

  @Test(arguments: [
    "Nov 22 09:00:00 mx sshd[7]: connect from a[192.0.2.1]",
    "Nov 22 09:00:00 mx dovecot/imap[7]: connect from a[192.0.2.1]",
    "Nov 31 09:00:00 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "Nov 22 25:00:00 mx postfix/smtpd[7]: connect from a[192.0.2.1]",
    "postfix/smtpd[7]: connect from a[192.0.2.1]", "", "Nov", "2026-11-22T09",
  ])
  func otherLinesAreForeign(_ line: String) {
    #expect(row(line).kind == .foreign)
  }

  @Test func yearsGoOnAcrossNewYear() {
    // 2027-01-01T00:00:30Z
    let reference = LogTime(seconds: 1_798_761_630)
    var reader = LogRowReader(reference: reference)
    let old = reader.row(
      Array("Dec 31 23:59:59 mx postfix/smtpd[7]: connect from a[::1]".utf8).span)
    let new = reader.row(
      Array("Jan  1 00:00:01 mx postfix/smtpd[7]: connect from a[::1]".utf8).span)
    #expect(old.time?.seconds == reference.seconds - 31)
    #expect(new.time?.seconds == reference.seconds - 29)
  }

  @Test func hourThatIsShownTwiceRunsForward() {
    // Europe: on 2026-10-25 at 01:00Z clocks go from +02:00 to +01:00.
    let change: Int64 = 1_792_890_000
    let zone = LocalZone(transitions: [
      LocalZone.Transition(start: .min, offset: 7200),
      LocalZone.Transition(start: change, offset: 3600),
    ])
    func moments(_ clocks: [String]) -> [Int64] {
      var reader = LogRowReader(zone: zone, reference: testReference)
      return clocks.map { clock in
        let line = "Oct 25 \(clock):00 mx postfix/smtpd[7]: connect from a[::1]"
        return ((reader.row(Array(line.utf8).span).time?.seconds ?? 0) - change) / 60
      }
    }
    #expect(moments(["02:58", "02:59", "02:00", "02:01", "03:00"]) == [-2, -1, 0, 1, 60])
    // A pause in the second of the two, and a late line in the first.
    #expect(moments(["02:30", "02:15", "02:50", "02:54"]) == [-30, 15, 50, 54])
    #expect(moments(["02:30", "02:27", "02:31"]) == [-30, -33, -29])
  }

  @Test(arguments: [
    (
      "Nov 22 09:00:00 mx postfix/smtpd[7]: warning: x[192.0.2.1]: SASL LOGIN authentication failed: no, sasl_username=bob",
      LogRow.Kind.authFailure
    ),
    (
      "Nov 22 09:00:00 mx postfix/smtpd[7]: lost connection after RCPT from x[192.0.2.1]",
      .lostConnection
    ),
    (
      "Nov 22 09:00:00 mx postfix/smtpd[7]: NOQUEUE: timeout after RCPT from x[192.0.2.1]",
      .lostConnection
    ),
    (
      "Nov 22 09:00:00 mx postfix/smtpd[7]: Anonymous TLS connection established from x[192.0.2.1]: TLSv1.3 with cipher X (1/2 bits)",
      .tls
    ),
    ("Nov 22 09:00:00 mx postfix/smtpd[7]: fatal: no", .fatal),
    (
      "Nov 22 09:00:00 mx postfix/master[7]: reload -- version 3.7.11, configuration /etc/postfix",
      .lifecycle
    ),
    (
      "Nov 22 09:00:00 mx postfix/cleanup[7]: 9E730FD84EB: warning: header Subject: x from y[192.0.2.1]; from=<a> to=<b> proto=SMTP helo=<h>: hmm",
      .action
    ),
    ("Nov 22 09:00:00 mx postfix/postscreen[7]: PASS NEW [192.0.2.1]:25", .postscreen),
    (
      "Nov 22 09:00:00 mx postfix/anvil[7]: statistics: max connection rate 1/60s for (smtp:192.0.2.1) at Nov 22 09:00:00",
      .anvil
    ),
    (
      "Nov 22 09:00:00 mx postfix/local[7]: 9E730FD84EB: to=<a@b>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)",
      .delivery
    ),
    (
      "Nov 22 09:00:00 mx postfix/smtpd[7]: 9E730FD84EB: hold: RCPT from x[192.0.2.1]: <x[192.0.2.1]>: Client host triggers HOLD action; from=<a> to=<b> proto=SMTP helo=<h>",
      .action
    ),
    (
      "Nov 22 09:00:00 mx postfix/smtpd[7]: NOQUEUE: milter-reject: RCPT from x[192.0.2.1]: 451 4.7.1 later; from=<a> to=<b> proto=SMTP helo=<h>",
      .reject
    ),
  ])
  func tellsKindsApart(_ line: String, _ kind: LogRow.Kind) {
    #expect(row(line).kind == kind)
  }
}
