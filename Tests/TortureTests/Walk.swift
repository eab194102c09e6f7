import Glibc
import HostSystem
import Synchronization
import TestSupport

/// How far a walk goes: every tenth point, or as many as `POSTGATE_TORTURE_STEP` says (1: all).
let tortureStep = max(1, setting("POSTGATE_TORTURE_STEP", 10))

/// What came of a walk.
struct WalkResult: Sendable {
  /// Points at which something was struck.
  var struck = 0
  /// Points that their run did not pass.
  var missed: [String] = []
  /// One line each; empty when everything held.
  var failures: [String] = []
  /// The longest time from a deadline to the old text, seconds.
  var latest = 0.0
}

/// What came of one point.
enum PointResult: Sendable {
  case missed
  /// The complaints, and how late an unconfirmed change was taken back.
  case struck(complaints: [String], lateness: Double)
}

/// Visits items on several instances at once.
///
/// Each visit has an instance to itself. The first error of a room ends that room's walk.
func walk<Item: Sendable>(
  _ items: [Item], rooms: Int,
  _ visit: @escaping @Sendable (TortureRoom, Item) throws -> PointResult
) -> WalkResult {
  let left = Mutex(items[...])
  let result = Mutex(WalkResult())
  let threads = (0..<min(rooms, items.count)).map { _ in
    startThread {
      do {
        let room = try TortureRoom()
        while let item = left.withLock({ $0.popFirst() }) {
          let outcome = try visit(room, item)
          result.withLock { $0.add(outcome, "\(item)") }
          try room.reset()
        }
      } catch {
        result.withLock { $0.failures.append("a walk ended early: \(error)") }
      }
    }
  }
  for thread in threads {
    if let thread { pthread_join(thread, nil) }
  }
  return result.withLock { $0 }
}

extension WalkResult {
  mutating func add(_ outcome: PointResult, _ item: String) {
    switch outcome {
    case .missed: missed.append(item)
    case .struck(let complaints, let lateness):
      struck += 1
      latest = max(latest, lateness)
      failures += complaints.map { "\(item): \($0)" }
    }
  }

  /// For the log of the test run.
  func report(_ what: String, of all: Int, seconds: Double) {
    let late = latest > 0 ? ", taken back at most \(Format.seconds(latest)) after the deadline" : ""
    print(
      "\(what): \(struck) points tried of \(all), \(missed.count) not passed, "
        + "\(failures.count) failures, \(Format.seconds(seconds))\(late)")
    missed.forEach { print("  not passed: \($0)") }
    failures.forEach { print("  FAILURE \($0)") }
  }
}

enum Format {
  /// With one digit behind the point.
  static func seconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) s" }
}

/// Every n-th element.
func every<Element>(_ step: Int, of elements: [Element]) -> [Element] {
  stride(from: 0, to: elements.count, by: max(1, step)).map { elements[$0] }
}
