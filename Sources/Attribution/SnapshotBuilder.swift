import MailLog
import PostfixConfig

/// Attributes what a tally counted.
///
/// Rows plus open groups make the total of rejects, always; trial counts stand apart.
///
/// - Parameters:
///   - summary: the tally's counts; its epoch numbers count the elements of `epochs` from 1.
///   - epochs: the known policies, oldest first; empty when there is none.
///   - coverage: how much was read, where the caller knows more than the tally.
public func makeSnapshot(
  _ summary: TallySummary, epochs: [PolicyEpoch], coverage: Coverage = Coverage()
) -> LogSnapshot {
  SnapshotBuilder(summary: summary, epochs: epochs, coverage: coverage).build()
}

private struct SnapshotBuilder {
  let summary: TallySummary
  let epochs: [PolicyEpoch]
  private var resolvers: [CauseResolver] = []
  private var snapshot: LogSnapshot
  private var open: [OpenKey: RowCount] = [:]

  private struct OpenKey: Hashable {
    var tag: String
    var candidates: [CauseCandidate]
  }

  init(summary: TallySummary, epochs: [PolicyEpoch], coverage: Coverage) {
    self.summary = summary
    self.epochs = epochs
    resolvers = [CauseResolver(policy: nil)] + epochs.map { CauseResolver(policy: $0.policy) }
    var coverage = coverage
    coverage.lines = summary.lines
    coverage.bytes = summary.bytes
    coverage.postfixLines = summary.postfixLines
    coverage.unknownLines = summary.unknownLines
    let course = summary.course
    snapshot = LogSnapshot(
      since: summary.since, until: summary.until, coverage: coverage,
      series: Series(
        start: course.start, stepSeconds: course.stepSeconds, connections: course.connections,
        rejects: course.rejects, accepted: course.accepted, marks: course.marks))
  }

  func build() -> LogSnapshot {
    var builder = self
    builder.copyPlainCounts()
    for count in summary.signatures { builder.add(count) }
    builder.finishOpenGroups()
    builder.markChanges()
    return builder.snapshot
  }

  private mutating func copyPlainCounts() {
    snapshot.connections = summary.connections
    snapshot.accepted = summary.accepted
    snapshot.endedSessions = summary.endedSessions
    snapshot.refusedSessions = summary.refusedSessions
    snapshot.postscreen = summary.postscreen
    snapshot.incidents = summary.incidents
    snapshot.peaks = summary.peaks
    snapshot.distinctClients = summary.distinctClients
    snapshot.topSince = summary.topSince
    snapshot.top.clients = entries(summary.topClients)
    snapshot.top.networks = entries(summary.topNetworks)
    snapshot.top.heloNames = entries(summary.topHeloNames)
    snapshot.top.senderDomains = entries(summary.topSenderDomains)
    snapshot.top.recipients = entries(summary.topRecipients)
  }

  private func entries(_ hitters: [HeavyHitter]) -> [TopTalkers.Entry] {
    hitters.map { TopTalkers.Entry(key: $0.key, count: $0.count, error: $0.error) }
  }

  private mutating func add(_ count: TallySummary.SignatureCount) {
    let rejects = count.isTrial ? 0 : count.count
    let trial = count.isTrial ? count.count : 0
    snapshot.rejects += rejects
    snapshot.trial += trial
    if rejects > 0 {
      snapshot.byCommand[count.command, default: 0] += rejects
      snapshot.byStage[count.signature.stage, default: 0] += rejects
      snapshot.byService[count.tag, default: 0] += rejects
      if !count.reply.isEmpty { snapshot.byReply[count.reply, default: 0] += rejects }
    }
    let candidates = count.signature.candidates.map {
      CauseCandidate(name: $0, argument: count.argument)
    }
    let resolver = resolvers[min(count.epoch, resolvers.count - 1)]
    let cause = resolver.cause(
      candidates, of: count.signature, tag: count.tag, isTrial: count.isTrial)
    switch cause {
    case .restriction(let name, let argument):
      let key = RowKey(tag: count.tag, restriction: name, argument: argument)
      snapshot.rows[key, default: RowCount()].rejects += rejects
      snapshot.rows[key, default: RowCount()].trial += trial
    case .open(let candidates):
      let key = OpenKey(tag: count.tag, candidates: candidates)
      open[key, default: RowCount()].rejects += rejects
      open[key, default: RowCount()].trial += trial
    }
  }

  private mutating func finishOpenGroups() {
    snapshot.open = groups(\.rejects)
    snapshot.openTrial = groups(\.trial)
    for key in snapshot.rows.keys {
      snapshot.rows[key]?.isAtLeast = snapshot.open.contains { $0.names(key) }
    }
  }

  /// The open groups with such counts, heaviest first; those with equal counts in the same order in every run.
  private func groups(_ count: KeyPath<RowCount, Int>) -> [OpenGroup] {
    open.filter { $0.value[keyPath: count] > 0 }
      .map {
        OpenGroup(
          tag: $0.key.tag, candidates: $0.key.candidates, count: $0.value[keyPath: count])
      }
      .sorted { left, right in
        if left.count != right.count { return left.count > right.count }
        if left.tag != right.tag { return left.tag < right.tag }
        return left.candidates.lexicographicallyPrecedes(right.candidates)
      }
  }

  /// Sets `since` of the rows whose restriction changed its state inside the window.
  private mutating func markChanges() {
    guard epochs.count > 1 else { return }
    for key in snapshot.rows.keys {
      var former = state(of: key, in: epochs[0].policy)
      var wasOnTrial = former == .trial
      for (index, epoch) in epochs.enumerated().dropFirst() {
        let now = state(of: key, in: epoch.policy)
        if now != former && epoch.since > snapshot.since && epoch.since <= snapshot.until {
          snapshot.rows[key]?.since = epoch.since
          countSinceChange(key, epoch: index + 1)
          // Stamps of whole seconds may lie before the change whose trial they tell of.
          let trial = snapshot.rows[key]?.trial ?? 0
          if !wasOnTrial { snapshot.rows[key]?.trialSinceChange = trial }
        }
        wasOnTrial = wasOnTrial || now == .trial
        former = now
      }
    }
  }

  private mutating func countSinceChange(_ key: RowKey, epoch: Int) {
    var (rejects, trial) = (0, 0)
    for count in summary.signatures where count.epoch >= epoch && count.tag == key.tag {
      let candidates = count.signature.candidates.map {
        CauseCandidate(name: $0, argument: count.argument)
      }
      let resolver = resolvers[min(count.epoch, resolvers.count - 1)]
      let cause = resolver.cause(
        candidates, of: count.signature, tag: count.tag, isTrial: count.isTrial)
      guard cause == .restriction(name: key.restriction, argument: key.argument) else { continue }
      if count.isTrial { trial += count.count } else { rejects += count.count }
    }
    snapshot.rows[key]?.rejectsSinceChange = rejects
    snapshot.rows[key]?.trialSinceChange = trial
  }

  /// The state of a row's restriction in the services with its tag; nil when none has it.
  private func state(of key: RowKey, in policy: Policy) -> RestrictionState? {
    let name = RestrictionNames.canonical(key.restriction)
    for service in policy.services where service.tag == key.tag {
      for list in service.lists {
        for restriction in list.restrictions
        where RestrictionNames.canonical(restriction.name) == name
          && restriction.argument == key.argument && restriction.isReachable
        {
          return restriction.state
        }
      }
    }
    return nil
  }
}

extension OpenGroup {
  /// True when the group's rejects may belong to that row.
  func names(_ key: RowKey) -> Bool {
    guard tag == key.tag else { return false }
    let name = RestrictionNames.canonical(key.restriction)
    return candidates.contains { candidate in
      RestrictionNames.canonical(candidate.name) == name
        && (candidate.argument == nil || candidate.argument == key.argument)
    }
  }
}
