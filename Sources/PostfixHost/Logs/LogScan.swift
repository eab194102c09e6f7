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
  /// What should be read too but cannot; the coverage names it.
  public var skipped: [Coverage.Skipped] = []
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

/// Reads logs to their end and counts the window; for `report` and `show`. Blocks.
///
/// A file that cannot be read to its end is named in the coverage, which is then not complete.
///
/// - Parameter progress: called now and then with 0…1 and the bytes read.
/// - Throws: ``SystemError`` when a pipe or the journal cannot be read, or nothing could be.
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
  coverage.skipped = scan.skipped
  coverage.isComplete = scan.skipped.isEmpty
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
  private(set) var files: [String] = []
  private(set) var skipped: [Coverage.Skipped]
  private var failures: [SystemError] = []
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
    skipped = request.skipped
    for case .file(let log) in request.sources { total += log.facts.size }
  }

  mutating func run() throws(SystemError) {
    for input in request.sources {
      switch input {
      case .file(let log):
        files.append(log.path)
        tally.setReference(log.facts.isRegular ? log.facts.modified : now)
        do throws(SystemError) {
          try read(log)
        } catch {
          // The other files count all the same, and what was read of this one.
          skipped.append(Coverage.Skipped(log.path, error))
          failures.append(error)
        }
        done += log.facts.size
        report(0)
      case .journal(let journal):
        files.append(journal.label)
        tally.setReference(now)
        let command = try journal.command(
          since: request.since, until: request.until, follow: false)
        let child = try ChildProcess(command)
        child.closeInput()
        guard try isReadWhole(child) else {
          throw SystemError("read all of the journal", .ioError, remedy: "see journalctl --verify")
        }
      case .standardInput:
        files.append("-")
        tally.setReference(now)
        try readPipe(0, "read standard input")
      }
    }
    // Counts of nothing help nobody.
    if let failure = failures.first, failures.count == request.sources.count,
      tally.newestLine == nil
    {
      throw failure
    }
  }

  private mutating func read(_ log: OpenedLog) throws(SystemError) {
    if log.decompressor != nil {
      guard try isReadWhole(try log.unpack()) else { throw log.damage }
    } else if log.facts.isRegular {
      try readPlain(log)
    } else {
      log.waitForWriter()
      try readPipe(log.descriptor, "read \(log.path)")
    }
  }

  private func readPlain(_ log: OpenedLog) throws(SystemError) {
    let facts = log.facts
    var (start, end) = (Int64(0), facts.size)
    var search = LogSearch(
      descriptor: log.descriptor, zone: request.zone, reference: facts.modified)
    if let since = request.since {
      let moment = LogTime(microseconds: since.microseconds - Self.margin)
      start = search.offset(of: moment, size: facts.size)
    }
    if let until = request.until {
      let moment = LogTime(microseconds: until.microseconds + Self.margin)
      end = search.end(of: moment, size: facts.size)
    }
    let ahead = ReadAhead.start(log.descriptor, from: start, to: end)
    defer { ahead?.stop() }
    // Where another thread reads, only what a block's end cuts is kept here.
    let isLarge = ahead == nil && end - start > BlockReader.smallBlock
    let reader = BlockReader(
      offset: start, blockSize: isLarge ? BlockReader.largeBlock : BlockReader.smallBlock)
    while true {
      let count =
        ahead.map { reader.read($0, into: tally) }
        ?? reader.read(log.descriptor, isSeekable: true, limit: end, into: tally)
      if count < 0 { throw SystemError("read \(log.path)", Errno(rawValue: errno)) }
      if count == 0 { break }
      report(reader.offset)
    }
    reader.finish(into: tally)
    if reader.offset < end || log.wasCut { throw log.cut }
  }

  private func report(_ offset: Int64) {
    guard let progress else { return }
    let read = done + offset
    progress(total == 0 ? 0 : min(1, Double(read) / Double(total)), Int(read))
  }

  /// Reads what a program writes; false when it did not end well.
  private func isReadWhole(_ child: ChildProcess) throws(SystemError) -> Bool {
    do throws(SystemError) {
      try readPipe(child.output, "read what a program writes")
    } catch {
      child.signalGroup(SIGKILL)
      _ = child.wait()
      throw error
    }
    return child.wait() == .exited(0)
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
