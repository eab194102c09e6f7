import Attribution
import Glibc
import MailLog
import PostfixConfig
import TestSupport
import Testing

/// Rows plus open groups make the total, whatever the lines are.
@Suite struct TotalTests {
  private static let seedLines: [String] =
    [
      reject("504 5.5.2 <h>: Helo command rejected: need fully-qualified hostname"),
      reject("554 5.7.1 <h>: Helo command rejected: Access denied", isTrial: true),
      reject("554 5.7.1 <r@mx.example>: Recipient address rejected: Access denied"),
      reject(
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example; x y"),
      reject("451 4.3.5 Server configuration error", tag: "postfix/submission"),
      "Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[192.0.2.1]\n",
      "Nov 22 09:00:00 mx postfix/smtpd[7]: 9E730FD84EB: client=x[192.0.2.1]\n",
      "Nov 22 09:00:00 mx postfix/qmgr[2]: 9E730FD84EB: from=<a@b>, size=1, nrcpt=1 (queue active)\n",
      "Nov 22 09:00:00 mx postfix/smtpd[7]: disconnect from x[192.0.2.1] ehlo=1 commands=1\n",
      "Nov 22 09:00:00 mx postfix/postscreen[3]: PREGREET 9 after 0 from [192.0.2.1]:99: HELO x\n",
      "Nov 22 09:00:00 mx postfix/postscreen[3]: NOQUEUE: reject: RCPT from [192.0.2.1]:99: 550 5.5.1 "
        + "Protocol error; from=<a@b>, to=<c@d>, proto=SMTP, helo=<x>\n",
      "Nov 22 09:00:00 mx postfix/cleanup[4]: 9E730FD84EB: reject: header Subject: a from x[192.0.2.1]; "
        + "from=<a@b> to=<c@d> proto=SMTP helo=<x>: 5.7.1 no\n",
      "2026-11-22T09:00:00.5+00:00 mx postfix/master[1]: warning: process /x pid 7 killed by signal 9\n",
    ]

  private static let policy = Policy(services: [
    service([
      .helo: ["check_helo_access hash:/a", "reject_non_fqdn_helo_hostname"],
      .recipient: ["reject_rbl_client bl.example", "reject"],
    ])
  ])

  private static var fuzzLines: Int {
    getenv("POSTGATE_FUZZ_LINES").flatMap { Int(String(cString: $0)) } ?? 50_000
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func holdsForMutatedLines(_ seed: UInt64) {
    var random = SeededRandom(seed)
    let tally = LogTally(
      window: .fixed(since: nil, until: nil), reference: testReference, isLive: true)
    tally.beginEpoch(at: LogTime(seconds: 0))
    var reader = LogRowReader(reference: testReference)
    var rejectRows = 0
    for _ in 0..<(Self.fuzzLines / 3) {
      let line = mutate(Array(Self.seedLines[Int(random.next() % 13)].utf8), &random)
      let used = tally.consume(line.span)
      tally.consumeRest(line.span.extracting(used..<line.count))
      for piece in line.split(separator: 0x0A, omittingEmptySubsequences: false) {
        if reader.row(Array(piece).span).kind == .reject { rejectRows += 1 }
      }
    }
    let epoch = PolicyEpoch(since: LogTime(seconds: 0), policy: Self.policy)
    let snapshot = makeSnapshot(tally.summary(now: testReference), epochs: [epoch])
    #expect(snapshot.rejects > 0)
    #expect(snapshot.rejects == rejectRows)
    #expect(snapshot.attributed == snapshot.rejects)
    #expect(snapshot.attributedTrial == snapshot.trial)
    #expect(snapshot.byCommand.values.reduce(0, +) == snapshot.rejects)
    #expect(snapshot.byStage.values.reduce(0, +) == snapshot.rejects)
    #expect(snapshot.byService.values.reduce(0, +) == snapshot.rejects)
  }

  /// Bit flips, cuts, joins, repeats, NUL and broken UTF-8; half of the lines stay whole.
  private func mutate(_ line: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var line = line
    for _ in 0..<(random.next() % 4) where random.next() % 2 == 0 && !line.isEmpty {
      let place = Int(random.next() % UInt64(line.count))
      switch random.next() % 6 {
      case 0: line[place] ^= 1 << UInt8(random.next() % 8)
      case 1: line.removeSubrange(place...)
      case 2: line.insert(contentsOf: line.prefix(place), at: place)
      case 3: line[place] = 0
      case 4: line.insert(0xFF, at: place)
      default: line.remove(at: place)
      }
    }
    return line
  }

  /// Logs of real Postfix servers, where they stand beside the checkout.
  private static let samples = ["maillog-3.7.11.log", "maillog-3.11.6.log"].compactMap { name in
    sharedFile("facts/samples/" + name)
  }

  @Test(.enabled(if: !samples.isEmpty, "SKIPPED: no ../shared/facts/samples beside this checkout"))
  func holdsForRealLines() {
    for bytes in Self.samples {
      let text = String(decoding: bytes, as: UTF8.self)
      for snapshot in [snapshot(text), snapshot(text, policy: Self.policy.services[0])] {
        #expect(snapshot.rejects > 100)
        #expect(snapshot.attributed == snapshot.rejects)
        #expect(snapshot.attributedTrial == snapshot.trial)
        #expect(snapshot.coverage.unknownLines == 0)
        #expect(snapshot["unknown"] == nil)
      }
    }
  }
}
