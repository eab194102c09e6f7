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

  private func connect(_ hour: Int, _ minute: Int) -> String {
    let clock = [hour, minute].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return "Nov 22 \(clock):00 mx postfix/smtpd[7]: connect from x[192.0.2.1]\n"
  }

  /// A clock that was wrong for a line, and logs of several hosts in one: what follows keeps its time.
  @Test func lineOfTheFutureLeavesTheOthersInTheirSteps() {
    let moments = [(5, 0), (9, 0), (5, 5), (6, 0), (7, 0), (8, 0), (6, 30), (5, 6), (9, 30)]
    let text = moments.map { connect($0.0, $0.1) }.joined()
    let hours = summary(text)
    #expect(hours.course.stepSeconds == 3600)
    #expect(hours.course.connections == [3, 2, 1, 1, 2])
    #expect(hours.connections == 9)
  }

  @Test func lateLinesSlideOutInTheirTurn() {
    let text = [(7, 0), (8, 30), (7, 1), (7, 30), (8, 31), (7, 31)].map { connect($0.0, $0.1) }
    let sliding = tally(Array(text.joined().utf8), window: .sliding(seconds: 7200))
    let left = [(511, 6), (540, 6), (541, 5), (542, 4), (570, 4), (571, 3), (572, 2)]
    for (minutes, expected) in left {
      let now = LogTime(seconds: nineOClock.seconds + Int64(minutes - 540) * 60)
      let counted = sliding.summary(now: now)
      #expect(counted.connections == expected, "\(minutes)")
      #expect(counted.course.connections.reduce(0, +) == expected)
    }
  }

  @Test func lineOfTheFutureKeepsNoClientsForLonger() {
    let reject =
      "NOQUEUE: reject: RCPT from x[192.0.2.1]: 504 5.5.2 <h>: Helo command rejected: need "
      + "fully-qualified hostname; from=<> to=<r@x> proto=SMTP helo=<h>"
    let line = { (clock: String, address: String) in
      "Nov 22 \(clock) mx postfix/smtpd[7]: \(reject.replacing("192.0.2.1", with: address))\n"
    }
    let text =
      line("05:00:00", "192.0.2.5") + line("11:59:00", "192.0.2.11") + line("05:10:00", "192.0.2.6")
      + line("09:00:00", "192.0.2.9")
    let sliding = tally(Array(text.utf8), window: .sliding(seconds: 3600))
    let counted = sliding.summary(now: LogTime(seconds: nineOClock.seconds + 60))
    #expect(counted.rejects == 2)
    #expect(Set(counted.topClients.map(\.key)) == ["192.0.2.9", "192.0.2.11"])
  }

  /// More cells than are kept: the steps become coarser, and what comes late still has its own.
  @Test func lateLinesStayExactWhileStepsBecomeCoarser() {
    var random = SeededRandom(3)
    let length = 302_000
    let until = nineOClock.seconds + Int64(length)
    let tally = LogTally(window: .sliding(seconds: 3600), reference: LogTime(seconds: until))
    var expected: [Int: Int] = [:]
    var bytes: [UInt8] = []
    for index in 0..<length {
      let late = random.next() % 50 == 0 ? Int(random.next() % 7200) : 0
      // Seconds since the 22nd began.
      let second = 9 * 3600 + max(0, index - late)
      expected[second / 60, default: 0] += 1
      let clock = [second / 3600 % 24, second / 60 % 60, second % 60].map {
        String($0 + 100).dropFirst()
      }
      let stamp = "Nov \(22 + second / 86_400) " + clock.joined(separator: ":")
      bytes += Array("\(stamp) mx postfix/smtpd[7]: connect from x[192.0.2.1]\n".utf8)
    }
    #expect(tally.consume(bytes.span) == bytes.count)
    let counted = tally.summary(now: LogTime(seconds: until))
    let first = (9 * 3600 + length - 3600) / 60
    // The window begins with a whole step, which is a minute now.
    #expect(counted.since.seconds % 60 == 0)
    let isSlidToTheMinute = (counted.since.seconds - nineOClock.seconds) / 60 + 540
    #expect(isSlidToTheMinute == Int64(first) || isSlidToTheMinute == Int64(first + 1))
    let wanted = expected.filter { Int64($0.key) >= isSlidToTheMinute }.values.reduce(0, +)
    // Up to a minute late counts in the present step.
    #expect(abs(counted.connections - wanted) <= 2)
    #expect(counted.course.connections.reduce(0, +) == counted.connections)
  }
}
