import Glibc
import HostSystem

/// Runs programs under strace(1), without following their children.
enum Strace {
  static let executable = "/usr/bin/strace"

  /// strace is there and may trace.
  static let isPossible: Bool = {
    let said = try? Command(executable, ["-qq", "-o", "/dev/null", "/bin/true"]).run()
    return said?.succeeded ?? false
  }()

  /// The words that record every changing call of `command` in a file.
  static func recording(_ command: [String], to log: String) -> [String] {
    [
      executable, "-q", "-o", log, "-e",
      "trace=" + (CallPoint.changing + CallPoint.limited).joined(separator: ","),
    ] + command
  }

  /// The words that strike at one call of `command`.
  static func striking(
    _ point: CallPoint, _ strike: Strike, _ command: [String], log: String
  ) -> [String] {
    [
      executable, "-q", "-o", log, "-e", "trace=" + point.name, "-e",
      "inject=\(point.name):\(strike.expression):when=\(point.ordinal)",
    ] + (point.path.map { ["-P", $0] } ?? []) + command
  }

  /// True when a run with this record was struck.
  static func hasStruck(_ strike: Strike, log: String) -> Bool {
    let text = (try? readFile(log)).map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    switch strike {
    case .kill: return text.contains("killed by SIGKILL")
    case .error: return text.contains("(INJECTED)")
    }
  }
}
