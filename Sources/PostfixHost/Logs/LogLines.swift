import Glibc
import HostSystem
import MailLog
import SystemPackage

/// Gives every line of logs as a row, oldest first; for `log`. Blocks.
///
/// - Parameters:
///   - since: lines before it are passed over; nil from the beginning.
///   - body: called once a row.
/// - Throws: ``SystemError`` when a source cannot be opened or read.
public func readLogRows(
  _ sources: [LogInput], since: LogTime?, zone: LocalZone? = nil,
  isCancelled: () -> Bool = { false }, body: (LogRow) -> Void
) throws(SystemError) {
  let now = LogTime(microseconds: wallClockMicroseconds())
  var reader = LogLines(zone: zone ?? .system(around: now), now: now, since: since)
  for source in sources where !isCancelled() {
    try reader.read(source, isCancelled, body)
  }
}

private struct LogLines {
  let zone: LocalZone
  let now: LogTime
  let since: LogTime?
  private var rows: LogRowReader
  private var rest: [UInt8] = []

  /// Longer lines are no lines of Postfix, which cuts its own at 2,000 bytes.
  private static let longest = 1 << 20

  init(zone: LocalZone, now: LogTime, since: LogTime?) {
    self.zone = zone
    self.now = now
    self.since = since
    rows = LogRowReader(zone: zone, reference: now)
  }

  mutating func read(
    _ source: LogInput, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    rest = []
    switch source {
    case .standardInput: try drain(0, "read standard input", isCancelled, body)
    case .journal(let journal):
      try run(try journal.command(since: since, follow: false), isCancelled, body)
    case .file(let file):
      if let program = file.decompressor {
        try run(Command(program, ["-dc", "--", file.path]), isCancelled, body)
      } else {
        try readPlain(file.path, isCancelled, body)
      }
    }
    if !rest.isEmpty { give(rest[...], body) }
  }

  private mutating func readPlain(
    _ path: String, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    let descriptor = try openLog(path)
    defer { close(descriptor) }
    if let facts = FileFacts(descriptor: descriptor), facts.isRegular {
      rows.setReference(facts.modified)
      if let since {
        var search = LogSearch(descriptor: descriptor, zone: zone, reference: facts.modified)
        lseek(descriptor, off_t(search.offset(of: since, size: facts.size)), SEEK_SET)
      }
    }
    try drain(descriptor, "read \(path)", isCancelled, body)
  }

  private mutating func run(
    _ command: Command, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    let child = try ChildProcess(command)
    child.closeInput()
    try drain(child.output, "read from \(command.executable)", isCancelled, body)
    if isCancelled() {
      child.signalGroup(SIGTERM)
      _ = child.wait()
      return
    }
    guard child.wait() == .exited(0) else {
      throw SystemError(
        "read all of \(command.shellQuoted)", .ioError, remedy: "the file may be damaged")
    }
  }

  private mutating func drain(
    _ descriptor: Int32, _ action: String, _ isCancelled: () -> Bool, _ body: (LogRow) -> Void
  ) throws(SystemError) {
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while !isCancelled() {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw SystemError(action, Errno(rawValue: errno)) }
      if count == 0 { return }
      take(block[..<count], body)
    }
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
    body(row)
  }
}
