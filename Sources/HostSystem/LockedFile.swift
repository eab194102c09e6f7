import Glibc
import SystemPackage

/// A configuration file read and held under Postfix's lock, ready to be replaced.
///
/// A symbolic link is followed, never replaced: then the lock beside the link keeps `postconf -e`
/// from replacing the link, and the lock beside the target protects the text.
public final class LockedFile {
  /// What was asked for, perhaps a link.
  public let path: String
  /// The text while the lock is held.
  public let contents: FileContents
  private let linkLock: PostfixLock?
  private let lock: PostfixLock
  private let metadata: FileMetadata

  /// Waits for the lock and reads the file.
  ///
  /// - Parameter wait: seconds for each of the locks.
  /// - Throws: ``SystemError``: the lock is held, the directory is read-only, the link changed.
  public init(_ path: String, wait: Double = 10) throws(SystemError) {
    self.path = path
    let target = try resolvedPath(path)
    let isLink = try FileStatus(of: path, follow: false).kind == .symbolicLink
    linkLock = isLink ? try PostfixLock(path, wait: wait) : nil
    lock = try PostfixLock(target, wait: wait)
    guard try resolvedPath(path) == target else {
      throw SystemError(
        "lock \(path)", .resourceTemporarilyUnavailable,
        remedy: "the link was changed meanwhile; try again")
    }
    contents = try readFile(target)
    let file = try OpenFile(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    metadata = try FileMetadata(of: file)
    guard try file.status().isSameFile(as: contents.status) else {
      throw SystemError(
        "lock \(path)", .resourceTemporarilyUnavailable,
        remedy: "it was replaced meanwhile without the lock; try again")
    }
  }

  /// Puts `bytes` in the file's place in one step, keeps everything else of it, gives up the locks.
  ///
  /// The new file is stamped three seconds old, unless the old one is younger: Postfix waits up to
  /// 2.5 s at every reading of a file that changed within the last second, to be sure that it is
  /// whole. This one is.
  ///
  /// - Parameter notBefore: nanoseconds since 1970; the stamp is no older.
  /// - Throws: ``SystemError``; the old file is then untouched unless only the directory's sync failed.
  public func replace(with bytes: [UInt8], notBefore: Int64 = 0) throws(SystemError) {
    let aged = wallClockMicroseconds() * 1000 - 3_000_000_000
    try lock.replaceTarget(
      with: bytes, metadata: metadata, modified: max(aged, contents.status.modified + 1, notBefore))
    linkLock?.release()
  }

  /// Gives up the locks without a change.
  public func release() {
    lock.release()
    linkLock?.release()
  }
}
