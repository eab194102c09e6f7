import CByteScan

/// The state behind a ``LogTally``, as a value: its parts are reached without the run-time checks
/// that a class's properties cost.
struct TallyCore: ~Copyable {
  let window: TallyWindow
  var parser: LineParser
  var parts = LineParts()
  var counts: WindowedCounts
  var sessions: SessionTable
  var pending = PendingMessages()
  /// The talkers of the present pane of time, and its start in seconds since the epoch; nil before
  /// the first line of the window.
  var talkers = TalkerSketch()
  var paneStart: Int64?
  var formerPanes: [TalkerPane] = []
  var peaks = LoadPeaks()
  var paneEnd = Int64.max
  var epochStarts: [Int64] = []
  var arguments = Interner(limit: CountKey.maxArgument)
  var replies = Interner(limit: CountKey.maxReply)
  let lower: Int64
  let upper: Int64

  var lines = 0
  var bytes = 0
  var postfixLines = 0
  var unknownLines = 0
  var firstLine: Int64?
  var lastLine = Int64.min

  private var prefixes = PrefixCache()
  var blockLines: [LogTally.BlockLine] = []
  let recordsLines: Bool

  init(window: TallyWindow, zone: LocalZone, reference: LogTime, isLive: Bool) {
    self.window = window
    parser = LineParser(zone: zone, reference: reference)
    counts = WindowedCounts(quantum: window.quantum)
    sessions = SessionTable(keepsTexts: isLive)
    recordsLines = isLive
    if case .fixed(let since, let until) = window {
      lower = since?.microseconds ?? .min
      upper = until?.microseconds ?? .max
    } else {
      (lower, upper) = (.min, .max)
    }
  }

  /// For another file: stamps without a year are read against this moment.
  mutating func setReference(_ reference: LogTime) { parser.setReference(reference) }

  /// From `start` on another policy is in force; sessions that began before keep the former one.
  /// Its number, from 1; nil beyond 1023 policies, which stay with the last number.
  mutating func beginEpoch(at start: LogTime) -> Int? {
    guard epochStarts.count < CountKey.maxEpoch else { return nil }
    epochStarts.append(start.microseconds)
    return epochStarts.count
  }

  /// The moment of the newest line.
  var newestLine: LogTime? { lastLine == .min ? nil : LogTime(microseconds: lastLine) }

  /// Reads the complete lines of a block; the number of bytes read, up to and with the last newline.
  mutating func consume(_ block: Span<UInt8>) -> Int {
    if recordsLines { blockLines.removeAll(keepingCapacity: true) }
    let start = block.withUnsafeBytes { consume($0, block) }
    bytes &+= start
    return start
  }

  @inline(__always)
  private mutating func consume(_ raw: UnsafeRawBufferPointer, _ block: Span<UInt8>) -> Int {
    guard let base = raw.baseAddress else { return 0 }
    let count = block.count
    var start = 0
    var place = 0
    while place &+ 64 <= count {
      // One bit a newline.
      var newlines = cbytescan_equal64(base + place, 0x0A)
      while newlines != 0 {
        let newline = place &+ newlines.trailingZeroBitCount
        newlines &= newlines &- 1
        let line = block.extracting(unchecked: start..<newline)
        // The common forms load words from behind the line's end.
        if newline &+ 64 > count || !countCommon(base + start, line) {
          consumeLine(line, at: start)
        }
        start = newline &+ 1
      }
      place &+= 64
    }
    while let newline = block.firstIndex(of: 0x0A, from: max(start, place), to: count) {
      consumeLine(block.extracting(start..<newline), at: start)
      start = newline &+ 1
    }
    return start
  }

  /// Counts a line of one of the common forms; false when it is none, and nothing was counted.
  @inline(__always)
  private mutating func countCommon(_ raw: UnsafeRawPointer, _ line: Span<UInt8>) -> Bool {
    guard !recordsLines, parser.parseCommon(raw, line, prefixes, into: &parts) else { return false }
    lines &+= 1
    postfixLines &+= 1
    noteTime()
    count(line)
    return true
  }

  /// Reads a last line that has no newline.
  mutating func consumeRest(_ rest: Span<UInt8>) {
    if recordsLines { blockLines.removeAll(keepingCapacity: true) }
    guard rest.count > 0 else { return }
    consumeLine(rest, at: 0)
    bytes += rest.count
  }

  /// Counts a line that was too long to be kept and was skipped.
  mutating func skipLongLine(byteCount: Int) {
    lines += 1
    bytes += byteCount
  }

  @inline(__always)
  mutating func consumeLine(_ line: Span<UInt8>, at start: Int) {
    lines &+= 1
    parser.parse(line, into: &parts)
    guard parts.kind != .foreign else { return }
    postfixLines &+= 1
    prefixes.note(line, from: parts.prefix.lower, to: parts.prefix.upper, parts.program, parts.tag)
    if parts.kind == .unknown { unknownLines &+= 1 }
    if recordsLines {
      let time = parts.hasTime ? LogTime(microseconds: parts.time) : nil
      blockLines.append(LogTally.BlockLine(start: start, end: start + line.count, time: time))
    }
    noteTime()
    count(line)
  }

  @inline(__always)
  private mutating func noteTime() {
    if firstLine == nil { firstLine = parts.time }
    if parts.time > lastLine { lastLine = parts.time }
  }

  @inline(__always)
  mutating func count(_ line: Span<UInt8>) {
    switch parts.kind {
    case .reject, .trial: countReject(line)
    case .connect: beginSession(line)
    case .disconnect: endSession(line)
    case .clientQueued: openMessage(line)
    case .queueActive: countAccepted(line)
    case .postscreen:
      add(CountKey(.postscreen, tag: parts.tag, detail: UInt16(parts.postscreenWord.rawValue)))
    case .pickup, .lost, .authFailure, .tls, .lifecycle, .warning, .error, .fatal, .panic, .action,
      .delivery, .misbehaviour, .anvil, .expired:
      countRare(line)
    default: break
    }
  }

  @inline(__always)
  var isInside: Bool { parts.time >= lower && parts.time < upper }

  @inline(__always)
  var seconds: Int64 {
    parts.time >= 0 ? parts.time / 1_000_000 : LogTime(microseconds: parts.time).seconds
  }

  @inline(__always)
  mutating func add(_ key: CountKey) {
    if isInside { counts.add(key, at: seconds) }
  }

  /// The policy in force at a moment: the last one that began before it.
  @inline(__always)
  func epoch(at time: Int64) -> Int32 {
    var index = epochStarts.count
    while index > 0 && epochStarts[index &- 1] > time { index &-= 1 }
    return Int32(truncatingIfNeeded: index)
  }

  var sessionKey: UInt64 {
    SessionTable.key(host: parts.host, tag: parts.tag, pid: parts.pid)
  }

  /// The queue id of the line, which is one of its host.
  @inline(__always)
  func queueKey(_ line: Span<UInt8>) -> UInt64 {
    line.hash(from: parts.queueID.lower, to: parts.queueID.upper)
      ^ mix(UInt64(UInt32(bitPattern: parts.host)))
  }

  /// Makes the present pane the one of this line; false outside the window.
  @inline(__always)
  mutating func selectPane() -> Bool {
    guard isInside else { return false }
    if paneStart != nil && seconds < paneEnd { return true }
    beginPane()
    return true
  }

  private mutating func beginPane() {
    var start: Int64 = 0
    paneEnd = .max
    if case .sliding(let length) = window {
      let width = max(1, Int64(length) / 8)
      start = seconds - seconds % width
      paneEnd = start + width
    }
    if let former = paneStart {
      let pane = TalkerPane(start: former)
      swap(&pane.talkers, &talkers)
      formerPanes.append(pane)
    }
    paneStart = start
  }
}
