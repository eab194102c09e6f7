import Glibc
import HostSystem
import Synchronization

/// Lets one thread wait until another has news.
final class Latch: Sendable {
  private let isRaised = Mutex(false)

  /// There is news.
  func raise() { isRaised.withLock { $0 = true } }

  /// Returns when there is news, or after `seconds`; takes the news.
  func wait(seconds: Double) {
    let deadline = monotonicSeconds() + seconds
    while monotonicSeconds() < deadline {
      let raised = isRaised.withLock { raised in
        defer { raised = false }
        return raised
      }
      if raised { return }
      usleep(20_000)
    }
  }
}
