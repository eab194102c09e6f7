import CHostSystem
import Glibc
import Synchronization

/// How many processors this process may run on (sched_getaffinity(2)).
public var usableProcessors: Int { Int(chost_usable_processors()) }

/// A thread of its own that runs jobs one after the other.
///
/// Jobs may block for as long as they like; that is why they are not on the cooperative pool.
public final class WorkerThread: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var isStopping = false
    var thread: pthread_t?
  }

  private let state = Mutex(State())
  private let available: Semaphore

  /// Starts the thread; signals are blocked on it, so that they reach the thread that owns the screen.
  public init() {
    available = Semaphore()
    let thread = startThread { [self] in run() }
    state.withLock { $0.thread = thread }
  }

  /// Puts a job at the end of the queue.
  public func add(_ job: @escaping @Sendable () -> Void) {
    state.withLock { $0.jobs.append(job) }
    available.signal()
  }

  /// Drops the jobs that have not begun, waits for the one that has, and ends the thread.
  public func stop() {
    let thread = state.withLock { state in
      state.isStopping = true
      state.jobs = []
      defer { state.thread = nil }
      return state.thread
    }
    available.signal()
    if let thread { pthread_join(thread, nil) }
  }

  private func run() {
    while true {
      available.wait()
      let (job, isStopping) = state.withLock { state in
        (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopping)
      }
      if let job { job() } else if isStopping { return }
    }
  }
}

/// Runs `body` on a new thread with all signals blocked; nil when no thread could be made.
public func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  let box = Unmanaged.passRetained(ThreadBody(body))
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  var thread = pthread_t()
  let result = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  guard result == 0 else {
    box.release()
    return nil
  }
  return thread
}

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
