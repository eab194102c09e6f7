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
  /// A window has nine, its first one not whole.
  private static let paneLimit = 12
  var peaks = LoadPeaks()
  /// Microseconds since the epoch; before the first line of the window the beginning of time.
  var paneEnd = Int64.min
  /// What is older has a pane of its own: a clock was wrong. What is a little late counts in the present
  /// one.
  var paneLateLimit = Int64.min
  var epochStarts: [Int64] = []
  private(set) var newestEpoch = Int64.min
  private(set) var epochCount: Int32 = 0
  var arguments = Interner(limit: CountKey.maxArgument)
  var replies = Interner(limit: CountKey.maxReply)
  var knownReplies = KnownReplies()
  var knownArguments = KnownArguments()
  let lower: Int64
  let upper: Int64

  var lines = 0
  var bytes = 0
  var postfixLines = 0
  var unknownLines = 0
  /// Microseconds since the epoch; before the first line the end of time.
  var firstLine = Int64.max
  var lastLine = Int64.min

  var prefixes = PrefixCache()
  var model = LineModel()
  /// The counters of sessions that ended and of those that ended as refused.
  let endedSessions: Int
  let refusedSessions: Int
  /// Bytes whose newlines are looked for at a time: few enough to stay in the nearest cache until
  /// their lines are read.
  private static let stretch = 4096
  private var newlines = FixedStore<8192, UInt16>(repeating: 0)
  var blockLines: [LogTally.BlockLine] = []
  let recordsLines: Bool

  init(window: TallyWindow, zone: LocalZone, reference: LogTime, isLive: Bool) {
    self.window = window
    parser = LineParser(zone: zone, reference: reference)
    counts = WindowedCounts(quantum: window.quantum)
    endedSessions = counts.number(of: CountKey(.ended))
    refusedSessions = counts.number(of: CountKey(.refused))
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

  /// Time goes on while a log is followed: stamps without a year are read against a later moment.
  mutating func advanceReference(to moment: LogTime) { parser.advanceReference(to: moment) }

  /// From `start` on another policy is in force; sessions that began before keep the former one.
  /// Its number, from 1; nil beyond 1023 policies, which stay with the last number.
  mutating func beginEpoch(at start: LogTime) -> Int? {
    guard epochStarts.count < CountKey.maxEpoch else { return nil }
    epochStarts.append(start.microseconds)
    newestEpoch = start.microseconds
    epochCount = Int32(truncatingIfNeeded: epochStarts.count)
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
    // The common forms load words from behind the line's end. What a follower shows they do not read.
    let readable = recordsLines ? -1 : count &- 65
    var (start, place, others) = (0, 0, 0)
    while place < count {
      let length = min(Self.stretch, count &- place)
      let found = Int(
        cbytescan_newlines(base + place, Int64(length), newlines.start))
      var next = UnsafePointer(newlines.start)
      let behind = next + found
      while next < behind {
        let newline = place &+ Int(next.pointee)
        next += 1
        // A line of two stretches on, so that it is near when its turn comes.
        cbytescan_prefetch(base + start + 2 * Self.stretch)
        let line = block.extracting(unchecked: Range(uncheckedBounds: (start, newline)))
        if newline > readable || !countCommon(base + start, newline &- start, line) {
          consumeLine(line, at: start)
          others &+= 1
        }
        start = newline &+ 1
      }
      lines &+= found &- others
      postfixLines &+= found &- others
      others = 0
      place &+= length
    }
    // Between two blocks the window, its panes and the policies may change.
    forgetModel()
    return start
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
    // Another minute may have begun, whose moments the model does not know.
    forgetModel()
    guard parts.kind != .foreign else { return }
    postfixLines &+= 1
    prefixes.note(line, parts)
    if parts.kind == .unknown { unknownLines &+= 1 }
    if recordsLines {
      blockLines.append(LogTally.BlockLine(start: start, end: start + line.count))
    }
    noteTime()
    count(line)
  }

  /// Notes the moment of a Postfix line; logs may be given in any order.
  @inline(__always)
  mutating func noteTime() {
    firstLine = min(firstLine, parts.time)
    lastLine = max(lastLine, parts.time)
  }

  private mutating func count(_ line: Span<UInt8>) {
    switch parts.kind {
    case .reject, .trial: countReject(line)
    case .connect:
      beginSession(sessionKey, client: HashedText(line, parts.clientAddress))
      if sessions.keepsTexts { noteClient(line) }
    case .disconnect: endSession(sessionKey)
    case .clientQueued:
      openMessage(
        parts.queueID.isPresent ? queueKey(line) : nil, of: sessionKey,
        client: HashedText(line, parts.clientAddress))
      if sessions.keepsTexts { noteClient(line) }
    case .queueActive: countAccepted(queueKey(line))
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
  mutating func add(_ key: CountKey) {
    guard isInside else { return }
    if !counts.isNow(parts.time) { beginStep() }
    counts.addNow(key)
  }

  /// Begins the step of the present line; a minute that counted alike may not do so any more.
  @inline(never)
  private mutating func beginStep() {
    counts.beginStep(at: parts.time)
    model.isSettled = false
  }

  /// The policy in force at a moment: the last one that began before it.
  @inline(__always)
  func epoch(at time: Int64) -> Int32 {
    time >= newestEpoch ? epochCount : formerEpoch(at: time)
  }

  private func formerEpoch(at time: Int64) -> Int32 {
    var index = epochStarts.count
    while index > 0 && epochStarts[index &- 1] > time { index &-= 1 }
    return Int32(truncatingIfNeeded: index)
  }

  var sessionKey: UInt64 {
    SessionKey.make(host: parts.host, tag: parts.tag, pid: parts.pid)
  }

  /// The queue id of the line, which is one of its host.
  @inline(__always)
  func queueKey(_ line: Span<UInt8>) -> UInt64 {
    queueKey(line.hash(from: parts.queueID.lower, to: parts.queueID.upper), host: parts.host)
  }

  /// A queue id by its hash.
  @inline(__always)
  func queueKey(_ hash: UInt64, host: Int32) -> UInt64 {
    hash ^ mix(UInt64(UInt32(bitPattern: host)))
  }

  /// Makes the present pane the one of this line; false outside the window.
  @inline(__always)
  mutating func selectPane() -> Bool {
    guard isInside else { return false }
    if parts.time < paneEnd && parts.time >= paneLateLimit { return true }
    beginPane()
    return true
  }

  private mutating func beginPane() {
    let seconds = LogTime(microseconds: parts.time).seconds
    guard case .sliding(let length) = window else {
      (paneStart, paneEnd) = (0, .max)
      return
    }
    let width = max(1, Int64(length) / 8)
    let start = seconds - seconds % width
    guard takePane(start) else { return }
    paneStart = start
    paneEnd = (start + width) * 1_000_000
    paneLateLimit = (start - width) * 1_000_000
  }

  /// Puts the present pane aside for another one, or for the one of that start that was put aside before;
  /// false when there are too many, as clocks that were wrong make them.
  private mutating func takePane(_ start: Int64) -> Bool {
    guard let former = paneStart else { return true }
    let index = formerPanes.firstIndex { $0.start == start }
    guard index != nil || formerPanes.count < Self.paneLimit else { return false }
    let pane = index.map { formerPanes.remove(at: $0) } ?? TalkerPane(start: start)
    swap(&pane.talkers, &talkers)
    pane.start = former
    formerPanes.insert(pane, at: formerPanes.firstIndex { $0.start > former } ?? formerPanes.count)
    return true
  }
}
