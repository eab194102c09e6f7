// What a follower keeps of open sessions.
extension TallyCore {
  mutating func noteClient(_ line: Span<UInt8>) {
    let parts = self.parts
    sessions.updateTexts(sessionKey) { texts in
      texts.address = line.text(parts.clientAddress) ?? texts.address
      texts.name = line.text(parts.clientName) ?? texts.name
      texts.helo = line.text(parts.helo) ?? texts.helo
      texts.user = line.text(parts.saslUser) ?? texts.user
    }
  }

  mutating func noteVerdict(_ line: Span<UInt8>, isTrial: Bool) {
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

  mutating func noteIncident(_ line: Span<UInt8>) {
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

  func openSessions() -> [OpenSession] {
    sessions.sessions.map { session, texts in
      var live = LiveSession(
        pid: Int32(truncatingIfNeeded: session.key),
        tag: parser.tagName(SessionTable.tag(of: session.key)),
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
