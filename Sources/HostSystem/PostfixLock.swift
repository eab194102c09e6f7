import CHostSystem
import Glibc
import SystemPackage

/// The lock that `postconf -e` takes on a configuration file, and the temporary file it writes.
///
/// `FILE.tmp` beside the file is both (Postfix src/util/edit_file.c): opened 0600 without
/// `O_EXCL`, locked with flock(2), then checked to be still the file at that path, a regular file
/// with one link and mode 0600. Whoever follows the same steps, and reads the file only while
/// holding the lock, neither loses nor causes lost updates.
public final class PostfixLock {
  /// The file that is protected.
  public let target: String
  private let temporary: OpenFile
  private var isHeld = true

  private var temporaryPath: String { target + ".tmp" }

  /// Waits for the lock on `target`.
  ///
  /// - Parameter wait: seconds; a lock that is held longer throws with its holder.
  /// - Throws: ``SystemError``; `EAGAIN` when somebody else holds it all the time.
  public init(_ target: String, wait: Double = 10) throws(SystemError) {
    self.target = target
    temporary = try PostfixLock.acquire(target + ".tmp", until: monotonicSeconds() + wait)
  }

  deinit { release() }

  private static func acquire(
    _ path: String, until deadline: Double
  ) throws(SystemError) -> OpenFile {
    while true {
      let file = try OpenFile(path, O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
      while chost_flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
        guard errno == EWOULDBLOCK || errno == EINTR else { throw file.failure("lock") }
        guard monotonicSeconds() < deadline else { throw held(path) }
        usleep(2000)
      }
      let ours = try file.status()
      guard let there = try? FileStatus(of: path, follow: false), there.isSameFile(as: ours) else {
        continue  // Renamed over the target or removed while we waited.
      }
      if ours.kind == .regular && ours.links == 1 && ours.mode == 0o600 {
        try file.empty()
        return file
      }
      guard unlink(path) == 0 else { throw file.failure("remove the left-over") }
    }
  }

  private static func held(_ path: String) -> SystemError {
    let holder = lockHolder(ofFile: path).map { pid in
      "process \(pid) (\(processName(pid) ?? "unknown")) holds its lock; wait for it or end it"
    }
    return SystemError(
      "lock \(path)", .resourceTemporarilyUnavailable,
      remedy: holder ?? "another program holds its lock; try again")
  }

  /// Replaces the target by `bytes` in one step and gives up the lock.
  ///
  /// The new file has `metadata`, is on the disk before it takes the name, and the name is on the
  /// disk when this returns. When it throws before the rename, the target is untouched.
  ///
  /// - Parameter modified: nanoseconds since 1970 to be stamped on the file, nil for now.
  /// - Throws: ``SystemError`` when anything could not be written, kept or synced.
  public func replaceTarget(
    with bytes: [UInt8], metadata: FileMetadata, modified: Int64? = nil
  ) throws(SystemError) {
    let directory = try OpenFile(parentDirectory(of: target), O_RDONLY | O_DIRECTORY)
    try temporary.empty()
    try temporary.writeAll(bytes)
    try metadata.apply(to: temporary)
    if let modified {
      let stamp = timespec(
        tv_sec: Int(modified / 1_000_000_000), tv_nsec: Int(modified % 1_000_000_000))
      let times = [stamp, stamp]
      guard futimens(temporary.descriptor, times) == 0 else {
        throw temporary.failure("set the time of")
      }
    }
    try temporary.sync()
    guard rename(temporaryPath, target) == 0 else { throw temporary.failure("rename") }
    isHeld = false
    try directory.sync()
  }

  /// Gives up the lock; removes the temporary file first, as postconf does.
  public func release() {
    guard isHeld else { return }
    isHeld = false
    unlink(temporaryPath)
  }
}
