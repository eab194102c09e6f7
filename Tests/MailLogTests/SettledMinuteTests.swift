import TestSupport
import Testing

@testable import MailLog

/// Windows, panes, steps, policies and stamps at their edges: what is counted without a look at them,
/// where a whole minute counts alike, must be what the general reading counts.
@Suite struct SettledMinuteTests {
  private static let hosts = [
    "a", "mx", "mail.example.org", "mail1.example.org", "mail-relay-17.example.org",
  ]
  private static let tags = ["postfix", "postfix-out", "postfix/submission"]
  private static let messages = [
    "connect from x.example[192.0.2.CLIENT]",
    "disconnect from x.example[192.0.2.CLIENT] ehlo=1 quit=1 commands=2",
    "NOQUEUE: reject: RCPT from x.example[192.0.2.CLIENT]: 554 5.7.1 <c@d.example>: Relay access "
      + "denied; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<h>",
    "lost connection after EHLO from x.example[192.0.2.CLIENT]",
    "4FzQxCLIENT: client=x.example[192.0.2.CLIENT]",
  ]

  /// The earliest line may be any, in the minute of the first one and in one before.
  @Test(arguments: [true, false])
  func earliestLineIsTheFirst(_ isISO: Bool) {
    let form = isISO ? "2026-11-22T09:01:SS.250000+00:00" : "Nov 22 09:01:SS"
    func line(_ second: Int, _ rest: String) -> String {
      form.replacing("SS", with: String(second + 100).dropFirst()) + " mx postfix/" + rest + "\n"
    }
    let client = "smtpd[7]: " + Self.messages[0]
    let others = [
      client, "qmgr[9]: 4FzQx1: removed", "cleanup[8]: 4FzQx1: message-id=<a@b.example>",
    ]
    for earliest in others {
      let text =
        others.map { line(40, $0) }.joined() + line(50, client) + line(20, earliest)
        + line(30, client)
      for byLine in [true, false] {
        let found = summary(
          Array(text.utf8), .fixed(since: nil, until: nil), epochs: [], byLine: byLine)
        let fraction: Int64 = isISO ? 250_000 : 0
        #expect(
          found.firstLine == LogTime(microseconds: (Self.nine + 80) * 1_000_000 + fraction))
      }
    }
  }

  /// Lines of a quarter of an hour, some of them late by up to two minutes; a few stamps name second 60.
  private func log(seed: UInt64, isISO: Bool) -> [UInt8] {
    var random = SeededRandom(seed)
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    var (text, clock) = ("", 60)
    for _ in 0..<3000 {
      clock += pick(10) == 0 ? pick(6) : 0
      let moment = max(0, pick(12) == 0 ? clock - pick(120) : clock)
      let second = pick(40) == 0 ? "60" : String(moment % 60 + 100).dropFirst()
      let minute = String(moment / 60 + 100).dropFirst()
      let fraction = pick(6) == 0 ? "" : "." + String(pick(1_000_000) + 1_000_000).dropFirst()
      let stamp =
        isISO
        ? "2026-11-22T09:\(minute):\(second)\(fraction)+00:00" : "Nov 22 09:\(minute):\(second)"
      let client = "\(pick(200))"
      let head =
        "\(stamp) \(Self.hosts[pick(pick(4) == 0 ? 5 : 2)]) \(Self.tags[pick(pick(3) + 1)])"
      text +=
        pick(9) == 0
        ? "\(head)/qmgr[9]: 4FzQx\(client): from=<a@b.example>, size=9, nrcpt=1 (queue active)\n"
        : "\(head)/smtpd[\(pick(40) + 1)]: "
          + Self.messages[pick(5)].replacing("CLIENT", with: client) + "\n"
    }
    return Array(text.utf8)
  }

  private func summary(
    _ bytes: [UInt8], _ window: TallyWindow, epochs: [Int64], byLine: Bool
  ) -> TallySummary {
    let tally = LogTally(window: window, reference: testReference)
    for second in epochs { tally.beginEpoch(at: LogTime(seconds: Self.nine + second)) }
    for part in byLine ? bytes.split(separator: 0x0A) : [bytes.dropLast()] {
      // Of common forms are those only behind which there are bytes.
      let block = Array(part) + [0x0A] + [UInt8](repeating: 0x78, count: byLine ? 0 : 100)
      _ = tally.consume(block.span)
    }
    return tally.summary(now: LogTime(seconds: Self.nine + 16 * 60))
  }

  /// 2026-11-22T09:00:00Z.
  private static let nine: Int64 = 1_795_338_000

  private static let windows: [TallyWindow] = [
    .fixed(since: nil, until: nil),
    .fixed(since: LogTime(seconds: nine + 130), until: nil),
    .fixed(since: LogTime(seconds: nine + 120), until: LogTime(seconds: nine + 600)),
    .fixed(
      since: LogTime(seconds: nine - 9000),
      until: LogTime(microseconds: (nine + 333) * 1_000_000 + 7)),
    .sliding(seconds: 600), .sliding(seconds: 7300), .sliding(seconds: 100_000),
  ]

  @Test(arguments: windows, [true, false])
  func countAsTheGeneralReadingDoes(_ window: TallyWindow, _ isISO: Bool) {
    let policies: [[Int64]] = [[], [200], [20, 440, 441]]
    for (seed, epochs) in policies.enumerated() {
      let bytes = log(seed: UInt64(seed) + 1, isISO: isISO)
      let (left, right) = (
        summary(bytes, window, epochs: epochs, byLine: false),
        summary(bytes, window, epochs: epochs, byLine: true)
      )
      #expect(left.connections == right.connections && left.accepted == right.accepted)
      #expect(left.endedSessions == right.endedSessions)
      #expect(left.refusedSessions == right.refusedSessions)
      #expect(Set(left.signatures) == Set(right.signatures))
      #expect(left.firstLine == right.firstLine && left.lastLine == right.lastLine)
      #expect(left.topSince == right.topSince && left.course == right.course)
      let isSame = left == right
      #expect(isSame && left.connections > 100)
    }
  }
}
