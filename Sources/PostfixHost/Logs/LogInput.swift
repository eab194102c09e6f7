import Attribution
import Glibc
import HostSystem
import MailLog

/// One thing that `scanLogs` and `readLogRows` read.
public enum LogInput: Sendable {
  /// A plain or compressed file.
  case file(OpenedLog)
  /// The systemd journal.
  case journal(JournalSource)
  case standardInput
}

extension LogSource {
  /// How often, and how long in microseconds, a log is waited for that was renamed just now and has no
  /// successor yet.
  private static let (patience, pause) = (10, UInt32(20_000))

  /// Everything to read for a window that begins at `since` (nil: all), open and oldest first, and what
  /// belongs to it but cannot be read.
  ///
  /// - Throws: ``SystemError`` when the log itself cannot be opened.
  public func inputs(
    since: LogTime?
  ) throws(SystemError) -> (inputs: [LogInput], skipped: [Coverage.Skipped]) {
    guard case .file(let path) = self else { return ([streamInput], []) }
    var opened = OpenedLogs(path, since: since)
    for _ in 0..<Self.patience where opened.log == nil && !opened.rotated.isEmpty {
      usleep(Self.pause)
      opened = OpenedLogs(path, since: since)
    }
    if let failure = opened.failure { throw failure }
    return ((opened.rotated + (opened.log.map { [$0] } ?? [])).map { .file($0) }, opened.skipped)
  }

  private var streamInput: LogInput {
    if case .journal(let journal) = self { .journal(journal) } else { .standardInput }
  }
}

/// Files named by the user (`report FILE…`), `-` for standard input.
///
/// - Throws: ``SystemError`` for one that cannot be opened.
public func logInputs(paths: [String]) throws(SystemError) -> [LogInput] {
  var inputs: [LogInput] = []
  for path in paths {
    if path == "-" {
      inputs.append(.standardInput)
    } else if let file = RotatedLogs.logFile(path) {
      inputs.append(.file(try OpenedLog(file)))
    } else {
      throw RotatedLogs.missingProgram(path)
    }
  }
  return inputs
}
