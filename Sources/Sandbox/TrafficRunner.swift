import Glibc
import HostSystem
import PostfixHost
import Synchronization

/// Sends the sessions of a plan to a sandbox, on threads of its own, and keeps the truth.
///
/// Stops by itself at the first limit that is reached, and on request.
public final class TrafficRunner: Sendable {
  /// How much, how fast and how long.
  public struct Limits: Hashable, Sendable {
    /// Sessions a second; 0 is as fast as the server answers.
    public var rate: Double
    /// Seconds after which no session is begun.
    public var seconds: Double
    /// Sessions after which none is begun; nil for no limit.
    public var sessions: Int?
    /// Connections that may be open at once, 1 to 64.
    public var threads: Int

    /// Makes limits; the defaults are a lively small server for ten minutes.
    public init(
      rate: Double = 10, seconds: Double = 600, sessions: Int? = nil, threads: Int = 12
    ) {
      self.rate = rate
      self.seconds = seconds
      self.sessions = sessions
      self.threads = max(1, min(64, threads))
    }
  }

  private struct Progress {
    var next: Int
    var truth = TrafficTruth()
    var working = 0
  }

  private let plan: TrafficPlan
  private let limits: Limits
  private let ports: [TrafficSession.Service: UInt16]
  private let first: Int
  private let begin = Mutex(0.0)
  private let stopped = Atomic(false)
  private let progress: Mutex<Progress>

  /// Prepares a run against a running sandbox.
  ///
  /// - Parameter first: the number of the plan's session to begin with.
  public init(
    _ sandbox: SandboxStatus, plan: TrafficPlan = TrafficPlan(), limits: Limits = Limits(),
    first: Int = 0
  ) {
    self.plan = plan
    self.limits = limits
    self.first = first
    ports = [.smtp: sandbox.smtpPort, .submission: sandbox.submissionPort]
    progress = Mutex(Progress(next: first))
  }

  /// What was done so far.
  public var truth: TrafficTruth { progress.withLock { $0.truth } }

  /// False once every session that was begun has ended.
  public var isRunning: Bool { progress.withLock { $0.working > 0 } }

  /// Begins no further session and cuts lingering short; safe in any thread.
  public func requestStop() { stopped.store(true, ordering: .relaxed) }

  /// Sends all sessions and waits for their end.
  public func run() -> TrafficTruth {
    start()
    return wait()
  }

  /// Starts the threads and returns at once.
  public func start() {
    begin.withLock { $0 = monotonicSeconds() }
    progress.withLock { $0.working += limits.threads }
    for _ in 0..<limits.threads where !startThread({ self.work() }) {
      progress.withLock {
        $0.working -= 1
        $0.truth.lastFailure = "the system starts no more threads"
      }
    }
  }

  /// Waits until every session that was begun has ended, and gives the truth.
  public func wait() -> TrafficTruth {
    while isRunning { usleep(5000) }
    return truth
  }

  private func work() {
    let start = begin.withLock { $0 }
    while let number = take(start) {
      let session = plan.session(number)
      var dialogue = TrafficDialogue(session, port: ports[session.service] ?? 0) { [self] in
        stopped.load(ordering: .relaxed)
      }
      let outcome = dialogue.run()
      progress.withLock {
        $0.truth.add(outcome, of: session)
        $0.truth.seconds = monotonicSeconds() - start
      }
      // A server that is away must not be asked as fast as it can refuse.
      if !outcome.connected { usleep(200_000) }
    }
    progress.withLock { $0.working -= 1 }
  }

  /// The next session's number when its time has come; nil at the end of the run.
  private func take(_ start: Double) -> Int? {
    let number = progress.withLock { progress -> Int? in
      if let sessions = limits.sessions, progress.next - first >= sessions { return nil }
      progress.next += 1
      return progress.next - 1
    }
    guard let number else { return nil }
    let due = limits.rate > 0 ? start + Double(number - first) / limits.rate : start
    guard due - start < limits.seconds else { return nil }
    while true {
      let now = monotonicSeconds()
      if stopped.load(ordering: .relaxed) || now - start >= limits.seconds { return nil }
      if now >= due { return number }
      usleep(UInt32(min(50_000, (due - now) * 1e6 + 1)))
    }
  }
}

/// Runs `body` on a detached thread of its own; false when there can be no more threads.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let result = pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  if result == 0 { pthread_detach(thread) } else { box.release() }
  return result == 0
}
