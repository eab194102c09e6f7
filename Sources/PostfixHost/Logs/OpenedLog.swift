import Glibc
import HostSystem
import MailLog
import Synchronization
import SystemPackage

/// A log that was opened: what is read of it is the file that had this name then, wherever a rotation has
/// moved it since, and whether or not it still has a name.
///
/// Closes itself when nobody needs it any more.
public final class OpenedLog: Sendable {
  /// The name under which it was opened.
  public let path: String
  /// The program that unpacks it; nil for a plain file.
  let decompressor: String?
  /// What it was when it was opened.
  let facts: FileFacts
  /// The first bytes of a plain file, enough for two lines.
  let head: [UInt8]
  private let held: Atomic<Int32>

  /// Opens a log; a pipe too, whose writer need not be there yet.
  ///
  /// - Throws: ``SystemError`` when it cannot be opened.
  init(_ file: LogFile) throws(SystemError) {
    let descriptor = try openLog(file.path)
    guard let facts = FileFacts(descriptor: descriptor) else {
      let reason = Errno(rawValue: errno)
      close(descriptor)
      throw SystemError("look at \(file.path)", reason)
    }
    // What is no file is waited for where it is read.
    if !facts.isRegular { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) }
    path = file.path
    decompressor = file.decompressor
    self.facts = facts
    let isPlain = facts.isRegular && file.decompressor == nil
    head = isPlain ? FollowedFile.head(of: descriptor) : []
    held = Atomic(descriptor)
  }

  deinit {
    let descriptor = held.load(ordering: .relaxed)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Open for reading.
  var descriptor: Int32 { held.load(ordering: .relaxed) }

  /// Leaves the closing to the caller; nothing else may be asked of the log afterwards.
  func release() -> Int32 { held.exchange(-1, ordering: .relaxed) }

  /// True when a plain file was cut since it was opened, and may have been written anew: what is read of
  /// it is not what stood there.
  var wasCut: Bool {
    guard facts.isRegular, decompressor == nil, let now = FileFacts(descriptor: descriptor) else {
      return false
    }
    return now.size < facts.size || !FollowedFile.head(of: descriptor).starts(with: head)
  }

  /// Waits until a pipe has something to read or its writers have gone. Until the first writer has opened
  /// a FIFO its end would be seen, and whatever is written later missed.
  func waitForWriter() {
    guard !facts.isRegular else { return }
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&polled, 1, -1) < 0 && errno == EINTR {}
  }

  /// The stamp of the first line that has one; of a packed file only the beginning is unpacked.
  func firstTime(zone: LocalZone) -> LogTime? {
    if decompressor == nil {
      var search = LogSearch(descriptor: descriptor, zone: zone, reference: facts.modified)
      return search.firstTime(size: facts.size)
    }
    guard let child = try? unpack() else { return nil }
    defer {
      child.signalGroup(SIGKILL)
      _ = child.wait()
    }
    var clock = LineClock(zone: zone, reference: facts.modified)
    return Self.beginning(of: child.output).split(separator: 0x0A).lazy
      .compactMap { clock.time(of: $0.span) }.first
  }

  /// The first bytes that a program writes.
  private static func beginning(of descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < block.count {
      let count = read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return bytes
  }

  /// Starts the program that unpacks the file, which is its standard input: no name becomes an argument.
  ///
  /// - Throws: ``SystemError`` when it cannot be started.
  func unpack() throws(SystemError) -> ChildProcess {
    waitForWriter()
    // It may have been read before.
    lseek(descriptor, 0, SEEK_SET)
    return try ChildProcess(
      Command(decompressor ?? "", ["-dc"], timeout: .infinity), input: descriptor)
  }

  /// The error of a file whose unpacking ended early.
  var damage: SystemError {
    SystemError(
      "unpack all of \(path)", .ioError, remedy: "the file may be damaged or still being written")
  }

  /// The error of a file that was cut.
  var cut: SystemError {
    SystemError(
      "read all of \(path)", .ioError, remedy: "it was cut while it was read; run again")
  }
}

/// Opens a log for reading.
func openLog(_ path: String) throws(SystemError) -> Int32 {
  // O_NONBLOCK: a FIFO of that name must not stop us.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
  guard descriptor >= 0 else {
    let reason = Errno(rawValue: errno)
    let remedy =
      reason == .permissionDenied
      ? "run as root or as a member of the group that may read it, or name another log with --log"
      : "name the log with --log"
    throw SystemError("open \(path)", reason, remedy: remedy)
  }
  return descriptor
}
