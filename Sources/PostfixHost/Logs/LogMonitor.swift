import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import Synchronization
import SystemPackage

/// Follows the log of an instance on a thread of its own and publishes immutable snapshots.
///
/// All methods may be called from any thread and return at once, but ``stop()`` which waits for the
/// thread's end.
public final class LogMonitor: Sendable {
  struct Shared {
    var windowSeconds: Int
    var epochs: [PolicyEpoch] = []
    /// Rises when the window or the policies changed so that the log must be read again.
    var generation = 0
    var isStopping = false
    var snapshot: LogSnapshot
    var sessions: [OpenSession] = []
    var problem: String?
  }

  private struct Running {
    var thread: pthread_t?
    var rows: LogRowReader
  }

  let source: LogSource
  let zone: LocalZone
  let refreshSeconds: Double
  let ring: LineRing
  let shared: Mutex<Shared>
  private let running: Mutex<Running>

  /// Prepares a monitor; nothing is read before ``start(notify:)``.
  ///
  /// - Parameters:
  ///   - source: the log.
  ///   - windowSeconds: the length of the window, 1…60 days.
  ///   - zone: the zone of stamps without one; nil for the machine's.
  ///   - refreshSeconds: how often at most a snapshot is published.
  ///   - ringCapacity: how many of the newest lines are kept for ``rows(after:limit:)``.
  public init(
    source: LogSource, windowSeconds: Int, zone: LocalZone? = nil, refreshSeconds: Double = 0.25,
    ringCapacity: Int = 5000
  ) {
    let now = LogTime(microseconds: wallClockMicroseconds())
    self.source = source
    self.zone = zone ?? .system(around: now)
    self.refreshSeconds = refreshSeconds
    ring = LineRing(capacity: ringCapacity)
    let length = min(max(1, windowSeconds), 60 * 86_400)
    let since = LogTime(seconds: now.seconds - Int64(length))
    let series = Series(start: since, stepSeconds: 60)
    shared = Mutex(
      Shared(
        windowSeconds: length,
        snapshot: LogSnapshot(since: since, until: now, coverage: Coverage(), series: series)))
    running = Mutex(Running(thread: nil, rows: LogRowReader(zone: self.zone, reference: now)))
  }

  /// Starts the thread; `notify` is called on it whenever something new can be fetched.
  ///
  /// - Throws: ``SystemError`` when the system gives no thread.
  public func start(notify: @escaping @Sendable () -> Void) throws(SystemError) {
    let follower = LogFollower(monitor: self, notify: notify)
    let box = Unmanaged.passRetained(follower)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<LogFollower>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard result == 0 else {
      box.release()
      throw SystemError("start the log reader", Errno(rawValue: result))
    }
    let started = thread
    running.withLock { $0.thread = started }
  }

  /// Ends the thread and waits for it.
  public func stop() {
    shared.withLock { $0.isStopping = true }
    let thread = running.withLock { running in
      defer { running.thread = nil }
      return running.thread
    }
    if let thread { pthread_join(thread, nil) }
  }

  /// Counts another window; the log is read again for it, with progress in the snapshot's coverage.
  public func setWindow(seconds: Int) {
    shared.withLock { shared in
      let length = min(max(1, seconds), 60 * 86_400)
      guard length != shared.windowSeconds else { return }
      shared.windowSeconds = length
      shared.generation += 1
    }
  }

  /// From `since` on this policy is in force, until a later one is set. For a moment before lines that
  /// were already counted the log is read again.
  public func setPolicy(_ policy: Policy, since: LogTime) {
    shared.withLock { shared in
      if shared.epochs.last?.policy == policy { return }
      shared.epochs.removeAll { $0.since >= since }
      shared.epochs.append(PolicyEpoch(since: since, policy: policy))
      shared.epochs = Array(shared.epochs.suffix(1000))
    }
  }

  /// All policies that are known to have been in force, oldest first; those set before stay where they
  /// are older. Where a moment lies before lines that were already counted the log is read again.
  public func setPolicies(_ epochs: [PolicyEpoch]) {
    guard let first = epochs.first else { return }
    shared.withLock { shared in
      var known = shared.epochs.filter { $0.since < first.since }
      // What was known to be in force goes on to be until another policy is.
      for epoch in epochs where known.last?.policy != epoch.policy { known.append(epoch) }
      shared.epochs = Array(known.suffix(1000))
    }
  }

  /// The counts of the window as of the last refresh.
  public func snapshot() -> LogSnapshot { shared.withLock { $0.snapshot } }

  /// The sessions that are open by the log, with their last verdict in words.
  public func sessions() -> [LiveSession] {
    let (open, policy) = shared.withLock { ($0.sessions, $0.epochs.last?.policy) }
    return liveSessions(open, policy: policy)
  }

  /// Why the log cannot be read now, one sentence; nil while it can.
  public func problem() -> String? { shared.withLock { $0.problem } }

  /// The newest rows with a sequence number above `sequence`, at most `limit`.
  public func news(after sequence: UInt64, limit: Int) -> LogRowNews {
    let news = ring.news(after: sequence, limit: limit)
    let now = LogTime(microseconds: wallClockMicroseconds())
    return running.withLock { running in
      running.rows.advanceReference(to: now)
      return LogRowNews(
        generation: news.generation,
        rows: news.lines.map { line in
          var row = running.rows.row(line.bytes.span, sequence: line.sequence)
          row.offset = line.offset
          return row
        })
    }
  }
}
