import MailLog
import TestSupport
import Testing

@Suite struct WindowTests {
  private let minute = (0..<60).map { second in
    smtpd(
      "NOQUEUE: reject: RCPT from x[192.0.2.1]: 504 5.5.2 <h>: Helo command rejected: need "
        + "fully-qualified hostname; from=<> to=<r@x> proto=SMTP helo=<h>",
      second: second < 10 ? "0\(second)" : "\(second)")
  }.joined(separator: "\n")

  @Test func fixedWindowHasItsStartButNotItsEnd() {
    let since = LogTime(seconds: nineOClock.seconds + 10)
    let until = LogTime(seconds: nineOClock.seconds + 20)
    let counted = tally(Array(minute.utf8), window: .fixed(since: since, until: until))
      .summary(now: testReference)
    #expect(counted.rejects == 10)
    #expect(counted.since == since)
    #expect(counted.until == until)
    #expect(counted.course.rejects.reduce(0, +) == 10)
  }

  @Test func slidingWindowDropsToTheSecond() {
    let sliding = tally(Array(minute.utf8), window: .sliding(seconds: 60))
    for later in [60, 75, 90, 119, 120] {
      let counted = sliding.summary(now: LogTime(seconds: nineOClock.seconds + Int64(later)))
      #expect(counted.rejects == 120 - later)
      #expect(counted.since.seconds == nineOClock.seconds + Int64(later) - 60)
    }
  }

  @Test func longWindowDropsWholeMinutes() {
    let sliding = tally(Array(minute.utf8), window: .sliding(seconds: 86_400))
    let edge = nineOClock.seconds + 86_400
    #expect(sliding.summary(now: LogTime(seconds: edge)).rejects == 60)
    let later = sliding.summary(now: LogTime(seconds: edge + 30))
    #expect(later.rejects == 0)
    #expect(later.since.seconds == nineOClock.seconds + 60)
  }

  @Test func courseAddsUpToTheTotals() {
    var generator = LogGenerator(seed: 5, form: .rfc3339)
    generator.write(lineCount: 5000)
    let counted = tally(generator.bytes).summary(now: testReference)
    #expect(counted.course.rejects.reduce(0, +) == counted.rejects)
    #expect(counted.course.connections.reduce(0, +) == counted.connections)
    #expect(counted.course.accepted.reduce(0, +) == counted.accepted)
  }
}
