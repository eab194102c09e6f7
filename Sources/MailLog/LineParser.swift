/// Takes log lines apart. Only the envelope at a line's start decides what a line is; whatever a
/// client may have put into names and addresses stays text.
///
/// Not thread-safe: one reader owns it. Bounded: the tables of tags and prefixes have limits.
struct LineParser {
  /// Bytes of a line that are looked at. Postfix cuts its messages at 2000 bytes.
  static let lineLimit = 8192

  var stamps: StampReader
  private var prefixes = Interner(limit: 2048)
  private var prefixEntries: [PrefixEntry] = []
  private(set) var tags = Interner(limit: 512)
  private var hosts = Interner(limit: 1023)
  private var postscreenTests = PostscreenTests()

  /// What `HOST TAG/PROGRAM[` in front of the process id means.
  private struct PrefixEntry {
    var program: Program
    var tag: Int32
    var host: Int32
  }

  init(zone: LocalZone = .utc, reference: LogTime, isForSearch: Bool = false) {
    stamps = StampReader(zone: zone, reference: reference, isForSearch: isForSearch)
  }

  mutating func setReference(_ reference: LogTime) { stamps.setReference(reference) }

  /// Time goes on while a log is followed: stamps without a year are read against a later moment.
  mutating func advanceReference(to moment: LogTime) { stamps.advanceReference(to: moment) }

  /// The text of a tag number: `postfix`, `postfix/submission`; `?` beyond the table's limit.
  func tagName(_ tag: Int32) -> String { tag < 0 ? "?" : tags.text(Int(tag)) }

  /// The moment of a line, without looking at the rest of it; for searching in files.
  mutating func time(of line: Span<UInt8>) -> LogTime? {
    let start = priorityEnd(line)
    return stamps.read(line, from: start) == nil ? nil : LogTime(microseconds: stamps.time)
  }

  /// Reads one line, without its newline, into `parts`.
  mutating func parse(_ whole: Span<UInt8>, into parts: inout LineParts) {
    let line = whole.count > Self.lineLimit ? whole.extracting(0..<Self.lineLimit) : whole
    var end = line.count
    if end > 0, line[end &- 1] == UInt8(ascii: "\r") { end &-= 1 }
    parts.kind = .foreign
    parts.hasTime = false
    parts.label = .none
    parts.end = Int32(truncatingIfNeeded: end)
    parts.message = parts.end
    parts.clearMessage()
    let start = priorityEnd(line)
    guard let stampEnd = stamps.read(line, from: start) else { return }
    parts.hasTime = true
    parts.time = stamps.time
    guard whole.count < LogTally.longestLine, stampEnd < end, line[stampEnd] == UInt8(ascii: " "),
      let message = readTag(line, from: stampEnd &+ 1, to: end, into: &parts)
    else { return }
    parts.message = Int32(truncatingIfNeeded: message)
    parts.kind = .other
    parseMessage(line, from: message, to: end, into: &parts)
  }

  /// The position after a `<PRI>` in front of the stamp, 0 without one.
  @inline(__always)
  private func priorityEnd(_ line: Span<UInt8>) -> Int {
    guard line.count > 0, line[0] == UInt8(ascii: "<") else { return 0 }
    var index = 1
    while index < 5 && index < line.count && isDigit(line[index]) { index += 1 }
    return index > 1 && index < line.count && line[index] == UInt8(ascii: ">") ? index + 1 : 0
  }

  /// Reads `HOST TAG/PROGRAM[PID]: ` and an `[ID …] ` behind it; the position of the message.
  @inline(__always)
  private mutating func readTag(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) -> Int? {
    let limit = min(end, start &+ 320)
    guard let bracket = line.firstIndex(of: UInt8(ascii: "["), from: start, to: limit) else {
      return nil
    }
    let hash = line.hash(from: start, to: bracket)
    let entry: PrefixEntry
    if let id = prefixes.find(line, from: start, to: bracket, hash: hash) {
      entry = prefixEntries[id]
    } else {
      guard let read = readPrefix(line, from: start, to: bracket) else { return nil }
      entry = read
    }
    var index = bracket &+ 1
    var pid: Int32 = 0
    while index < end, isDigit(line[index]), index &- bracket < 10 {
      pid = pid &* 10 &+ Int32(line[index] &- 0x30)
      index &+= 1
    }
    guard index > bracket &+ 1, index &+ 3 <= end, line[index] == UInt8(ascii: "]") else {
      return nil
    }
    // Some syslog templates drop the colon.
    index &+= line[index &+ 1] == UInt8(ascii: ":") ? 2 : 1
    guard line[index] == UInt8(ascii: " ") else { return nil }
    index &+= 1
    if index < end, line[index] == UInt8(ascii: "["), line.has("[ID ", at: index, to: end),
      let close = line.find("] ", from: index, to: min(end, index + 64))
    {
      index = close + 2
    }
    parts.prefix = Slice(start, bracket)
    parts.program = entry.program
    parts.tag = entry.tag
    parts.host = entry.host
    parts.pid = pid
    return index
  }

  /// Checks `HOST TAG/PROGRAM` on first sight and remembers it.
  private mutating func readPrefix(_ line: Span<UInt8>, from start: Int, to end: Int)
    -> PrefixEntry?
  {
    guard let blank = line.firstIndex(of: UInt8(ascii: " "), from: start, to: end), blank > start,
      line.firstIndex(of: UInt8(ascii: " "), from: blank + 1, to: end) == nil
    else { return nil }
    // Before it has read main.cf, a command of Postfix logs as `postfix` alone.
    let slash =
      line.lastIndex(of: UInt8(ascii: "/"), from: blank + 1, to: end)
      ?? (end - blank == 8 && line.has("postfix", at: blank + 1, to: end) ? blank : nil)
    guard let slash, let program = line.text(Slice(slash + 1, end)).flatMap(Program.init(name:)),
      slash == blank || slash > blank + 1
    else { return nil }
    let tagEnd = slash == blank ? end : slash
    let tag = tags.intern(line, from: blank + 1, to: tagEnd).map { Int32($0) } ?? -1
    let host = hosts.intern(line, from: start, to: blank).map { Int32($0) } ?? -1
    let entry = PrefixEntry(program: program, tag: tag, host: host)
    if let id = prefixes.intern(line, from: start, to: end), id == prefixEntries.count {
      prefixEntries.append(entry)
    }
    return entry
  }

  @inline(__always)
  private mutating func parseMessage(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    switch parts.program {
    case .smtpd: parseSMTPD(line, from: start, to: end, into: &parts)
    case .qmgr: parseQueueManager(line, from: start, to: end, into: &parts)
    case .cleanup: parseCleanup(line, from: start, to: end, into: &parts)
    case .postscreen: parsePostscreen(line, from: start, to: end, into: &parts)
    default: parseOther(line, from: start, to: end, into: &parts)
    }
  }

  private func parseOther(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parts.text = Slice(start, end)
    if readLabel(line, from: start, to: end, into: &parts) { return }
    switch parts.program {
    case .delivery:
      if readQueueID(line, from: start, to: end, into: &parts) != nil { parts.kind = .delivery }
    case .anvil: parts.kind = .anvil
    case .master:
      let begins: [StaticString] = ["daemon started", "reload ", "terminating "]
      if begins.contains(where: { line.has($0, at: start, to: end) }) { parts.kind = .lifecycle }
    case .script: parts.kind = .lifecycle
    case .pickup:
      if readQueueID(line, from: start, to: end, into: &parts) != nil { parts.kind = .pickup }
    case .bounce:
      if readQueueID(line, from: start, to: end, into: &parts) != nil { parts.kind = .queue }
    default: break
    }
  }

  private mutating func parsePostscreen(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parts.text = Slice(start, end)
    if readLabel(line, from: start, to: end, into: &parts) { return }
    readPostscreen(line, from: start, to: end, into: &parts)
    if parts.kind == .postscreen {
      postscreenTests.note(parts.postscreenWord, line, parts)
    } else if parts.signature == .postscreenProtocol {
      parts.signature = postscreenTests.cause(line, parts)
    }
  }
}
