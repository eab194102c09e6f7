import Glibc
import HostSystem
import SystemPackage

/// Watches an instance's log from now on for words that tell of a broken configuration.
///
/// What the configuration in force until now is to blame for does not count: the words of servers that
/// ran already (they keep the configuration that they started with), and words that were said before,
/// since the last reload. Else a fault could not be mended while clients meet it.
public struct LogWatch: Sendable {
  private let path: String?
  private let start: FileStatus?
  private let tag: String
  private let earlierServers: Set<Int32>
  private let earlierWords: Set<Substring>

  /// Starts at the present end of the log.
  ///
  /// - Parameter logFile: nil for the one that the instance names, else the usual syslog files.
  public init(_ layout: InstanceLayout, logFile: String? = nil) {
    let usual = ["/var/log/mail.log", "/var/log/maillog"]
    path =
      logFile ?? layout.maillogFile
      ?? usual.first { (try? FileStatus(of: $0))?.kind == .regular }
    start = path.flatMap { try? FileStatus(of: $0) }
    tag = layout.syslogName
    earlierServers = LiveConnections(queueDirectory: layout.queueDirectory).look().servers
    let size = start?.size ?? 0
    let lines = Self.text(of: path, from: max(0, size - (256 << 10))).split(separator: "\n")
    let reload = lines.lastIndex { $0.contains("/master[") && $0.contains("]: reload -- ") }
    let tag = tag
    earlierWords = Set(
      lines[(reload ?? lines.startIndex)...].compactMap { Alarm(in: $0, tag: tag)?.words })
  }

  /// False when no log file is known or readable: then only the services themselves can be looked at.
  public var isWatching: Bool { start != nil }

  /// The lines since the start that say that Postfix cannot work with its configuration.
  ///
  /// Only lines that Postfix's own programs under this instance's name logged count: what a client
  /// says cannot stand there.
  public func alarms() -> [String] {
    guard let start, let now = path.flatMap({ try? FileStatus(of: $0) }) else { return [] }
    // A rotated log begins anew.
    let offset = now.isSameFile(as: start) && now.size >= start.size ? start.size : 0
    return Self.text(of: path, from: offset).split(separator: "\n").compactMap { line in
      guard let alarm = Alarm(in: line, tag: tag), !earlierWords.contains(alarm.words),
        !earlierServers.contains(alarm.process)
      else { return nil }
      return "\(alarm.program)[\(alarm.process)]: \(alarm.words)"
    }
  }

  private static func text(of path: String?, from offset: Int) -> String {
    guard let path, let file = try? OpenFile(path, O_RDONLY | O_NONBLOCK) else { return "" }
    lseek(file.descriptor, off_t(offset), SEEK_SET)
    return String(decoding: (try? file.readAll(limit: 64 << 20)) ?? [], as: UTF8.self)
  }
}

/// A line of the log that tells of a broken configuration.
private struct Alarm {
  var program: Substring
  var process: Int32
  var words: Substring

  /// Any user can make them fail, and none of them serves mail.
  private static let commands: Set<Substring> = [
    "sendmail", "postdrop", "postqueue", "postcat", "postmap", "postalias", "postconf", "postlog",
    "postsuper", "postkick", "postlock", "postmulti",
  ]

  /// `… host postfix/smtpd[123]: fatal: …`; nil for every other line.
  init?(in line: Substring, tag: String) {
    guard let end = line.firstRange(of: "]: "),
      let name = line[..<end.lowerBound].split(separator: " ").last, name.hasPrefix(tag + "/"),
      let bracket = name.lastIndex(of: "["),
      let process = Int32(name[name.index(after: bracket)...])
    else { return nil }
    program = name[..<bracket]
    self.process = process
    words = line[end.upperBound...]
    guard let last = program.split(separator: "/").last, !Self.commands.contains(last),
      Self.isAlarm(words)
    else { return nil }
  }

  private static func isAlarm(_ words: Substring) -> Bool {
    if words.hasPrefix("fatal:") || words.hasPrefix("panic:") { return true }
    guard words.hasPrefix("warning:") || words.hasPrefix("error:") else { return false }
    return words.hasPrefix("warning: unknown smtpd restriction")
      || words.hasSuffix("-- throttling") || words.contains(" is unavailable. ")
      || words.contains("SMTP reply code configuration error")
  }
}
