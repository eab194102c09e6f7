import Glibc
import SystemPackage

/// Why a file or directory must not be used by a privileged program.
public struct TrustError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence with the remedy.
  public var description: String
}

/// Refuses a file or directory that somebody else could have changed, and any directory on the way
/// to it that somebody else could swap.
///
/// Postfix's programs run what the configuration names (`postfix -c DIR check` runs a script of
/// its daemon_directory), so root must not run them on what others control. The file itself must
/// belong to root or to us and be writable by nobody else; a directory on the way may be writable by
/// others, or by a group other than root's, only with the sticky bit. Without root rights everything is trusted: nothing is gained.
///
/// - Throws: ``TrustError`` naming the offender, or when the path cannot be looked at.
public func requireTrust(_ path: String) throws(TrustError) {
  let me = geteuid()
  guard me == 0 else { return }
  do {
    let resolved = try resolvedPath(path)
    let status = try FileStatus(of: resolved, follow: false)
    if status.owner != 0 && status.owner != me {
      throw TrustError(
        description: "\(resolved) belongs to \(userName(status.owner)); "
          + "give it to root (chown root) before root uses it")
    }
    if status.mode & 0o022 != 0 {
      throw TrustError(
        description:
          "\(resolved) can be written by others; close it (chmod go-w) before root uses it")
    }
    var directory = resolved
    while directory != "/" {
      directory = parentDirectory(of: directory)
      let status = try FileStatus(of: directory, follow: false)
      let isOpen = status.mode & 0o002 != 0 || status.mode & 0o020 != 0 && status.group != 0
      if status.owner != 0 && status.owner != me || isOpen && status.mode & 0o1000 == 0 {
        throw TrustError(
          description: "\(directory), above \(resolved), can be changed by others; "
            + "give it to root and close it (chown root, chmod go-w)")
      }
    }
  } catch let error as TrustError {
    throw error
  } catch {
    throw TrustError(description: "\(error)")
  }
}
