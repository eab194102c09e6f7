import Attribution
import MailLog
import PostfixConfig
import TestSupport
import Testing

/// Every count of a log whose truth is known equals that truth.
@Suite struct ExactnessTests {
  /// Lines over all forms of stamps; `POSTGATE_EXACT_LINES` sets another number.
  private static let lineCount = setting("POSTGATE_EXACT_LINES", 1_000_000)

  @Test(arguments: LogClock.Form.allCases)
  func everyCountEqualsTheTruth(_ form: LogClock.Form) throws {
    let share = Self.lineCount / LogClock.Form.allCases.count
    var generator = LogGenerator(seed: 11, form: form)
    let start = generator.clock.seconds
    // Traditional stamps are read against a moment behind the log's end.
    let reference = LogTime(seconds: start + Int64(share) + 86_400)
    let tally = LogTally(
      window: .fixed(since: nil, until: nil), zone: generator.clock.zone, reference: reference)
    while generator.truth.lines < share {
      generator.write(lineCount: min(share, generator.truth.lines + 5000))
      let block = generator.takeBytes()
      #expect(tally.consume(block.span) == block.count)
    }
    generator.finish()
    let rest = generator.takeBytes()
    #expect(tally.consume(rest.span) == rest.count)
    let truth = generator.truth
    let snapshot = makeSnapshot(tally.summary(now: reference), epochs: [])
    compare(snapshot, truth)
    compareCauses(snapshot, truth)
    #expect(
      snapshot.coverage.newestLine ?? LogTime(seconds: generator.clock.seconds)
        == LogTime(seconds: generator.clock.seconds))
  }

  private func compare(_ snapshot: LogSnapshot, _ truth: LogTruth) {
    #expect(RejectKind.all.count >= 30)
    #expect(snapshot.coverage.lines == truth.lines)
    #expect(snapshot.coverage.postfixLines == truth.lines - truth.foreign)
    #expect(snapshot.coverage.unknownLines == 0)
    #expect(snapshot.connections == truth.connections)
    #expect(snapshot.endedSessions == truth.ended)
    #expect(snapshot.refusedSessions == truth.refused)
    #expect(snapshot.accepted == truth.accepted)
    #expect(snapshot.rejects == truth.rejects)
    #expect(snapshot.trial == truth.trial)
    #expect(snapshot.byReply == truth.byReply)
    #expect(snapshot.byCommand == truth.byCommand)
    #expect(snapshot.byService == truth.byTag)
    let incidents = snapshot.incidents.filter { $0.value > 0 }
    #expect(
      Dictionary(uniqueKeysWithValues: incidents.map { ($0.key.name, $0.value) })
        == truth.incidents)
    #expect(hours(snapshot.series) == truth.byHour)
    for entry in snapshot.top.clients.prefix(5) {
      let count = truth.byClient[entry.key] ?? 0
      #expect(count <= entry.count && entry.count - entry.error <= count)
    }
    let clients = Double(truth.clients.count)
    #expect(abs(Double(snapshot.distinctClients) - clients) <= clients * 0.05 + 2)
  }

  private func hours(_ series: Series) -> [Int64: Int] {
    var hours: [Int64: Int] = [:]
    for (index, count) in series.rejects.enumerated() where count > 0 {
      hours[(series.start.seconds + Int64(index * series.stepSeconds)) / 3600, default: 0] += count
    }
    return hours
  }

  /// Texts with one cause stand in its row; the others in the group of all that say the same, which
  /// holds the true cause.
  private func compareCauses(_ snapshot: LogSnapshot, _ truth: LogTruth) {
    var rows: [CauseCandidate: RowCount] = [:]
    var groups: [[CauseCandidate]: (rejects: Int, trial: Int)] = [:]
    for (index, kind) in RejectKind.all.enumerated() {
      let rejects = truth.byKind[index] ?? 0
      let trial = truth.trialByKind[index] ?? 0
      let candidates = Self.candidates(kind)
      #expect(candidates.contains { $0.name == kind.cause })
      #expect((candidates.count == 1) == kind.isExact, "\(kind.message)")
      if kind.isExact {
        let cause = CauseCandidate(name: kind.cause, argument: kind.argument)
        rows[cause, default: RowCount()].rejects += rejects
        rows[cause, default: RowCount()].trial += trial
      } else {
        groups[candidates, default: (0, 0)].rejects += rejects
        groups[candidates, default: (0, 0)].trial += trial
      }
    }
    var counted: [CauseCandidate: RowCount] = [:]
    for (key, row) in snapshot.rows {
      let cause = CauseCandidate(name: key.restriction, argument: key.argument)
      counted[cause, default: RowCount()].rejects += row.rejects
      counted[cause, default: RowCount()].trial += row.trial
    }
    #expect(counted == rows.filter { $0.value.rejects + $0.value.trial > 0 })
    #expect(sums(snapshot.open) == groups.mapValues(\.rejects).filter { $0.value > 0 })
    #expect(sums(snapshot.openTrial) == groups.mapValues(\.trial).filter { $0.value > 0 })
    #expect(snapshot.attributed == snapshot.rejects)
    #expect(snapshot.attributedTrial == snapshot.trial)
  }

  private func sums(_ groups: [OpenGroup]) -> [[CauseCandidate]: Int] {
    groups.reduce(into: [:]) { $0[$1.candidates, default: 0] += $1.count }
  }

  /// What the row of such a line names, sorted.
  private static func candidates(_ kind: RejectKind) -> [CauseCandidate] {
    var reader = LogRowReader(reference: testReference)
    let line = "Nov 22 09:00:00 mx postfix/\(kind.program)[7]: \(kind.filled)"
    return reader.row(Array(line.utf8).span).candidates.sorted()
  }

  /// With a policy that has one restriction for each ambiguous text nothing stays open.
  @Test func aPolicyDecidesWhereItCan() {
    var generator = LogGenerator(seed: 5, form: .blankDay)
    generator.write(lineCount: 20_000)
    generator.finish()
    let text = String(decoding: generator.bytes, as: UTF8.self)
    let lists: [Stage: [String]] = [
      .client: ["check_client_access hash:/c", "check_reverse_client_hostname_access hash:/v"],
      .helo: ["reject", "reject_invalid_helo_hostname"],
      .sender: [
        "check_ccert_access hash:/t", "check_sasl_access hash:/l", "check_sender_access hash:/s",
        "reject_sender_login_mismatch",
      ],
      .recipient: ["check_recipient_access hash:/r"],
      .endOfData: ["reject"], .etrn: ["check_etrn_access hash:/e"],
    ]
    let services = Set(LogGenerator.tags).map { service($0, tag: $0, lists) }
    let counted = snapshot(
      text, epochs: [PolicyEpoch(since: LogTime(seconds: 0), policy: Policy(services: services))])
    #expect(counted.attributed == counted.rejects)
    #expect(counted.rejects == generator.truth.rejects)
    // Greylisting is not in that policy, and postscreen's test is in no policy.
    let open = counted.open.filter { !$0.candidates.contains { $0.name.hasPrefix("postscreen") } }
    #expect(open.isEmpty, "\(open)")
    let truth = generator.truth.byKind.reduce(into: [String: Int]()) {
      $0[RejectKind.all[$1.key].cause, default: 0] += $1.value
    }
    for name in ["check_ccert_access", "check_sasl_access", "check_etrn_access"] {
      let rows = counted.rows.filter { $0.key.restriction == name }
      #expect(rows.values.map(\.rejects).reduce(0, +) == truth[name])
    }
  }
}
