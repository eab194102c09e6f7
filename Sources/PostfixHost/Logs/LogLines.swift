import Attribution
import Glibc
import HostSystem
import MailLog
import SystemPackage

/// Gives every line of logs as a row, oldest first; for `log`. Blocks.
///
/// - Parameters:
///   - since: lines before it are passed over; nil from the beginning.
///   - until: lines from it on are passed over; nil to the end.
///   - skipped: called for a file that cannot be read to its end, behind the rows that it gave; without
///     it such a file is an error.
///   - body: called once a row.
/// - Throws: ``SystemError`` when a source cannot be read.
public func readLogRows(
  _ sources: [LogInput], since: LogTime?, until: LogTime? = nil, zone: LocalZone? = nil,
  isCancelled: () -> Bool = { false }, skipped: ((Coverage.Skipped) -> Void)? = nil,
  body: (LogRow) -> Void
) throws(SystemError) {
  let now = LogTime(microseconds: wallClockMicroseconds())
  var reader = LogLines(
    zone: zone ?? .system(around: now), now: now, since: since, until: until)
  for source in sources where !isCancelled() {
    do throws(SystemError) {
      try reader.read(source, isCancelled, body)
    } catch {
      guard let skipped, case .file(let log) = source else { throw error }
      skipped(Coverage.Skipped(log.path, error))
    }
  }
}

private struct LogLines {
  let zone: LocalZone
  let now: LogTime
  let since: LogTime?
  let until: LogTime?
  private var rows: LogRowReader
  private var rest: [UInt8] = []

  /// Longer lines are no lines of Postfix, which cuts its own at 2,000 bytes.
  private static let longest = 1 << 20

  init(zone: LocalZone, now: LogTime, since: LogTime?, until: LogTime?) {
    self.zone = zone
    self.now = now
    self.since = since
    self.until = until
    rows = LogRowReader(zone: zone, reference: now)
  }

  mutating func read(
    _ source: LogInput, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    rest = []
    // A last line without newline, also of a file that cannot be read to its end.
    defer { if !rest.isEmpty { give(rest[...], body) } }
    rows.setReference(now)
    switch source {
    case .standardInput: try drain(0, nil, "read standard input", isCancelled, body)
    case .journal(let journal):
      let child = try ChildProcess(
        try journal.command(since: since, until: until, follow: false))
      child.closeInput()
      guard try isReadWhole(child, isCancelled, body) else {
        throw SystemError("read all of the journal", .ioError, remedy: "see journalctl --verify")
      }
    case .file(let log): try read(log, isCancelled, body)
    }
  }

  private mutating func read(
    _ log: OpenedLog, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    if log.facts.isRegular { rows.setReference(log.facts.modified) }
    if log.decompressor != nil {
      guard try isReadWhole(try log.unpack(), isCancelled, body) else { throw log.damage }
    } else if log.facts.isRegular {
      try readPlain(log, isCancelled, body)
    } else {
      log.waitForWriter()
      try drain(log.descriptor, nil, "read \(log.path)", isCancelled, body)
    }
  }

  private mutating func readPlain(
    _ log: OpenedLog, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    var (start, end) = (Int64(0), log.facts.size)
    var search = LogSearch(
      descriptor: log.descriptor, zone: zone, reference: log.facts.modified)
    if let since { start = search.offset(of: since, size: end) }
    if let until {
      // Lines out of order within some minutes are found, as in a count.
      let moment = LogTime(microseconds: until.microseconds + 600_000_000)
      end = search.end(of: moment, size: end)
    }
    let read = try drain(
      log.descriptor, start..<max(start, end), "read \(log.path)", isCancelled, body)
    if !isCancelled(), start + read < end || log.wasCut { throw log.cut }
  }

  /// Gives what a program writes; false when it did not end well.
  private mutating func isReadWhole(
    _ child: ChildProcess, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) -> Bool {
    try drain(child.output, nil, "read what a program writes", isCancelled, body)
    if isCancelled() { child.signalGroup(SIGTERM) }
    return child.wait() == .exited(0) || isCancelled()
  }

  /// Gives the lines of a part of a file, or of a pipe to its end; the number of bytes.
  @discardableResult
  private mutating func drain(
    _ descriptor: Int32, _ part: Range<Int64>?, _ action: String, _ isCancelled: () -> Bool,
    _ body: (LogRow) -> Void
  ) throws(SystemError) -> Int64 {
    var block = [UInt8](repeating: 0, count: 1 << 18)
    var done: Int64 = 0
    while !isCancelled() {
      let count: Int
      if let part {
        let place = part.lowerBound + done
        let wanted = min(block.count, Int(clamping: part.upperBound - place))
        count = pread(descriptor, &block, wanted, off_t(place))
      } else {
        count = Glibc.read(descriptor, &block, block.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw SystemError(action, Errno(rawValue: errno)) }
      if count == 0 { break }
      done += Int64(count)
      take(block[..<count], body)
    }
    return done
  }

  private mutating func take(_ block: ArraySlice<UInt8>, _ body: (LogRow) -> Void) {
    var block = block
    while let end = block.firstIndex(of: 0x0A) {
      if rest.isEmpty {
        give(block[..<end], body)
      } else {
        rest += block[..<end]
        give(rest[...], body)
        rest = []
      }
      block = block[(end + 1)...]
    }
    if rest.count < Self.longest { rest += block }
  }

  private mutating func give(_ line: ArraySlice<UInt8>, _ body: (LogRow) -> Void) {
    let row = rows.row(line.span)
    if let since, let time = row.time, time < since { return }
    if let until, let time = row.time, time >= until { return }
    body(row)
  }
}
