import MailLog
import Testing

/// What is counted besides connections, rejects and accepted mail.
@Suite struct IncidentTests {
  @Test func namesAreDistinct() {
    let names = LogIncident.allCases.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(LogIncident.hold.group == .action && LogIncident.proxyAccept.group == .action)
    #expect(LogIncident.sent.group == .delivery && LogIncident.lostConnection.group == .event)
  }

  @Test func anvilPeaksAreTheHighestOfTheWindow() {
    let text = [
      "statistics: max connection rate 3/60s for (smtp:192.0.2.1) at Nov 22 08:59:00",
      "statistics: max connection rate 9/60s for (127.0.0.1:10025:192.0.2.2) at Nov 22 08:59:00",
      "statistics: max connection rate 4/60s for (smtp:192.0.2.3) at Nov 22 08:59:00",
      "statistics: max connection count 2 for (submission:2001:db8::1) at Nov 22 08:59:00",
      "statistics: max cache size 7 at Nov 22 08:59:00",
    ].map { "Nov 22 09:00:00 mx postfix/anvil[9]: \($0)\n" }.joined()
    let peaks = summary(text).peaks
    #expect(peaks.map(\.kind) == [.connectionRate, .connectionCount])
    #expect(peaks.map(\.value) == [9, 2])
    #expect(peaks.map(\.unit) == ["60s", nil])
    #expect(peaks.map(\.service) == ["127.0.0.1:10025", "submission"])
    #expect(peaks.map(\.client) == ["192.0.2.2", "2001:db8::1"])
    let sliding = tally(Array(text.utf8), window: .sliding(seconds: 60))
    #expect(sliding.summary(now: LogTime(seconds: nineOClock.seconds + 30)).peaks.count == 2)
    #expect(sliding.summary(now: LogTime(seconds: nineOClock.seconds + 90)).peaks.isEmpty)
  }

  @Test func probesAreNoDeliveries() {
    let counted = summary(
      "Nov 22 09:00:00 mx postfix/smtp[9]: 9E730FD84EB: to=<a@b>, relay=x[192.0.2.1]:25, delay=1, "
        + "delays=0/0/0/1, dsn=2.1.5, status=deliverable (250 2.1.5 Ok, status=sent (x))\n")
    #expect(counted.incidents.isEmpty)
  }

  @Test func marksStandWhereTheConfigurationChanged() {
    let counted = summary(
      "Nov 22 09:00:00 mx postfix/master[1]: reload -- version 3.7.11, configuration /x\n"
        + "Nov 22 09:10:00 mx postfix/smtpd[2]: warning: unknown smtpd restriction: \"x\"\n"
        + "Nov 22 09:20:00 mx postfix/smtpd[2]: warning: hostname a does not resolve to address 192.0.2.1\n"
    )
    #expect(counted.course.marks.count == 2)
  }
}
