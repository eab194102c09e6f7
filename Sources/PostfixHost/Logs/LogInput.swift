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
/// A shell gives `mail.log*` newest first and may give a file twice: files are put in the order of their
/// first lines, each once. What is no file stays in its place.
///
/// - Throws: ``SystemError`` for one that cannot be opened.
public func logInputs(
  paths: [String], zone: LocalZone? = nil
) throws(SystemError) -> [LogInput] {
  let named = Set(paths)
  var inputs: [LogInput] = []
  var seen: Set<FileFacts.Identity> = []
  for path in paths {
    if path == "-" {
      inputs.append(.standardInput)
      continue
    }
    // While a file is being packed both forms are there, and only the plain one is whole.
    if let plain = RotatedLogs.packedName(path), named.contains(plain) { continue }
    guard let file = RotatedLogs.logFile(path) else { throw RotatedLogs.missingProgram(path) }
    let log = try OpenedLog(file)
    guard !log.facts.isRegular || seen.insert(log.facts.identity).inserted else { continue }
    inputs.append(.file(log))
  }
  return inOrder(inputs, zone)
}

private func inOrder(_ inputs: [LogInput], _ zone: LocalZone?) -> [LogInput] {
  var logs: [OpenedLog] = []
  var places: [Int] = []
  for (place, input) in inputs.enumerated() {
    guard case .file(let log) = input, log.facts.isRegular else { continue }
    logs.append(log)
    places.append(place)
  }
  guard logs.count > 1 else { return inputs }
  let zone = zone ?? .system(around: LogTime(microseconds: wallClockMicroseconds()))
  let begun = logs.map { (log: $0, time: $0.firstTime(zone: zone) ?? $0.facts.modified) }
    .sorted { ($0.time, $0.log.facts.modified) < ($1.time, $1.log.facts.modified) }
  var ordered = inputs
  for (place, entry) in zip(places, begun) { ordered[place] = .file(entry.log) }
  return ordered
}
