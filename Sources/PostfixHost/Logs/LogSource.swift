import Glibc
import HostSystem
import MailLog

/// Where log lines come from.
public enum LogSource: Hashable, Sendable {
  /// A file that syslog or postlogd writes; its rotated forms lie beside it.
  case file(path: String)
  /// The systemd journal, through `journalctl`.
  case journal(JournalSource)
  /// Our standard input.
  case standardInput

  /// How the source is called on the screen.
  public var label: String {
    switch self {
    case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
    case .journal(let journal): journal.label
    case .standardInput: "standard input"
    }
  }

  /// True for a packed file, which can be read but not followed.
  public var isPacked: Bool {
    if case .file(let path) = self { RotatedLogs.packedName(path) != nil } else { false }
  }

  /// The source that `--log` names: a file, `-` for standard input, `journal` for this machine's
  /// journal, `journal:PATH` for a journal directory or file.
  public init(option: String) {
    if option == "-" {
      self = .standardInput
    } else if option == "journal" {
      self = .journal(JournalSource())
    } else if option.hasPrefix("journal:") {
      self = .journal(JournalSource(path: String(option.dropFirst(8))))
    } else {
      self = .file(path: option)
    }
  }

  /// The files where syslog puts mail lines, in the order of preference.
  static let usualFiles = [
    "/var/log/mail.log", "/var/log/maillog", "/var/log/messages", "/var/log/syslog",
  ]

  /// The log of an instance.
  ///
  /// - Parameter maillogFile: the value of `maillog_file`; empty or nil when syslog is used.
  /// - Returns: nil when neither a log file nor the journal is there.
  public static func find(maillogFile: String?) -> LogSource? {
    if let maillogFile, maillogFile.hasPrefix("/"), maillogFile != "/dev/stdout" {
      return .file(path: maillogFile)
    }
    for path in usualFiles where FileFacts(path: path)?.isRegular == true {
      return .file(path: path)
    }
    return JournalSource.isAvailable ? .journal(JournalSource()) : nil
  }
}

/// The absolute path of one of the system's programs, looked for in the system's directories only.
func programPath(_ name: String) -> String? {
  ["/usr/bin/", "/bin/", "/usr/sbin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
}

/// When a file's text, name or metadata last changed by the kernel's clock, which no program can set;
/// nil when there is no such file. A link is followed.
public func changeTime(of path: String) -> LogTime? { FileFacts(path: path)?.changed }

/// What `stat` tells of a file.
struct FileFacts: Hashable {
  var device: UInt64
  var inode: UInt64
  var size: Int64
  var modified: LogTime
  var changed: LogTime
  var isRegular: Bool

  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Self.moment(status.st_mtim)
    changed = Self.moment(status.st_ctim)
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }

  private static func moment(_ time: timespec) -> LogTime {
    LogTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// What tells a file from every other one that exists.
  struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  var identity: Identity { Identity(device: device, inode: inode) }

  func isSameFile(as other: FileFacts) -> Bool { identity == other.identity }
}
