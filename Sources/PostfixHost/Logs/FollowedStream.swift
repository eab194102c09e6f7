import Glibc
import HostSystem
import MailLog

/// Lines from a pipe: a program's output or standard input, read without blocking.
final class FollowedStream {
  private let child: ChildProcess?
  private let descriptor: Int32
  private let reader = BlockReader()
  private(set) var isAtEnd = false
  private(set) var isFinished = false

  /// Starts a program and reads its output.
  init(_ command: Command) throws(SystemError) {
    let child = try ChildProcess(command)
    child.closeInput()
    self.child = child
    descriptor = child.output
  }

  /// Starts the program that unpacks a file and reads its output.
  init(unpacking log: OpenedLog) throws(SystemError) {
    let child = try log.unpack()
    self.child = child
    descriptor = child.output
  }

  init(standardInput descriptor: Int32) {
    child = nil
    self.descriptor = descriptor
  }

  /// Reads a block if one is there.
  func readBlock(into tally: LogTally, ring: LineRing?) -> Bool {
    guard !isAtEnd else { return false }
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, 0) > 0 else { return false }
    let count = reader.read(descriptor, isSeekable: false, into: tally, ring: ring)
    if count <= 0 { isAtEnd = count == 0 || errno != EAGAIN }
    return count > 0
  }

  /// Counts a last line without newline and ends the program.
  func finish(into tally: LogTally, ring: LineRing?) {
    reader.finish(into: tally, ring: ring)
    isFinished = true
    close()
  }

  /// The same for a program that ends by itself; true when it ended well.
  func finishWaiting(into tally: LogTally, ring: LineRing?) -> Bool {
    reader.finish(into: tally, ring: ring)
    isFinished = true
    return child?.wait() == .exited(0)
  }

  /// Ends the program.
  func close() {
    guard let child else { return }
    child.signalGroup(SIGTERM)
    _ = child.wait()
  }
}
