import Glibc

/// A directory of the test's own could not be made.
public struct TemporaryDirectoryError: Error, CustomStringConvertible {
  /// What went wrong.
  public let description: String
}

/// Calls `body` with the path of a new directory, which is removed afterwards with all it holds.
///
/// As root it lies below /var/lib and others may pass through but not list it, since Postfix's own
/// user must reach a sandbox in it; otherwise it is private and below TMPDIR.
public func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let isRoot = geteuid() == 0
  let parent = isRoot ? "/var/lib" : getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array((parent + "/postgate-test.XXXXXX").utf8CString)
  guard mkdtemp(&template) != nil else {
    throw TemporaryDirectoryError(description: "mkdtemp in \(parent): errno \(errno)")
  }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { removeAll(path) }
  if isRoot { chmod(path, 0o711) }
  return try body(path)
}

/// Asks `condition` every 10 ms until it holds; false when it does not within `seconds`.
public func waitUntil(_ seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
  var left = Int(seconds * 100)
  while true {
    if try condition() { return true }
    if left <= 0 { return false }
    left -= 1
    usleep(10_000)
  }
}

private func removeAll(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR, let stream = opendir(path) {
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    closedir(stream)
    for name in names where name != "." && name != ".." { removeAll(path + "/" + name) }
    rmdir(path)
  } else {
    unlink(path)
  }
}
