import MailLog

extension LiveConnections.Look {
  /// Joins the sessions that the log believes in with the kernel's witness, through the process.
  ///
  /// One smtpd serves one client at a time, so its pid joins a session with its socket whatever
  /// address each of them shows (XCLIENT, a proxy and NAT make those differ).
  ///
  /// - Parameters:
  ///   - sessions: open sessions by the log; at most one a pid is confirmed, the latest.
  ///   - now: the start of sessions that only the kernel knows of.
  /// - Returns: the sessions with their witness: *confirmed* with a socket, *stale* without one,
  ///   *logOnly* where we may not look; then *socketOnly* ones that the log does not know yet.
  public func confirm(_ sessions: [LiveSession], now: LogTime) -> [LiveSession] {
    let held = Dictionary(
      sockets.filter { $0.program == "smtpd" }.map { ($0.pid, $0) }, uniquingKeysWith: { $1 })
    var latest: [Int32: Int] = [:]
    for (index, session) in sessions.enumerated() {
      if let other = latest[session.pid], sessions[other].since > session.since { continue }
      latest[session.pid] = index
    }
    var joined: [LiveSession] = []
    var known: Set<Int32> = []
    for (index, var session) in sessions.enumerated() {
      let isLatest = latest[session.pid] == index
      if held[session.pid] != nil && isLatest {
        session.witness = .confirmed
        known.insert(session.pid)
      } else {
        // Without a right to look into a process that runs, the log's word stands.
        let runs = master == nil || servers.contains(session.pid)
        let unseen = !isComplete && runs && isLatest
        session.witness = unseen ? .logOnly : .stale
      }
      joined.append(session)
    }
    for socket in sockets where socket.program == "smtpd" && !known.contains(socket.pid) {
      known.insert(socket.pid)
      joined.append(
        LiveSession(
          pid: socket.pid, tag: "smtpd", clientName: nil, clientAddress: socket.remoteAddress,
          since: now, witness: .socketOnly))
    }
    return joined
  }
}
