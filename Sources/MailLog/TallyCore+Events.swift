// What each kind of line counts.
extension TallyCore {
  mutating func countReject(_ line: Span<UInt8>) {
    let isTrial = parts.kind == .trial
    if parts.program == .smtpd && sessions.keepsTexts { noteVerdict(line, isTrial: isTrial) }
    countReject(
      line, isTrial: isTrial, argument: argumentNumber(line), reply: replyNumber(line))
    if !isTrial && selectPane() {
      talkers.addReject(line, TalkerSketch.Parties(line, parts), parts.clientAddress)
    }
  }

  /// Counts a reject but for its parties.
  @inline(__always)
  mutating func countReject(_ line: Span<UInt8>, isTrial: Bool, argument: Int, reply: Int) {
    let epoch = noteInSession(line, isTrial: isTrial)
    add(
      CountKey(
        isTrial ? .trial : .reject, tag: parts.tag, epoch: epoch,
        detail: parts.signature.rawValue, command: parts.command.rawValue, argument: argument,
        reply: reply))
  }

  /// Notes a reject in the session and the message that it belongs to; the policy of the session.
  @inline(__always)
  private mutating func noteInSession(_ line: Span<UInt8>, isTrial: Bool) -> Int32 {
    var epoch = self.epoch(at: parts.time)
    if parts.program == .smtpd {
      sessions.update(sessionKey) { session in
        epoch = session.epoch
        if !isTrial { session.rejects &+= 1 }
      }
    }
    if !isTrial && parts.queueID.isPresent
      && (parts.command == .endOfMessage || parts.program == .cleanup)
    {
      let queueID = queueKey(line)
      if parts.program == .cleanup { noteRefusal(of: queueID) }
      pending.cancel(queueID)
    }
    return epoch
  }

  /// Notes in a session that cleanup refused its present message.
  private mutating func noteRefusal(of queueID: UInt64) {
    guard let entry = pending.entry(of: queueID) else { return }
    sessions.update(entry.session) { session in
      if session.queueID == queueID { session.rejects &+= 1 }
    }
  }

  mutating func argumentNumber(_ line: Span<UInt8>) -> Int {
    guard parts.argument.isPresent else { return -1 }
    return arguments.intern(line, from: parts.argument.lower, to: parts.argument.upper) ?? -1
  }

  /// The number of `504 5.5.2` as it stands in the line.
  mutating func replyNumber(_ line: Span<UInt8>) -> Int {
    guard parts.enhanced.isPresent else {
      return parts.code == 0 ? -1 : replies.intern(String(parts.code)) ?? -1
    }
    let start = parts.enhanced.lower &- (parts.code == 0 ? 0 : 4)
    return replies.intern(line, from: start, to: parts.enhanced.upper) ?? -1
  }

  mutating func beginSession(_ key: UInt64, client: HashedText) {
    add(CountKey(.connection, tag: parts.tag))
    if selectPane() { talkers.addClient(client) }
    noteBegin(key, epoch: epoch(at: parts.time))
  }

  @inline(__always)
  mutating func noteBegin(_ key: UInt64, epoch: Int32) {
    if !sessions.begin(key, at: parts.time, epoch: epoch) { endFormer(key, epoch: epoch) }
  }

  @inline(never)
  private mutating func endFormer(_ key: UInt64, epoch: Int32) {
    endSession(key)
    _ = sessions.begin(key, at: parts.time, epoch: epoch)
  }

  mutating func endSession(_ key: UInt64) {
    var ended: SessionTable.Session?
    sessions.end(key) { ended = $0 }
    // One that began before the log is one nevertheless.
    countEnd(of: ended ?? SessionTable.Session())
  }

  mutating func countEnd(of session: SessionTable.Session) {
    add(CountKey(.ended))
    if session.isRefused { add(CountKey(.refused)) }
    if session.queueID != 0 { closeMessage(of: session) }
  }

  /// The session's last message will be no other's.
  mutating func closeMessage(of session: SessionTable.Session) {
    let refusedAt = session.isRefused && isInside ? parts.time : nil
    pending.close(session.queueID, at: parts.time, refusedAt: refusedAt)
    if refusedAt != nil && session.opened > 1 {
      pending.setRefused(at: refusedAt, session: session.key, began: session.since)
    }
  }

  mutating func openMessage(_ queueID: UInt64?, of key: UInt64, client: HashedText) {
    if selectPane() { talkers.addClient(client) }
    guard let queueID else { return }
    var (former, began): (UInt64, Int64) = (0, 0)
    sessions.update(key) { session in
      (former, began) = (session.queueID, session.since)
      session.queueID = queueID
      session.opened &+= 1
    }
    if former != 0 { pending.close(former, at: parts.time, refusedAt: nil) }
    pending.open(
      PendingMessages.Entry(
        queueID: queueID, session: key, sessionBegan: began, tag: parts.tag))
  }

  mutating func countAccepted(_ queueID: UInt64) {
    guard let entry = pending.take(queueID, at: parts.time) else { return }
    add(CountKey(.accepted, tag: entry.tag))
    sessions.update(entry.session) { session in
      if session.since == entry.sessionBegan { session.messages &+= 1 }
    }
    if sessions.keepsTexts { sessions.texts.set(.accepted, of: entry.session) }
    if let refusedAt = entry.refusedAt {
      counts.subtract(CountKey(.refused), at: LogTime(microseconds: refusedAt).seconds)
      if entry.isOneOfSeveral {
        pending.setRefused(at: nil, session: entry.session, began: entry.sessionBegan)
      }
    }
  }

  mutating func countRare(_ line: Span<UInt8>) {
    if let incident = LogIncident.read(line, parts) {
      add(CountKey(.incident, detail: UInt16(incident.rawValue)))
      if incident == .start { endSessionsOfInstance() }
      if incident == .processDied { endKilledSession(line) }
    }
    switch parts.kind {
    case .pickup:
      pending.cancel(queueKey(line))
    case .anvil:
      if isInside, let peak = LoadPeak(line, parts) { peaks.add(peak) }
    case .lost, .authFailure, .tls:
      if sessions.keepsTexts { noteIncident(line) }
    default: break
    }
  }

  /// `process PATH pid N exit status 1` or `… killed by signal 9`: that process serves nobody now.
  mutating func endKilledSession(_ line: Span<UInt8>) {
    guard line.has("process ", at: parts.text.lower, to: parts.text.upper),
      let found = line.find(" pid ", from: parts.text.lower, to: parts.text.upper)
    else { return }
    var pid: Int32 = 0
    var index = found + 5
    while index < parts.text.upper, isDigit(line[index]), index < found + 14 {
      pid = pid * 10 + Int32(line[index] - 0x30)
      index += 1
    }
    let host = SessionKey.host(of: sessionKey)
    let ended = sessions.endAll {
      SessionKey.pid(of: $0) == pid && SessionKey.host(of: $0) == host
    }
    for session in ended {
      countEnd(of: session)
    }
  }

  /// A new master: the sessions of the former one are over.
  mutating func endSessionsOfInstance() {
    let instance = parser.tagName(parts.tag)
    let host = SessionKey.host(of: sessionKey)
    let ended = sessions.endAll { key in
      guard SessionKey.host(of: key) == host else { return false }
      let tag = parser.tagName(SessionKey.tag(of: key))
      return tag == instance || tag.hasPrefix(instance + "/")
    }
    for session in ended { countEnd(of: session) }
  }
}
