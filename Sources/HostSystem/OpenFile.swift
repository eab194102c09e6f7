import CHostSystem
import Glibc
import SystemPackage

/// A file descriptor that is closed when the value ends.
///
/// Always close-on-exec. Calls interrupted by a signal are repeated.
public struct OpenFile: ~Copyable, Sendable {
  /// The open descriptor, valid as long as the value lives.
  public let descriptor: Int32
  /// What was opened, for messages.
  public let path: String

  /// Opens `path`, below `directory` when it is relative and one is given.
  ///
  /// - Parameter flags: as open(2); add `O_NOFOLLOW` where a link would be an attack.
  /// - Throws: ``SystemError`` with the reason of open(2).
  public init(
    _ path: String, _ flags: Int32, mode: mode_t = 0, below directory: borrowing OpenFile
  ) throws(SystemError) {
    self.path = path.hasPrefix("/") ? path : directory.path + "/" + path
    descriptor = try OpenFile.open(directory.descriptor, path, flags, mode)
  }

  /// Opens `path` as open(2) does.
  ///
  /// - Throws: ``SystemError`` with the reason of open(2).
  public init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
    self.path = path
    descriptor = try OpenFile.open(AT_FDCWD, path, flags, mode)
  }

  deinit { close(descriptor) }

  private static func open(
    _ directory: Int32, _ path: String, _ flags: Int32, _ mode: mode_t
  ) throws(SystemError) -> Int32 {
    let result = repeated { chost_open_at(directory, path, flags, mode) }
    guard result >= 0 else { throw SystemError("open \(path)", Errno(rawValue: errno)) }
    return result
  }

  /// What fstat(2) says.
  public func status() throws(SystemError) -> FileStatus {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw failure("look at") }
    return FileStatus(info)
  }

  /// Reads from the current position to the end.
  ///
  /// - Parameter limit: bytes; a longer file throws `EFBIG`.
  public func readAll(limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = repeated { Int32(truncatingIfNeeded: read(descriptor, &block, block.count)) }
      guard count >= 0 else { throw failure("read") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: block[..<Int(count)])
      if bytes.count > limit { throw SystemError("read \(path)", .fileTooLarge) }
    }
  }

  /// Writes all bytes at the current position.
  public func writeAll(_ bytes: [UInt8]) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write") }
      written += count
    }
  }

  /// Cuts the file at its start and goes there.
  public func empty() throws(SystemError) {
    guard repeated({ ftruncate(descriptor, 0) }) == 0 else { throw failure("truncate") }
    lseek(descriptor, 0, SEEK_SET)
  }

  /// fsync(2): what was written (for a directory: its entries) is on the disk afterwards.
  public func sync() throws(SystemError) {
    guard repeated({ fsync(descriptor) }) == 0 else { throw failure("sync") }
  }

  /// The system error that `errno` tells of, about this file.
  func failure(_ action: String, remedy: String = "") -> SystemError {
    SystemError("\(action) \(path)", Errno(rawValue: errno), remedy: remedy)
  }
}

/// Calls again as long as a signal interrupts the call.
func repeated(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// What stat(2) tells of a file, as far as we compare it.
public struct FileStatus: Hashable, Sendable {
  /// What kind of file.
  public enum Kind: Hashable, Sendable { case regular, directory, symbolicLink, socket, other }

  /// The device that it lies on.
  public var device: UInt64
  /// Its inode number on that device.
  public var inode: UInt64
  /// What kind of file it is.
  public var kind: Kind
  /// The permission bits, set-id and sticky bits included.
  public var mode: UInt32
  /// Number of the user that owns it.
  public var owner: UInt32
  /// Number of its group.
  public var group: UInt32
  /// How many names it has.
  public var links: UInt64
  /// Bytes.
  public var size: Int
  /// Nanoseconds since 1970.
  public var modified: Int64

  init(_ info: stat) {
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    case S_IFLNK: kind = .symbolicLink
    case S_IFSOCK: kind = .socket
    default: kind = .other
    }
    mode = info.st_mode & 0o7777
    owner = info.st_uid
    group = info.st_gid
    links = UInt64(info.st_nlink)
    size = Int(info.st_size)
    modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
  }

  /// Looks at `path` itself, or at what it leads to when `follow` is true.
  ///
  /// - Throws: ``SystemError``; `ENOENT` when there is nothing.
  public init(of path: String, follow: Bool = true) throws(SystemError) {
    var info = stat()
    guard (follow ? stat(path, &info) : lstat(path, &info)) == 0 else {
      throw SystemError("look at \(path)", Errno(rawValue: errno))
    }
    self.init(info)
  }

  /// True when both tell of the same file, whatever happened to its text.
  public func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }
}

/// The bytes of a regular file and what it was when they were read.
public struct FileContents: Hashable, Sendable {
  /// Where the file lies, links followed.
  public var path: String
  /// The whole text.
  public var bytes: [UInt8]
  /// What the file was when the text was read.
  public var status: FileStatus
}

/// Reads a regular file whole, links followed.
///
/// A file that changes while it is read is read again, so that the bytes are one state of it.
///
/// - Parameter limit: bytes; longer files throw `EFBIG`.
/// - Throws: ``SystemError``, with `EINVAL` when it is no regular file.
public func readFile(_ path: String, limit: Int = 16 << 20) throws(SystemError) -> FileContents {
  let resolved = try resolvedPath(path)
  var attempts = 0
  while true {
    // O_NONBLOCK: opening a FIFO that somebody put there must not wait for its writer.
    let file = try OpenFile(resolved, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    let before = try file.status()
    guard before.kind == .regular else {
      throw SystemError(
        "read \(path)", .invalidArgument, remedy: "it is not a regular file")
    }
    let bytes = try file.readAll(limit: limit)
    let after = try file.status()
    attempts += 1
    if after == before || attempts >= 10 {
      return FileContents(path: resolved, bytes: bytes, status: after)
    }
  }
}

/// The absolute path with every symbolic link followed.
///
/// - Throws: ``SystemError`` when a part of it does not exist.
public func resolvedPath(_ path: String) throws(SystemError) -> String {
  guard let found = realpath(path, nil) else {
    throw SystemError("find \(path)", Errno(rawValue: errno))
  }
  defer { free(found) }
  return String(cString: found)
}

/// The part of a path in front of its last slash; `/` for a name in the root directory.
public func parentDirectory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The names in a directory, sorted, without `.` and `..`.
///
/// - Throws: ``SystemError`` when it cannot be read.
public func directoryEntries(_ path: String) throws(SystemError) -> [String] {
  guard let stream = opendir(path) else {
    throw SystemError("read the directory \(path)", Errno(rawValue: errno))
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}
