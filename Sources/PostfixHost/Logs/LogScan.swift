import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import SystemPackage

/// What `scanLogs` reads and counts.
public struct LogScanRequest: Sendable {
  /// What to read, oldest first.
  public var sources: [LogInput]
  /// Inclusive; nil from the beginning.
  public var since: LogTime?
  /// Exclusive; nil to the end.
  public var until: LogTime?
  /// The known policies, oldest first; without any, ambiguous rejects stay open.
  public var epochs: [PolicyEpoch]
  /// The zone of stamps that have none.
  public var zone: LocalZone
  /// Length of the top lists.
  public var topLimit = 20

  /// Creates a request; without a zone, this machine's holds.
  public init(
    sources: [LogInput], since: LogTime? = nil, until: LogTime? = nil, epochs: [PolicyEpoch] = [],
    zone: LocalZone? = nil
  ) {
    self.sources = sources
    self.since = since
    self.until = until
    self.epochs = epochs
    self.zone = zone ?? .system(around: LogTime(microseconds: wallClockMicroseconds()))
  }
}

/// One thing that `scanLogs` reads.
public enum LogInput: Hashable, Sendable {
  /// A plain or compressed file.
  case file(LogFile)
  /// The systemd journal.
  case journal(JournalSource)
  case standardInput
}

extension LogSource {
  /// Everything to read for a window that begins at `since` (nil: all), oldest first, and the
  /// rotated files whose decompressor is not installed.
  public func inputs(since: LogTime?) -> (inputs: [LogInput], skipped: [String]) {
    switch self {
    case .journal(let journal): return ([.journal(journal)], [])
    case .standardInput: return ([.standardInput], [])
    case .file(let path):
      let (files, skipped) = RotatedLogs.set(of: path)
      let wanted = files.filter { file in
        // A file last changed before the window holds nothing of it.
        guard let since, file.path != path, let facts = FileFacts(path: file.path) else {
          return true
        }
        return facts.modified >= since
      }
      return (wanted.map { .file($0) }, skipped)
    }
  }
}

/// Files named by the user (`report FILE…`), `-` for standard input.
public func logInputs(paths: [String]) throws(SystemError) -> [LogInput] {
  var inputs: [LogInput] = []
  for path in paths {
    if path == "-" {
      inputs.append(.standardInput)
    } else if let file = RotatedLogs.logFile(path) {
      inputs.append(.file(file))
    } else {
      throw SystemError(
        "unpack \(path)", .noSuchFileOrDirectory, remedy: "install the program that packed it")
    }
  }
  return inputs
}

/// Reads logs to their end and counts the window; for `report` and `show`. Blocks.
///
/// - Parameter progress: called now and then with 0…1 and the bytes read.
/// - Throws: ``SystemError`` when a source cannot be opened or read.
public func scanLogs(
  _ request: LogScanRequest, progress: ((Double, Int) -> Void)? = nil
) throws(SystemError) -> LogSnapshot {
  let now = LogTime(microseconds: wallClockMicroseconds())
  let tally = LogTally(
    window: .fixed(since: request.since, until: request.until), zone: request.zone, reference: now)
  for epoch in request.epochs { tally.beginEpoch(at: epoch.since) }
  var scan = LogScan(request: request, tally: tally, now: now, progress: progress)
  try scan.run()
  var coverage = Coverage()
  coverage.files = scan.files
  coverage.isComplete = true
  coverage.progress = 1
  let summary = tally.summary(now: now, topLimit: request.topLimit)
  coverage.readFrom =
    summary.firstLine.map { max($0, request.since ?? $0) } ?? request.since
  return makeSnapshot(summary, epochs: request.epochs, coverage: coverage)
}

private struct LogScan {
  let request: LogScanRequest
  let tally: LogTally
  let now: LogTime
  let progress: ((Double, Int) -> Void)?
  var files: [String] = []
  private var total: Int64 = 0
  private var done: Int64 = 0

  /// Sessions and messages that began before the window are followed from this long before it.
  private static let margin: Int64 = 600 * 1_000_000

  init(
    request: LogScanRequest, tally: LogTally, now: LogTime, progress: ((Double, Int) -> Void)?
  ) {
    self.request = request
    self.tally = tally
    self.now = now
    self.progress = progress
    for case .file(let file) in request.sources {
      total += FileFacts(path: file.path)?.size ?? 0
    }
  }

  mutating func run() throws(SystemError) {
    for input in request.sources {
      switch input {
      case .file(let file):
        files.append(file.path)
        if let program = file.decompressor {
          try readPacked(file, program)
        } else {
          try readPlain(file.path)
        }
      case .journal(let journal):
        files.append(journal.label)
        tally.setReference(now)
        try readCommand(journal.command(since: request.since, follow: false))
      case .standardInput:
        files.append("-")
        tally.setReference(now)
        try readPipe(0, "read standard input")
      }
    }
  }

  private mutating func readPlain(_ path: String) throws(SystemError) {
    let descriptor = try openLog(path)
    defer { close(descriptor) }
    guard let facts = FileFacts(descriptor: descriptor), facts.isRegular else {
      tally.setReference(now)
      return try readPipe(descriptor, "read \(path)")
    }
    let reference = facts.modified
    tally.setReference(reference)
    let reader = BlockReader(blockSize: BlockReader.largeBlock)
    var end = facts.size
    var search = LogSearch(descriptor: descriptor, zone: request.zone, reference: reference)
    if let since = request.since {
      let moment = LogTime(microseconds: since.microseconds - Self.margin)
      reader.offset = search.offset(of: moment, size: facts.size)
    }
    if let until = request.until {
      let moment = LogTime(microseconds: until.microseconds + Self.margin)
      end = search.end(of: moment, size: facts.size)
    }
    let ahead = ReadAhead.start(descriptor, from: reader.offset, to: end)
    defer { ahead?.stop() }
    while true {
      let count =
        ahead.map { reader.read($0, into: tally) }
        ?? reader.read(descriptor, isSeekable: true, limit: end, into: tally)
      if count < 0 { throw SystemError("read \(path)", Errno(rawValue: errno)) }
      if count == 0 { break }
      report(reader.offset)
    }
    reader.finish(into: tally)
    done += facts.size
  }

  private func report(_ offset: Int64) {
    guard let progress else { return }
    let read = done + offset
    progress(total == 0 ? 0 : min(1, Double(read) / Double(total)), Int(read))
  }

  private mutating func readPacked(_ file: LogFile, _ program: String) throws(SystemError) {
    // Opened here and handed over as standard input: the name never becomes an argument.
    let descriptor = try openLog(file.path)
    defer { close(descriptor) }
    let facts = FileFacts(descriptor: descriptor)
    tally.setReference(facts?.modified ?? now)
    try readCommand(Command(program, ["-dc", "--", file.path]))
    done += facts?.size ?? 0
    report(0)
  }

  private func readCommand(_ command: Command) throws(SystemError) {
    let child = try ChildProcess(command)
    child.closeInput()
    do throws(SystemError) {
      try readPipe(child.output, "read from \(command.executable)")
    } catch {
      child.signalGroup(SIGKILL)
      _ = child.wait()
      throw error
    }
    guard child.wait() == .exited(0) else {
      throw SystemError(
        "read all of \(command.shellQuoted)", .ioError, remedy: "the file may be damaged")
    }
  }

  private func readPipe(_ descriptor: Int32, _ action: String) throws(SystemError) {
    let reader = BlockReader()
    while true {
      let count = reader.read(descriptor, isSeekable: false, into: tally)
      if count < 0 { throw SystemError(action, Errno(rawValue: errno)) }
      if count == 0 { break }
      if let progress { progress(0, Int(reader.offset)) }
    }
    reader.finish(into: tally)
  }
}

/// Opens a log for reading.
func openLog(_ path: String) throws(SystemError) -> Int32 {
  // O_NONBLOCK: a FIFO of that name must not stop us.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
  guard descriptor >= 0 else {
    let reason = Errno(rawValue: errno)
    let remedy =
      reason == .permissionDenied
      ? "run as root or as a member of the group that may read it, or name another log with --log"
      : "name the log with --log"
    throw SystemError("open \(path)", reason, remedy: remedy)
  }
  return descriptor
}
