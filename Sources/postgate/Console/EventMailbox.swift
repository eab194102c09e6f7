import ConsoleCore
import CursesBackend
import Synchronization

/// Where workers leave events for the loop that owns the screen.
final class EventMailbox: Sendable {
  private let events = Mutex<[Event]>([])
  private let wakeUp: WakeUp

  init(_ wakeUp: WakeUp) { self.wakeUp = wakeUp }

  /// Leaves an event and wakes the loop.
  func post(_ event: Event) {
    events.withLock { $0.append(event) }
    wakeUp.notify()
  }

  /// Takes all events, oldest first.
  func take() -> [Event] {
    events.withLock { events in
      defer { events = [] }
      return events
    }
  }
}
