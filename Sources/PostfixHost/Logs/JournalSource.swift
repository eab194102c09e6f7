import HostSystem
import MailLog

/// The systemd journal as `journalctl` prints it.
public struct JournalSource: Hashable, Sendable {
  /// A journal directory or a journal file in place of this machine's journal; nil for the latter.
  public var path: String?
  /// The program, where it is not the system's.
  var program: String?

  /// Creates a source.
  public init(path: String? = nil) { self.path = path }

  /// How the source is called on the screen and in reports.
  public var label: String { path.map { "journal:" + $0 } ?? "journal" }

  /// True when the program is there.
  static var isAvailable: Bool { programPath("journalctl") != nil }

  /// The call that prints mail lines as syslog does.
  ///
  /// - Parameter until: entries behind the second in which it lies are not needed.
  /// - Throws: ``SystemError`` without journalctl, with the way on.
  func command(
    since: LogTime?, until: LogTime? = nil, follow: Bool
  ) throws(SystemError) -> Command {
    guard let program = program ?? programPath("journalctl") else {
      throw SystemError(
        "read the journal", .noSuchFileOrDirectory, remedy: "name a log file with --log")
    }
    // With --all no message is shortened or shown as "blob data"; further lines of a message are
    // indented, so that a line break in it cannot begin a line of ours. SYSLOG_FACILITY 2 is mail:
    // tags vary with syslog_name, the facility does not.
    var arguments = ["--no-pager", "--quiet", "--all", "--output=short-iso-precise"]
    if let path {
      let isDirectory = FileFacts(path: path).map { !$0.isRegular } ?? true
      arguments.append((isDirectory ? "--directory=" : "--file=") + path)
    }
    arguments.append("SYSLOG_FACILITY=2")
    if let since { arguments.append("--since=@\(max(0, since.seconds))") }
    if let until { arguments.append("--until=@\(until.seconds + 1)") }
    if follow { arguments += ["--follow", "--lines=all"] }
    return Command(program, arguments, timeout: .infinity)
  }
}
