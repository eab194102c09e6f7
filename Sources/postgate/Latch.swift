import HostSystem
import Synchronization

/// Lets one thread wait until another has news.
final class Latch: Sendable {
  private let semaphore = Semaphore()
  private let isRaised = Atomic(false)

  /// There is news; several before the next wait count as one.
  func raise() {
    if !isRaised.exchange(true, ordering: .acquiringAndReleasing) { semaphore.signal() }
  }

  /// Returns when there is news, or after `seconds`; takes the news.
  func wait(seconds: Double) {
    if semaphore.wait(seconds: seconds) { isRaised.store(false, ordering: .releasing) }
  }
}
