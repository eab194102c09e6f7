import CHostSystem
import Glibc
import SystemPackage

/// Ends the process group of a child when we end, however we do: a killed program cannot do it itself.
///
/// A small process of its own waits for the end of a pipe that only we hold. It goes with the value, and
/// then leaves the group alone.
public final class Lifeline {
  private let watcher: pid_t
  private let hold: Int32

  /// Watches over the process group of `child`.
  ///
  /// - Throws: ``SystemError`` when no process can be made.
  public init(of child: ChildProcess) throws(SystemError) {
    var descriptor: Int32 = -1
    watcher = chost_end_group_with_us(child.pid, &descriptor)
    hold = descriptor
    guard watcher > 0 else {
      throw SystemError("start a process", Errno(rawValue: errno))
    }
  }

  deinit {
    guard watcher > 0 else { return }
    var byte: UInt8 = 1
    _ = write(hold, &byte, 1)
    close(hold)
    var status: Int32 = 0
    // One that was killed before is waited for all the same.
    while waitpid(watcher, &status, 0) < 0 && errno == EINTR {}
  }
}
