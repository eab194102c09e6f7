/// One system call of a program's first thread that changes something, so that strace can be told to
/// strike there in another run.
struct CallPoint: Hashable, Sendable, CustomStringConvertible {
  /// As strace writes it.
  var name: String
  /// The how-manieth of its name, or of its name on ``path``; from 1.
  var ordinal: Int
  /// Counted on this path alone; the number of other calls before it may vary from run to run.
  var path: String?
  /// The call as strace wrote it, shortened.
  var text: String

  var description: String { "\(name) \(ordinal): \(text)" }

  /// The calls that change something (open only for writing).
  static let changing = [
    "openat", "write", "pwrite64", "writev", "truncate", "ftruncate", "chmod", "fchmod", "fchmodat",
    "chown", "fchown", "lchown", "fchownat", "setxattr", "fsetxattr", "removexattr", "fremovexattr",
    "utimensat", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "symlinkat", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "flock", "fork",
    "vfork", "clone", "clone3", "execve", "connect", "bind", "kill",
  ]

  /// What changes nothing but may fail for want of descriptors.
  static let limited = ["pipe2", "socket"]

  /// The points of a run that strace recorded without `-f`.
  static func points(inTrace trace: String) -> [CallPoint] {
    var seen: [String: Int] = [:]
    var points: [CallPoint] = []
    for line in trace.split(separator: "\n") {
      guard let parenthesis = line.firstIndex(of: "("), line.first?.isLowercase == true else {
        continue
      }
      let name = String(line[..<parenthesis])
      let path = name == "openat" ? ownPath(of: line) : nil
      seen[name, default: 0] += 1
      if let path { seen[name + path, default: 0] += 1 }
      guard changesSomething(name, line) else { continue }
      points.append(
        CallPoint(
          name: name, ordinal: (path.map { seen[name + $0] } ?? seen[name]) ?? 1, path: path,
          text: String(line.prefix(140))))
    }
    return points
  }

  private static func changesSomething(_ name: String, _ line: Substring) -> Bool {
    switch name {
    // Its own start: nothing of ours has run yet.
    case "execve": false
    case "openat": line.contains("O_WRONLY") || line.contains("O_RDWR")
    // A thread, not a process.
    case "clone3", "clone": !line.contains("CLONE_THREAD")
    default: true
    }
  }

  /// The file that is opened; nil where its name is another in every run.
  private static func ownPath(of line: Substring) -> String? {
    let parts = line.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].hasPrefix("/") || parts[1].hasPrefix("@"),
      !parts[1].contains("/.staging/"),
      !parts[1].hasPrefix("/dev/"), !parts[1].hasPrefix("/proc/")
    else { return nil }
    return String(parts[1])
  }
}

/// What strace does to a call.
enum Strike: Hashable, Sendable {
  case kill
  case error(String)

  var expression: String {
    switch self {
    case .kill: "signal=KILL"
    case .error(let name): "error=\(name)"
    }
  }
}
