/// Reads log lines and counts: connections, rejects by signature, accepted mail, sessions, talkers.
///
/// Memory is bounded whatever the log holds. Nothing is allocated per line once the tables are warm.
/// Not thread-safe: one reader owns it.
public final class LogTally {
  private let window: TallyWindow
  var parser: LineParser
  private var parts = LineParts()
  private var counts: WindowedCounts
  var sessions: SessionTable
  private var pending = PendingMessages()
  private var panes: [TalkerSketch] = []
  private var epochStarts: [Int64] = []
  private var arguments = Interner(limit: CountKey.maxArgument)
  private var replies = Interner(limit: CountKey.maxReply)
  private let lower: Int64
  private let upper: Int64

  private var lines = 0
  private var bytes = 0
  private var postfixLines = 0
  private var unknownLines = 0
  private var firstLine: Int64?
  private var lastLine = Int64.min

  /// Postfix lines of the block consumed last, for a ring of recent lines; only when asked for.
  public private(set) var blockLines: [BlockLine] = []
  private let recordsLines: Bool

  /// One Postfix line inside a block.
  public struct BlockLine: Sendable {
    public var start: Int
    public var end: Int
    public var time: LogTime?
  }

  /// Creates an empty tally.
  ///
  /// - Parameters:
  ///   - window: what to count.
  ///   - zone: the zone of stamps that have none.
  ///   - reference: a moment after the newest line; stamps without a year are read against it.
  ///   - isLive: keep what a follower shows: texts of open sessions, and `blockLines`.
  public init(
    window: TallyWindow, zone: LocalZone = .utc, reference: LogTime, isLive: Bool = false
  ) {
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
  public func setReference(_ reference: LogTime) { parser.setReference(reference) }

  /// From `start` on another policy is in force; sessions that began before keep the former one.
  /// Its number, from 1; nil beyond 1023 policies, which stay with the last number.
  @discardableResult
  public func beginEpoch(at start: LogTime) -> Int? {
    guard epochStarts.count < CountKey.maxEpoch else { return nil }
    epochStarts.append(start.microseconds)
    return epochStarts.count
  }

  /// The moment of the newest line.
  public var newestLine: LogTime? { lastLine == .min ? nil : LogTime(microseconds: lastLine) }

  /// Reads the complete lines of a block; the number of bytes read, up to and with the last newline.
  public func consume(_ block: Span<UInt8>) -> Int {
    if recordsLines { blockLines.removeAll(keepingCapacity: true) }
    var start = 0
    let end = block.count
    while let newline = block.firstIndex(of: 0x0A, from: start, to: end) {
      consumeLine(block.extracting(start..<newline), at: start)
      start = newline &+ 1
    }
    bytes &+= start
    return start
  }

  /// Reads a last line that has no newline.
  public func consumeRest(_ rest: Span<UInt8>) {
    if recordsLines { blockLines.removeAll(keepingCapacity: true) }
    guard rest.count > 0 else { return }
    consumeLine(rest, at: 0)
    bytes += rest.count
  }

  /// Counts a line that was too long to be kept and was skipped.
  public func skipLongLine(byteCount: Int) {
    lines += 1
    bytes += byteCount
  }

  @inline(__always)
  private func consumeLine(_ line: Span<UInt8>, at start: Int) {
    lines &+= 1
    parser.parse(line, into: &parts)
    guard parts.kind != .foreign else { return }
    postfixLines &+= 1
    if parts.kind == .unknown { unknownLines &+= 1 }
    if recordsLines {
      let time = parts.hasTime ? LogTime(microseconds: parts.time) : nil
      blockLines.append(BlockLine(start: start, end: start + line.count, time: time))
    }
    if firstLine == nil { firstLine = parts.time }
    if parts.time > lastLine { lastLine = parts.time }
    count(line)
  }

  @inline(__always)
  private func count(_ line: Span<UInt8>) {
    switch parts.kind {
    case .reject, .trial: countReject(line)
    case .connect: beginSession(line)
    case .disconnect: endSession(line)
    case .clientQueued: openMessage(line)
    case .queueActive: countAccepted(line)
    case .postscreen:
      add(CountKey(.postscreen, tag: parts.tag, detail: UInt16(parts.postscreenWord.rawValue)))
    case .pickup, .lost, .authFailure, .tls, .lifecycle, .warning, .fatal, .panic:
      countRare(line)
    default: break
    }
  }

  @inline(__always)
  private var isInside: Bool { parts.time >= lower && parts.time < upper }

  @inline(__always)
  private var seconds: Int64 {
    parts.time >= 0 ? parts.time / 1_000_000 : LogTime(microseconds: parts.time).seconds
  }

  @inline(__always)
  private func add(_ key: CountKey) {
    if isInside { counts.add(key, at: seconds) }
  }

  /// The policy in force at a moment: the last one that began before it.
  @inline(__always)
  private func epoch(at time: Int64) -> Int32 {
    var index = epochStarts.count
    while index > 0 && epochStarts[index &- 1] > time { index &-= 1 }
    return Int32(truncatingIfNeeded: index)
  }

  private var sessionKey: UInt64 { SessionTable.key(tag: parts.tag, pid: parts.pid) }

  private func withPane(_ body: (inout TalkerSketch) -> Void) {
    guard isInside else { return }
    var width = Int64.max
    if case .sliding(let length) = window { width = max(1, Int64(length) / 8) }
    if panes.isEmpty || seconds >= panes[panes.count - 1].start &+ width {
      panes.append(TalkerSketch(start: width == .max ? 0 : seconds - seconds % width))
    }
    body(&panes[panes.count - 1])
  }
}

// What each kind of line counts.
extension LogTally {
  private func countReject(_ line: Span<UInt8>) {
    let isTrial = parts.kind == .trial
    let key = sessionKey
    var epoch = self.epoch(at: parts.time)
    if parts.program == .smtpd {
      sessions.update(key) { session in
        epoch = session.epoch
        if !isTrial { session.rejects &+= 1 }
      }
      if sessions.keepsTexts { noteVerdict(line, isTrial: isTrial) }
    }
    if !isTrial && parts.queueID.isPresent
      && (parts.command == .endOfMessage || parts.program == .cleanup)
    {
      pending.cancel(line.hash(from: parts.queueID.lower, to: parts.queueID.upper))
    }
    add(
      CountKey(
        isTrial ? .trial : .reject, tag: parts.tag, epoch: epoch,
        detail: parts.signature.rawValue, command: parts.command.rawValue,
        argument: argumentNumber(line), reply: replyNumber(line)))
    if !isTrial { withPane { $0.addReject(line, parts) } }
  }

  private func argumentNumber(_ line: Span<UInt8>) -> Int {
    guard parts.argument.isPresent else { return -1 }
    return arguments.intern(line, from: parts.argument.lower, to: parts.argument.upper) ?? -1
  }

  /// The number of `504 5.5.2` as it stands in the line.
  @inline(__always)
  private func replyNumber(_ line: Span<UInt8>) -> Int {
    guard parts.enhanced.isPresent else {
      return parts.code == 0 ? -1 : replies.intern(String(parts.code)) ?? -1
    }
    let start = parts.enhanced.lower &- (parts.code == 0 ? 0 : 4)
    return replies.intern(line, from: start, to: parts.enhanced.upper) ?? -1
  }

  private func beginSession(_ line: Span<UInt8>) {
    add(CountKey(.connection, tag: parts.tag))
    withPane { $0.addClient(line, parts.clientAddress) }
    var session = SessionTable.Session()
    session.key = sessionKey
    session.since = parts.time
    session.epoch = epoch(at: parts.time)
    if let former = sessions.begin(session) { countEnd(of: former) }
    if sessions.keepsTexts { noteClient(line) }
  }

  private func endSession(_ line: Span<UInt8>) {
    countEnd(of: sessions.end(sessionKey) ?? SessionTable.Session())
  }

  private func countEnd(of session: SessionTable.Session) {
    add(CountKey(.ended))
    let isRefused = session.rejects > 0 && session.messages == 0
    if isRefused { add(CountKey(.refused)) }
    if session.queueID != 0 {
      pending.close(
        session.queueID, at: parts.time, refusedAt: isRefused && isInside ? parts.time : nil)
    }
  }

  private func openMessage(_ line: Span<UInt8>) {
    withPane { $0.addClient(line, parts.clientAddress) }
    guard parts.queueID.isPresent else { return }
    let queueID = line.hash(from: parts.queueID.lower, to: parts.queueID.upper)
    let key = sessionKey
    var former: UInt64 = 0
    sessions.update(key) { session in
      former = session.queueID
      session.queueID = queueID
    }
    if former != 0 { pending.close(former, at: parts.time, refusedAt: nil) }
    pending.open(PendingMessages.Entry(queueID: queueID, session: key, tag: parts.tag))
    if sessions.keepsTexts { noteClient(line) }
  }

  private func countAccepted(_ line: Span<UInt8>) {
    let queueID = line.hash(from: parts.queueID.lower, to: parts.queueID.upper)
    guard let entry = pending.take(queueID, at: parts.time) else { return }
    add(CountKey(.accepted, tag: entry.tag))
    sessions.update(entry.session) { session in
      if session.queueID == queueID { session.messages &+= 1 }
    }
    if sessions.keepsTexts { sessions.updateTexts(entry.session) { $0.verdict = .accepted } }
    if let refusedAt = entry.refusedAt {
      counts.subtract(CountKey(.refused), at: LogTime(microseconds: refusedAt).seconds)
    }
  }

  private func countRare(_ line: Span<UInt8>) {
    switch parts.kind {
    case .pickup:
      pending.cancel(line.hash(from: parts.queueID.lower, to: parts.queueID.upper))
    case .lifecycle:
      let isStart = line.has("daemon started", at: parts.text.lower, to: parts.text.upper)
      let isReload = line.has("reload ", at: parts.text.lower, to: parts.text.upper)
      if isStart || isReload { add(CountKey(.mark)) }
      if isStart { endSessionsOfInstance() }
    case .fatal, .panic: add(CountKey(.mark))
    case .warning where parts.program == .master: endKilledSession(line)
    case .lost, .authFailure, .tls:
      if sessions.keepsTexts { noteIncident(line) }
    default: break
    }
  }

  /// `process PATH pid N exit status 1` or `… killed by signal 9`: that process serves nobody now.
  private func endKilledSession(_ line: Span<UInt8>) {
    guard line.has("process ", at: parts.text.lower, to: parts.text.upper),
      let found = line.find(" pid ", from: parts.text.lower, to: parts.text.upper)
    else { return }
    var pid: Int32 = 0
    var index = found + 5
    while index < parts.text.upper, isDigit(line[index]), index < found + 14 {
      pid = pid * 10 + Int32(line[index] - 0x30)
      index += 1
    }
    for session in sessions.endAll(where: { Int32(truncatingIfNeeded: $0) == pid }) {
      countEnd(of: session)
    }
  }

  /// A new master: the sessions of the former one are over.
  private func endSessionsOfInstance() {
    let instance = parser.tagName(parts.tag)
    let ended = sessions.endAll { key in
      let tag = parser.tagName(Int32(truncatingIfNeeded: key >> 32))
      return tag == instance || tag.hasPrefix(instance + "/")
    }
    for session in ended { countEnd(of: session) }
  }
}

// What a follower keeps of open sessions.
extension LogTally {
  private func noteClient(_ line: Span<UInt8>) {
    let parts = self.parts
    sessions.updateTexts(sessionKey) { texts in
      texts.address = line.text(parts.clientAddress) ?? texts.address
      texts.name = line.text(parts.clientName) ?? texts.name
      texts.helo = line.text(parts.helo) ?? texts.helo
      texts.user = line.text(parts.saslUser) ?? texts.user
    }
  }

  private func noteVerdict(_ line: Span<UInt8>, isTrial: Bool) {
    noteClient(line)
    let parts = self.parts
    let argument = line.text(parts.argument)
    sessions.updateTexts(sessionKey) { texts in
      texts.verdict =
        isTrial
        ? .trial(command: parts.command.name, signature: parts.signature, argument: argument)
        : .rejected(command: parts.command.name, signature: parts.signature, argument: argument)
    }
  }

  private func noteIncident(_ line: Span<UInt8>) {
    let parts = self.parts
    // `Anonymous TLS connection established from CLIENT: TLSv1.3 with cipher …`
    var version: String?
    if parts.kind == .tls, let with = line.find(" with cipher ", from: 0, to: parts.text.upper),
      let blank = line.lastIndex(of: UInt8(ascii: " "), from: parts.text.lower, to: with)
    {
      version = line.text(Slice(blank + 1, with))
    }
    sessions.updateTexts(sessionKey) { texts in
      switch parts.kind {
      case .lost: texts.verdict = .lost
      case .authFailure: texts.verdict = .authFailed
      default: texts.tls = version ?? texts.tls
      }
    }
  }

  /// The smtpd sessions that are open by the log, longest first.
  public func openSessions() -> [OpenSession] {
    sessions.sessions.map { session, texts in
      var live = LiveSession(
        pid: Int32(truncatingIfNeeded: session.key),
        tag: parser.tagName(Int32(truncatingIfNeeded: session.key >> 32)),
        clientName: texts.name, clientAddress: texts.address,
        since: LogTime(microseconds: session.since))
      live.helo = texts.helo
      live.saslUser = texts.user
      live.tls = texts.tls
      live.messages = Int(session.messages)
      live.rejects = Int(session.rejects)
      return OpenSession(session: live, verdict: texts.verdict)
    }
  }
}

// Results.
extension LogTally {
  /// Everything counted so far.
  ///
  /// - Parameters:
  ///   - now: the end of a sliding window; a newer line moves it on.
  ///   - topLimit: the length of the top lists.
  public func summary(now: LogTime, topLimit: Int = 20) -> TallySummary {
    let (since, until) = bounds(now: now)
    var summary = TallySummary(
      since: LogTime(seconds: since), until: LogTime(microseconds: until),
      topSince: LogTime(seconds: since))
    if case .fixed(let start, _) = window, let start { summary.since = start }
    for (index, key) in counts.keys.enumerated() where counts.totals[index] > 0 {
      addCount(counts.totals[index], of: key, to: &summary)
    }
    summarizeTalkers(into: &summary, since: since, limit: topLimit)
    summary.course = course(since: since, until: until / 1_000_000)
    summary.lines = lines
    summary.bytes = bytes
    summary.postfixLines = postfixLines
    summary.unknownLines = unknownLines
    summary.firstLine = firstLine.map { LogTime(microseconds: $0) }
    summary.lastLine = newestLine
    return summary
  }

  /// Start in seconds and end in microseconds of what is counted now; drops what slid out.
  private func bounds(now: LogTime) -> (since: Int64, until: Int64) {
    switch window {
    case .sliding(let length):
      // A stamp far in the future (a clock that was wrong) must not slide everything out.
      let until = max(now.microseconds, min(lastLine, now.microseconds + 3_600_000_000))
      let since = counts.dropCells(before: LogTime(microseconds: until).seconds - Int64(length))
      return (since, until)
    case .fixed(let since, let until):
      let first = since?.microseconds ?? firstLine ?? now.microseconds
      let last = until?.microseconds ?? (lastLine == .min ? now.microseconds : lastLine + 1)
      return (LogTime(microseconds: first).seconds, max(first, last))
    }
  }

  private func addCount(_ count: Int, of key: CountKey, to summary: inout TallySummary) {
    switch key.kind {
    case .connection: summary.connections += count
    case .accepted: summary.accepted += count
    case .ended: summary.endedSessions += count
    case .refused: summary.refusedSessions += count
    case .mark: break
    case .postscreen:
      let word = PostscreenWord(rawValue: UInt8(key.detail)) ?? .none
      summary.postscreen[word.name, default: 0] += count
    case .reject, .trial:
      summary.signatures.append(
        TallySummary.SignatureCount(
          signature: RejectSignature(rawValue: key.detail),
          argument: key.argument < 0 ? nil : arguments.text(key.argument),
          tag: parser.tagName(key.tag), epoch: key.epoch, command: key.command.name,
          reply: key.reply < 0 ? "" : replies.text(key.reply), isTrial: key.kind == .trial,
          count: count))
    }
  }

  private func summarizeTalkers(into summary: inout TallySummary, since: Int64, limit: Int) {
    if case .sliding(let length) = window {
      let width = max(1, Int64(length) / 8)
      panes.removeAll { $0.start + width <= since }
    }
    guard let first = panes.first else { return }
    if case .sliding = window { summary.topSince = LogTime(seconds: first.start) }
    let whole = panes.dropFirst().reduce(into: first) { $0.merge($1) }
    summary.distinctClients = whole.distinct.estimate
    summary.topClients = whole.clients.top(limit)
    summary.topNetworks = whole.networks.top(limit)
    summary.topHeloNames = whole.heloNames.top(limit)
    summary.topSenderDomains = whole.senderDomains.top(limit)
    summary.topRecipients = whole.recipients.top(limit)
  }

  /// The course in at most some 200 steps, none finer than what is kept.
  private func course(since: Int64, until: Int64) -> TallySummary.Course {
    let steps: [Int64] = [
      1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800, 2_592_000, 31_536_000,
    ]
    let length = max(1, until - since)
    let step = steps.first { $0 >= counts.quantum && length / $0 <= 130 } ?? 31_536_000
    let width = max(step, counts.quantum)
    var course = TallySummary.Course()
    let start = since - (since % width + width) % width
    let size = min(4000, Int((until - start) / width) + 1)
    course.start = LogTime(seconds: start)
    course.stepSeconds = Int(width)
    course.connections = [Int](repeating: 0, count: size)
    course.rejects = course.connections
    course.accepted = course.connections
    var marks = course.connections
    for cell in counts.cells {
      let index = min(size - 1, max(0, Int((cell.step * counts.quantum - start) / width)))
      switch counts.keys[Int(cell.key)].kind {
      case .connection: course.connections[index] += Int(cell.count)
      case .reject: course.rejects[index] += Int(cell.count)
      case .accepted: course.accepted[index] += Int(cell.count)
      case .mark: marks[index] += Int(cell.count)
      default: break
      }
    }
    course.marks = marks.indices.filter { marks[$0] > 0 }
    return course
  }
}
