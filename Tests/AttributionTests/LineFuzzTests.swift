import Attribution
import Glibc
import MailLog
import PostfixConfig
import TestSupport
import Testing

/// Rows plus open groups make the total, whatever the lines are.
@Suite struct LineFuzzTests {
  /// Whole lines of every shape that a log of known truth has, and a few that it has not.
  private static let seedLines: [[UInt8]] = {
    var generator = LogGenerator(seed: 7, form: .blankDay)
    generator.write(lineCount: 4000)
    let lines = generator.bytes.split(separator: 0x0A).map { Array($0) + [0x0A] }
    let more = [
      "Nov 22 09:00:00 mx postfix/postscreen[3]: PREGREET 9 after 0 from [192.0.2.1]:99: HELO x\n",
      "2026-11-22T09:00:00.5+00:00 mx postfix/master[1]: warning: process /x pid 7 killed by signal 9\n",
      "Nov 22 09:00:00 mx postfix/master[1]: daemon started -- version 3.7.11, configuration /x\n",
      "Nov 22 09:00:00 mx postfix/anvil[1]: statistics: max connection rate 3/60s for (smtp:192.0.2.1) at x\n",
    ]
    return lines + more.map { Array($0.utf8) }
  }()

  private static let policy = Policy(services: [
    service([
      .helo: ["check_helo_access hash:/a", "reject_non_fqdn_helo_hostname"],
      .recipient: ["reject_rbl_client bl.example", "reject"],
    ])
  ])

  /// Lines to try: `POSTGATE_FUZZ_LINES`, else 50,000.
  private static let fuzzLines = setting("POSTGATE_FUZZ_LINES", 50_000)

  /// Another seed, `POSTGATE_FUZZ_SEED`, tries other lines.
  private static let firstSeed = setting("POSTGATE_FUZZ_SEED", 0)

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func fuzzedLinesAddUp(_ shard: UInt64) {
    let seed = UInt64(truncatingIfNeeded: Self.firstSeed) &* 4 &+ shard
    var random = SeededRandom(seed)
    let tally = LogTally(
      window: .fixed(since: nil, until: nil), reference: testReference, isLive: true)
    tally.beginEpoch(at: LogTime(seconds: 0))
    // The same lines in blocks, where most are read as common forms.
    let blocks = LogTally(window: .fixed(since: nil, until: nil), reference: testReference)
    blocks.beginEpoch(at: LogTime(seconds: 0))
    var block: [UInt8] = []
    var reader = LogRowReader(reference: testReference)
    var (rejectRows, trialRows, lines) = (0, 0, 0)
    let memoryBefore = Self.residentKilobytes
    for number in 0..<(Self.fuzzLines / 4) {
      // A line of a megabyte now and then, as one of another program may be.
      let line =
        number % 5000 == 4999
        ? Self.hugeLine(&random) : Self.mutate(Self.seedLines, &random)
      let used = tally.consume(line.span)
      tally.consumeRest(line.span.extracting(used..<line.count))
      block += line.last == 0x0A ? line : line + [0x0A]
      if number % 50 == 0 || number == Self.fuzzLines / 4 - 1 {
        // A copy of the exact size, so that reading behind it is seen where memory is guarded.
        #expect(blocks.consume(Array(block).span) == block.count)
        block.removeAll(keepingCapacity: true)
      }
      for piece in line.split(separator: 0x0A) {
        let row = reader.row(Array(piece).span)
        if row.kind == .reject { rejectRows += 1 }
        if row.kind == .trial { trialRows += 1 }
        lines += 1
      }
    }
    let epoch = PolicyEpoch(since: LogTime(seconds: 0), policy: Self.policy)
    let summary = tally.summary(now: testReference)
    expectSameCounts(summary, blocks.summary(now: testReference))
    let snapshot = makeSnapshot(summary, epochs: [epoch])
    #expect(snapshot.rejects > 0 && snapshot.trial > 0)
    #expect(snapshot.coverage.lines >= lines)
    #expect(snapshot.rejects == rejectRows)
    #expect(snapshot.trial == trialRows)
    #expect(snapshot.attributed == snapshot.rejects)
    #expect(snapshot.attributedTrial == snapshot.trial)
    #expect(snapshot.byCommand.values.reduce(0, +) == snapshot.rejects)
    #expect(snapshot.byStage.values.reduce(0, +) == snapshot.rejects)
    #expect(snapshot.byService.values.reduce(0, +) == snapshot.rejects)
    #expect(tally.openSessions().count <= 16_384)
    // The tables of four tallies side by side, however many lines there are.
    #expect(Self.residentKilobytes - memoryBefore < 400_000)
    print("lines, shard \(shard): \(lines) from seed \(seed), \(rejectRows) rejects")
  }

  private func expectSameCounts(_ left: TallySummary, _ right: TallySummary) {
    #expect(Set(left.signatures) == Set(right.signatures))
    #expect(left.connections == right.connections && left.accepted == right.accepted)
    #expect(left.endedSessions == right.endedSessions)
    #expect(left.refusedSessions == right.refusedSessions)
    #expect(left.incidents == right.incidents && left.postscreen == right.postscreen)
    #expect(left.postfixLines == right.postfixLines && left.unknownLines == right.unknownLines)
    #expect(left.topClients == right.topClients && left.topRecipients == right.topRecipients)
    #expect(left.course == right.course)
  }

  private static func hugeLine(_ random: inout SeededRandom) -> [UInt8] {
    var line = seedLines[Int(random.next() % UInt64(seedLines.count))].dropLast()
    let byte = UInt8(truncatingIfNeeded: random.next())
    line += [UInt8](repeating: byte == 0x0A ? 0x41 : byte, count: 1 << 20)
    return line + [0x0A]
  }

  /// Bit flips, cuts, joins, repeats, NUL and broken UTF-8; some lines stay whole.
  private static func mutate(_ seeds: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
    var line = seeds[Int(random.next() % UInt64(seeds.count))]
    for _ in 0..<(random.next() % 4) where random.next() % 2 == 0 && !line.isEmpty {
      let place = Int(random.next() % UInt64(line.count))
      switch random.next() % 8 {
      case 0: line[place] ^= 1 << UInt8(random.next() % 8)
      case 1: line.removeSubrange(place...)
      case 2: line.insert(contentsOf: line.prefix(place), at: place)
      case 3: line[place] = 0
      case 4: line.insert(0xFF, at: place)
      case 5:
        // Two lines on one, as after a full disk.
        line.removeSubrange(place...)
        line += seeds[Int(random.next() % UInt64(seeds.count))]
      case 6: line.insert(contentsOf: [0xE2, 0x80, 0xAE], at: place)
      default: line.remove(at: place)
      }
    }
    return line
  }

  private static var residentKilobytes: Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss
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
