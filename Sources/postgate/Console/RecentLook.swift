import ChangeControl
import HostSystem
import PostfixConfig
import Rehearsal
import Synchronization

/// The look at recently accepted clients that a draft would refuse, on a thread beside the pre-flight.
final class RecentLook: Sendable {
  private let found = Mutex<RecentClients?>(nil)
  private let done = Latch()

  /// Begins it.
  init(context: Context, thread: WorkerThread, edits: [Edit]) {
    thread.add { [self] in
      let clients = context.recentClients(hurtBy: .edits(edits))
      found.withLock { $0 = clients }
      done.raise()
    }
  }

  /// Waits for what was found; nil when there was nothing to look at.
  func result() -> RecentClients? {
    // The look limits itself; this is for a Postfix that does not come up.
    done.wait(seconds: 15)
    return found.withLock { $0 }
  }
}
