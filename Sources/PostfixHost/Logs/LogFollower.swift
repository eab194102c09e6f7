import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import Synchronization
import SystemPackage

/// The work of a ``LogMonitor``'s thread: reads the window, then follows.
final class LogFollower {
  private let monitor: LogMonitor
  private let notify: @Sendable () -> Void
  private var tally: LogTally
  private var epochs: [PolicyEpoch] = []
  private var generation = -1
  private var windowSeconds = 3600
  private var input: FollowedInput?
  /// The seconds that are counted now; fewer than the window's while it is being read.
  private var countedSeconds = 3600
  /// More of the window, while only its newest part is counted and followed.
  private var coming: ComingWindow?
  private var publishedAt = 0.0
  private var changed = true
  private var coverage = Coverage()
  private var truncatedAt = -1e9

  /// A longer window is begun with so many seconds, which take no time to read.
  private static let quickSeconds = 3600

  /// Then it goes backwards, each time so many times as far. A session makes sense forwards only, so
  /// that every step is read from its beginning; all steps together read a seventh more than the last.
  private static let widening = 8

  /// Seconds for which a truncation is shown.
  private static let noteSeconds = 60.0

  init(monitor: LogMonitor, notify: @escaping @Sendable () -> Void) {
    self.monitor = monitor
    self.notify = notify
    tally = LogTally(window: .sliding(seconds: 3600), reference: LogTime(seconds: 0))
  }

  private var now: LogTime { LogTime(microseconds: wallClockMicroseconds()) }

  func run() {
    while !monitor.shared.withLock({ $0.isStopping }) {
      takeOrders()
      let didRead = readSome()
      if didRead { changed = true }
      publishIfDue()
      if !didRead { usleep(50_000) }
    }
    input?.close()
    coming?.close()
  }

  /// Looks for another window or policy, and begins anew where that needs older lines.
  private func takeOrders() {
    let (newGeneration, length, known) = monitor.shared.withLock {
      ($0.generation, $0.windowSeconds, $0.epochs)
    }
    if newGeneration != generation || input?.needsRestart == true {
      let isLonger = generation >= 0 && length > windowSeconds && known == epochs
      generation = newGeneration
      windowSeconds = length
      epochs = known
      if isLonger, input?.isCaughtUp == true, case .file = monitor.source {
        lengthen()
      } else {
        begin()
      }
    } else if known != epochs {
      takePolicies(known)
    }
  }

  /// Goes on with another list of policies; reads again when lines were counted under the wrong one.
  private func takePolicies(_ known: [PolicyEpoch]) {
    let isContinuation = epochs.map(\.since) == known.prefix(epochs.count).map(\.since)
    let added = known.dropFirst(epochs.count)
    epochs = known
    changed = true
    let newest = tally.newestLine
    let isLate = added.contains { epoch in
      newest.map { epoch.since.microseconds + 2_000_000 < $0.microseconds } ?? false
    }
    guard isContinuation && !isLate else { return begin() }
    for epoch in added {
      tally.beginEpoch(at: epoch.since)
      coming?.tally.beginEpoch(at: epoch.since)
    }
  }

  /// Forgets all and reads anew: a long window's newest part first.
  private func begin() {
    input?.close()
    coming?.close()
    coming = nil
    monitor.ring.clear()
    coverage = Coverage()
    var seconds = windowSeconds
    if case .file = monitor.source { seconds = min(seconds, Self.quickSeconds) }
    tally = makeTally(seconds)
    input = makeInput(seconds, preloads: true)
    countedSeconds = seconds
    changed = true
    if seconds < windowSeconds { lengthen() }
  }

  /// Reads more of the window while what is counted of it goes on being counted and followed.
  private func lengthen() {
    coming?.close()
    let seconds = min(windowSeconds, countedSeconds * Self.widening)
    coming = ComingWindow(
      input: makeInput(seconds, preloads: false), tally: makeTally(seconds), seconds: seconds)
    changed = true
  }

  private func makeTally(_ seconds: Int) -> LogTally {
    let tally = LogTally(
      window: .sliding(seconds: seconds), zone: monitor.zone, reference: now, isLive: true)
    for epoch in epochs { tally.beginEpoch(at: epoch.since) }
    return tally
  }

  private func makeInput(_ seconds: Int, preloads: Bool) -> FollowedInput {
    FollowedInput(
      source: monitor.source, zone: monitor.zone,
      since: LogTime(seconds: now.seconds - Int64(seconds)), now: now, ring: monitor.ring,
      preloads: preloads)
  }

  /// Reads for at most a few milliseconds; true when there was something.
  private func readSome() -> Bool {
    guard let input else { return false }
    let deadline = monotonicSeconds() + 0.02
    var didRead = false
    while input.readBlock(into: tally, ring: monitor.ring, now: now) {
      didRead = true
      if monotonicSeconds() > deadline { break }
    }
    guard let coming, input.isCaughtUp else { return didRead }
    guard coming.read(until: deadline + 0.02, now: now) else { return true }
    // While lines pour in, one is always ahead: it waits here for the other.
    while coming.isAhead(of: input), input.readBlock(into: tally, ring: monitor.ring, now: now) {}
    if coming.takeOver(from: input) {
      input.close()
      (self.input, tally, self.coming) = (coming.input, coming.tally, nil)
      countedSeconds = coming.seconds
      if countedSeconds < windowSeconds { lengthen() }
      didRead = true
    }
    return didRead
  }

  private func noteTruncations() {
    guard let input, input.truncations > coverage.truncations else { return }
    truncatedAt = monotonicSeconds()
    coverage.truncations = input.truncations
    coverage.lostRests = input.lostRests
  }

  /// What a log that was cut means for the counts.
  private var truncationNote: String? {
    guard monotonicSeconds() - truncatedAt < Self.noteSeconds else { return nil }
    return coverage.lostRests == 0
      ? "the log was copied and cut: lines written in between are not counted"
      : "the log was cut: lines that were not read before are not counted"
  }

  private func publishIfDue() {
    let clock = monotonicSeconds()
    // Without news the window slides on: a refresh a second keeps it true.
    guard clock - publishedAt >= (changed ? monitor.refreshSeconds : 1) else { return }
    publishedAt = clock
    changed = false
    let summary = tally.summary(now: now)
    coverage.files = input?.files ?? []
    coverage.isComplete = coming == nil && input?.isCaughtUp ?? false
    coverage.progress = (coming?.input ?? input)?.progress ?? 0
    coverage.newestLine = summary.lastLine
    noteTruncations()
    coverage.readFrom = summary.firstLine.map { max($0, summary.since) }
    let snapshot = makeSnapshot(summary, epochs: epochs, coverage: coverage)
    let sessions = tally.openSessions()
    let problem = input?.problem ?? truncationNote
    monitor.shared.withLock { shared in
      shared.snapshot = snapshot
      shared.sessions = sessions
      shared.problem = problem
    }
    notify()
  }
}
