import Glibc
import HostSystem
import SystemPackage

/// The few file operations of the sandbox, none of which follows a link at the end of its path.
enum SandboxFiles {
  /// Makes a directory if it is missing and gives it this mode and owner.
  static func makeDirectory(
    _ path: String, mode: mode_t, owner: uid_t = 0, group: gid_t = 0
  ) throws(SandboxError) {
    if mkdir(path, 0o700) != 0 && errno != EEXIST { throw failure("make directory \(path)") }
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(path, flags)
    guard descriptor >= 0 else { throw failure("open directory \(path)") }
    defer { close(descriptor) }
    guard fchown(descriptor, owner, group) == 0, fchmod(descriptor, mode) == 0 else {
      throw failure("set owner and mode of \(path)")
    }
  }

  /// Replaces a file by one with these bytes, mode 0644.
  static func write(_ text: some Sequence<UInt8>, to path: String) throws(SandboxError) {
    let temporary = path + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("write \(path)") }
    defer { close(descriptor) }
    let bytes = Array(text)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write \(path)") }
      written += count
    }
    guard fchmod(descriptor, 0o644) == 0, rename(temporary, path) == 0 else {
      throw failure("write \(path)")
    }
  }

  /// The bytes of a regular file; nil when there is none.
  static func read(_ path: String) throws(SandboxError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("read \(path)")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read \(path)") }
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }

  /// Makes a file look an hour old: Postfix waits until a file of this second has cooled down.
  static func age(_ path: String) {
    let past = time(nil) - 3600
    let times = [timespec(tv_sec: past, tv_nsec: 0), timespec(tv_sec: past, tv_nsec: 0)]
    utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
  }

  /// The names in a directory; empty when it is missing.
  static func entries(_ path: String) -> [String] { (try? directoryEntries(path)) ?? [] }

  /// Removes a directory with all it holds; links are removed, not followed.
  static func removeTree(_ path: String) throws(SandboxError) {
    do {
      try HostSystem.removeTree(path)
    } catch {
      throw SandboxError(error)
    }
  }

  static func failure(_ action: String) -> SandboxError {
    SandboxError(SystemError(action, Errno(rawValue: errno)))
  }
}
