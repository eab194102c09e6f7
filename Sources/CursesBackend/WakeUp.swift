import CTerminal
import Glibc

/// Wakes the loop from any thread; an `eventfd(2)`.
public final class WakeUp: Sendable {
  /// Readable while a notification has not been drained; for `poll(2)` only.
  public let descriptor: Int32

  /// Opens the event descriptor.
  ///
  /// - Throws: `TerminalError.system` when the process has no descriptor left.
  public init() throws(TerminalError) {
    descriptor = ct_eventfd()
    guard descriptor >= 0 else { throw .system(errno: errno) }
  }

  deinit { close(descriptor) }

  /// Makes the loop return from its wait; several notifications before that count as one.
  public func notify() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Takes all notifications; true when there were any.
  @discardableResult
  public func drain() -> Bool {
    var count: UInt64 = 0
    return read(descriptor, &count, MemoryLayout<UInt64>.size) > 0
  }
}
