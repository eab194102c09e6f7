import CHostSystem
import Glibc

/// A POSIX semaphore (sem_overview(7)).
public final class Semaphore: @unchecked Sendable {
  // The address must not move, hence the allocation; sem_t itself is safe to use from any thread.
  private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  /// Creates a semaphore that stands at 0.
  public init() { sem_init(handle, 0, 0) }

  deinit {
    sem_destroy(handle)
    handle.deallocate()
  }

  /// Adds one, which lets one waiter go on.
  public func signal() { sem_post(handle) }

  /// Waits until it is above 0 and takes one.
  public func wait() {
    while sem_wait(handle) != 0 && errno == EINTR {}
  }

  /// The same, but gives up after `seconds` of the clock that nobody can set; false then.
  public func wait(seconds: Double) -> Bool {
    let deadline = monotonicSeconds() + max(0, seconds)
    while chost_semaphore_wait(handle, Int64(max(0, deadline - monotonicSeconds()) * 1e9)) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }
}
