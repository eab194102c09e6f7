// What a follower keeps of open sessions.
extension TallyCore {
  mutating func noteClient(_ line: Span<UInt8>) {
    let key = sessionKey
    sessions.texts.set(.address, line, parts.clientAddress, of: key)
    sessions.texts.set(.name, line, parts.clientName, of: key)
    sessions.texts.set(.helo, line, parts.helo, of: key)
    sessions.texts.set(.user, line, parts.saslUser, of: key)
  }

  mutating func noteVerdict(_ line: Span<UInt8>, isTrial: Bool) {
    noteClient(line)
    let key = sessionKey
    sessions.texts.remove(.argument, of: key)
    sessions.texts.set(.argument, line, parts.argument, of: key)
    sessions.texts.set(
      isTrial
        ? .trial(parts.command, parts.signature) : .rejected(parts.command, parts.signature),
      of: key)
  }

  mutating func noteIncident(_ line: Span<UInt8>) {
    let key = sessionKey
    switch parts.kind {
    case .lost: return sessions.texts.set(.lost, of: key)
    case .authFailure: return sessions.texts.set(.authFailed, of: key)
    case .tls: break
    default: return
    }
    // `Anonymous TLS connection established from CLIENT: TLSv1.3 with cipher …`
    guard let with = line.find(" with cipher ", from: 0, to: parts.text.upper),
      let blank = line.lastIndex(of: UInt8(ascii: " "), from: parts.text.lower, to: with)
    else { return }
    sessions.texts.set(.tls, line, Slice(blank + 1, with), of: key)
  }

  func openSessions() -> [OpenSession] {
    sessions.sessions.map { session in
      var live = LiveSession(
        pid: SessionKey.pid(of: session.key),
        tag: parser.tagName(SessionKey.tag(of: session.key)),
        clientName: sessions.texts.text(.name, of: session.key),
        clientAddress: sessions.texts.text(.address, of: session.key) ?? "",
        since: LogTime(microseconds: session.since))
      live.helo = sessions.texts.text(.helo, of: session.key)
      live.saslUser = sessions.texts.text(.user, of: session.key)
      live.tls = sessions.texts.text(.tls, of: session.key)
      live.messages = Int(session.messages)
      live.rejects = Int(session.rejects)
      return OpenSession(session: live, verdict: sessions.texts.verdict(of: session.key))
    }
  }
}
