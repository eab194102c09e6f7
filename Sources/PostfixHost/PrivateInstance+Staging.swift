import CHostSystem
import Glibc
import HostSystem
import Synchronization
import SystemPackage

/// The directories of one private instance, marked as in use by a lock while we live.
final class StagingArea {
  let root: String
  private let mark: OpenFile
  private let queueHandle: OpenFile
  private var isRemoved = false

  var configuration: String { root + "/config" }
  var queue: String { root + "/queue" }
  /// Relative to the queue directory, where Postfix's processes work: as user postfix they could
  /// not walk down an absolute path through the state directory, which is closed to them.
  let dataSetting = "../data"
  var log: String { root + "/log" }
  /// Names the queue directory in a few bytes: socket addresses end after 107.
  var shortQueuePath: String { "/proc/self/fd/\(queueHandle.descriptor)" }

  /// Makes the directories below `directory`, after ending and removing what killed runs left there.
  init(below directory: String, mailOwner: String) throws {
    try makePrivateDirectory(directory)
    Self.removeLeftOvers(below: directory)
    guard let owner = userNumbers(mailOwner) else {
      throw InstanceError(
        .failed, "there is no user \(mailOwner)", remedy: "check mail_owner in main.cf")
    }
    var number = 0
    while mkdir("\(directory)/\(getpid())-\(number)", 0o711) != 0 {
      guard errno == EEXIST, number < 1000 else {
        throw SystemError("create a directory in \(directory)", Errno(rawValue: errno))
      }
      number += 1
    }
    root = "\(directory)/\(getpid())-\(number)"
    // Postfix connects to its log socket by absolute path; sockaddr_un holds 107 bytes.
    guard "\(root)/queue/public/postlog".utf8.count <= 107 else {
      throw InstanceError(
        .failed, "\(root) is too long a path for the sockets of a private Postfix",
        remedy: "set POSTGATE_STATE_DIRECTORY to a shorter path")
    }
    mark = try OpenFile(root + "/mark", O_CREAT | O_EXCL | O_RDWR, mode: 0o600)
    guard chost_flock(mark.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw SystemError("lock \(root)", Errno(rawValue: errno))
    }
    try Self.make(root + "/config", 0o755)
    try Self.make(root + "/queue", 0o755)
    for name in ["pid", "etc"] { try Self.make("\(root)/queue/\(name)", 0o755) }
    for name in [
      "private", "public", "incoming", "active", "maildrop", "hold", "defer", "deferred",
    ] {
      try Self.make("\(root)/queue/\(name)", 0o700, owner: owner.uid)
    }
    try Self.make(root + "/data", 0o700, owner: owner.uid)
    queueHandle = try OpenFile(root + "/queue", O_RDONLY | O_DIRECTORY)
  }

  /// Removes everything; safe to call twice.
  func remove() {
    guard !isRemoved else { return }
    isRemoved = true
    Self.removeTreeOfKilled(root)
  }

  /// Removes a directory whose processes were killed: until they are gone they may still make files.
  private static func removeTreeOfKilled(_ root: String) {
    for _ in 0..<100 {
      if (try? removeTree(root)) != nil { return }
      usleep(10_000)
    }
  }

  /// Copies the files that a chrooted smtpd reads (resolver, services) from the live queue directory.
  func copyChroot(from liveQueue: String) throws {
    let names = (try? directoryEntries(liveQueue + "/etc")) ?? []
    for name in names.prefix(64) {
      // What is no plain readable file there is no loss: the live smtpd reads none of it either.
      guard let contents = try? readFile("\(liveQueue)/etc/\(name)", limit: 4 << 20) else {
        continue
      }
      try writeNewFile("\(queue)/etc/\(name)", contents.bytes, mode: 0o644)
    }
  }

  /// Writes a file of the staged configuration, replacing an earlier one.
  func writeAged(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
    let path = configuration + "/" + name
    if unlink(path) != 0 && errno != ENOENT {
      throw SystemError("remove \(path)", Errno(rawValue: errno))
    }
    try writeAgedFile(path, bytes)
  }

  private static func make(
    _ path: String, _ mode: mode_t, owner: UInt32? = nil
  ) throws(SystemError) {
    guard mkdir(path, mode) == 0, chmod(path, mode) == 0,
      owner.map({ chown(path, $0, UInt32.max) == 0 }) ?? true
    else { throw SystemError("create \(path)", Errno(rawValue: errno)) }
  }

  /// Ends masters and removes directories whose postgate is gone: their mark is no longer locked.
  static func removeLeftOvers(below directory: String) {
    for name in (try? directoryEntries(directory)) ?? [] {
      let root = directory + "/" + name
      let owner = Int32(name.prefix { $0.isNumber }) ?? 0
      // Without a mark it may be about to get one.
      if (try? FileStatus(of: root + "/mark", follow: false)) == nil, processName(owner) != nil {
        continue
      }
      if let mark = try? OpenFile(root + "/mark", O_RDWR | O_NOFOLLOW),
        chost_flock(mark.descriptor, LOCK_EX | LOCK_NB) != 0
      {
        continue
      }
      let lock = root + "/queue/pid/master.pid"
      if let pid = lockHolder(ofFile: lock) {
        kill(-pid, SIGTERM)
        usleep(50_000)
        kill(-pid, SIGKILL)
      }
      removeTreeOfKilled(root)
    }
  }
}

/// A name below the staging directory that no other thread or process uses; it begins with our process
/// number, so that nobody takes it for a left-over while we live.
func stagedName(_ purpose: String) -> String {
  let number = stagedNames.wrappingAdd(1, ordering: .relaxed).newValue
  return "\(getpid())-\(purpose)-\(number)"
}

private let stagedNames = Atomic(0)

/// Writes a new configuration file that Postfix reads at once: a file changed within the last second
/// makes every reader wait, so it gets an old time.
func writeAgedFile(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
  let file = try OpenFile(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: 0o644)
  try file.writeAll(bytes)
  let hourAgo = timespec(tv_sec: Int(wallClockMicroseconds() / 1_000_000) - 3600, tv_nsec: 0)
  guard futimens(file.descriptor, [hourAgo, hourAgo]) == 0 else {
    throw SystemError("set the time of \(path)", Errno(rawValue: errno))
  }
}
