import Glibc
import SystemPackage

/// The directory where history, drafts and staging lie: 0700, ours, reached through no foreign link.
public struct StateDirectory: Hashable, Sendable {
  /// Absolute path, links followed.
  public let path: String

  /// Where it lies when nothing else is said; the environment variable
  /// `POSTGATE_STATE_DIRECTORY` says otherwise.
  public static let standardPath = "/var/lib/postgate"

  /// Opens the directory, creating it (and nothing above it but `/var/lib`) when it is missing.
  ///
  /// - Parameter path: nil for `POSTGATE_STATE_DIRECTORY`, else the standard path.
  /// - Throws: ``TrustError`` when others own it, when it is a link, or when others could swap it.
  public init(_ path: String? = nil) throws(TrustError) {
    let wanted = path ?? environmentVariable("POSTGATE_STATE_DIRECTORY") ?? Self.standardPath
    guard wanted.hasPrefix("/") else {
      throw TrustError(
        description: "the state directory \(wanted) is not an absolute path; "
          + "set POSTGATE_STATE_DIRECTORY to one")
    }
    do {
      try makePrivateDirectory(wanted)
      self.path = try resolvedPath(wanted)
    } catch {
      throw TrustError(description: "\(error)")
    }
    try requireTrust(self.path)
  }

  /// Creates (0700) and returns a directory below this one, each component checked.
  ///
  /// - Throws: ``SystemError`` when one is a link, belongs to somebody else or cannot be made.
  public func subdirectory(_ names: String...) throws(SystemError) -> String {
    var result = path
    for name in names {
      result += "/" + name
      try makePrivateDirectory(result)
    }
    return result
  }

  /// Where private instances of every configuration are staged; no instance's name begins with a dot.
  ///
  /// Directly below, since the paths of sockets there are limited to 107 bytes.
  ///
  /// - Throws: ``SystemError`` when it cannot be used.
  public func stagingDirectory() throws(SystemError) -> String { try subdirectory(".staging") }

  /// A directory name for a configuration directory: `/etc/postfix` becomes `etc-postfix`.
  ///
  /// Two paths never share a name: a byte outside `[A-Za-z0-9._]` is written as `%XX`, slashes as
  /// `-`, and a leading dot is escaped too.
  public static func instanceName(for configurationDirectory: String) -> String {
    let hexadecimal = Array("0123456789ABCDEF".utf8)
    var name: [UInt8] = []
    for byte in configurationDirectory.utf8.drop(while: { $0 == 0x2F }) {
      switch byte {
      case 0x2F: name.append(0x2D)
      case 0x2E where name.isEmpty: name += Array("%2E".utf8)
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E: name.append(byte)
      default: name += [0x25, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      }
    }
    return name.isEmpty ? "root" : String(decoding: name, as: UTF8.self)
  }
}

/// Makes a directory of mode 0700, or checks that the one there is ours and closes it to others.
///
/// - Throws: ``SystemError``; `ENOTDIR` for a link, `EPERM` when it belongs to somebody else.
public func makePrivateDirectory(_ path: String) throws(SystemError) {
  if mkdir(path, 0o700) != 0 && errno != EEXIST {
    throw SystemError("create \(path)", Errno(rawValue: errno))
  }
  let directory = try OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  let status = try directory.status()
  guard status.owner == geteuid() else {
    throw SystemError(
      "use \(path)", .notPermitted,
      remedy: "it belongs to \(userName(status.owner)); move it away")
  }
  if status.mode != 0o700 && fchmod(directory.descriptor, 0o700) != 0 {
    throw directory.failure("close to others")
  }
}

/// Writes a file that did not exist before and syncs it.
///
/// - Throws: ``SystemError``; `EEXIST` when the name is taken, even by a dangling link.
public func writeNewFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(SystemError)
{
  let file = try OpenFile(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: mode)
  try file.writeAll(bytes)
  try file.sync()
}

/// Replaces a file of the state directory in one step; file and directory are on the disk afterwards.
///
/// - Throws: ``SystemError``; the old file is then untouched.
public func replaceStateFile(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
  let temporary = path + ".new"
  if unlink(temporary) != 0 && errno != ENOENT {
    throw SystemError("remove \(temporary)", Errno(rawValue: errno))
  }
  try writeNewFile(temporary, bytes)
  guard rename(temporary, path) == 0 else {
    throw SystemError("rename \(temporary)", Errno(rawValue: errno))
  }
  try syncDirectory(parentDirectory(of: path))
}

/// fsync(2) on a directory: its entries are on the disk afterwards.
public func syncDirectory(_ path: String) throws(SystemError) {
  try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
}

/// Removes a directory with everything in it; links are removed, not followed.
///
/// - Throws: ``SystemError`` for what could not be removed; a missing directory is no error.
public func removeTree(_ path: String) throws(SystemError) {
  let above = try OpenFile(parentDirectory(of: path), O_RDONLY | O_DIRECTORY)
  let name = path.split(separator: "/").last.map(String.init) ?? ""
  try removeEntry(name, in: above)
}

private func removeEntry(_ name: String, in directory: borrowing OpenFile) throws(SystemError) {
  if unlinkat(directory.descriptor, name, 0) == 0 || errno == ENOENT { return }
  guard errno == EISDIR || errno == EPERM else {
    throw directory.failure("remove \(name) in")
  }
  let inner: OpenFile
  do {
    inner = try OpenFile(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, below: directory)
  } catch {
    throw error
  }
  // /proc/self/fd names the open directory itself, whatever was put at its path meanwhile.
  for entry in try directoryEntries("/proc/self/fd/\(inner.descriptor)") {
    try removeEntry(entry, in: inner)
  }
  guard unlinkat(directory.descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
    throw directory.failure("remove \(name) in")
  }
}
