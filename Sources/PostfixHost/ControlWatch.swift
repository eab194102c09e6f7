import Glibc
import HostSystem
import SystemPackage

/// Watches an instance's log from now on for words that tell of a broken configuration.
public struct LogWatch: Sendable {
  private let path: String?
  private let start: FileStatus?
  private let tag: String

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
  }

  /// False when no log file is known or readable: then only the services themselves can be looked at.
  public var isWatching: Bool { start != nil }

  /// The lines since the start that say that Postfix cannot work with its configuration.
  ///
  /// Only lines that Postfix's own programs under this instance's name logged count: what a client
  /// says cannot stand there.
  public func alarms() -> [String] {
    text().split(separator: "\n").compactMap { line in
      guard let end = line.firstRange(of: "]: ") else { return nil }
      guard let program = line[..<end.lowerBound].split(separator: " ").last,
        program.hasPrefix(tag + "/")
      else { return nil }
      let said = line[end.upperBound...]
      return Self.isAlarm(said) ? "\(program)]: \(said)" : nil
    }
  }

  private static func isAlarm(_ said: Substring) -> Bool {
    if said.hasPrefix("fatal:") || said.hasPrefix("panic:") { return true }
    guard said.hasPrefix("warning:") || said.hasPrefix("error:") else { return false }
    return said.hasPrefix("warning: unknown smtpd restriction")
      || said.hasSuffix("-- throttling") || said.contains(" is unavailable. ")
      || said.contains("SMTP reply code configuration error")
  }

  private func text() -> String {
    guard let path, let start, let file = try? OpenFile(path, O_RDONLY | O_NONBLOCK),
      let now = try? file.status()
    else { return "" }
    // A rotated log begins anew.
    let offset = now.isSameFile(as: start) && now.size >= start.size ? start.size : 0
    lseek(file.descriptor, off_t(offset), SEEK_SET)
    return String(decoding: (try? file.readAll(limit: 64 << 20)) ?? [], as: UTF8.self)
  }
}
