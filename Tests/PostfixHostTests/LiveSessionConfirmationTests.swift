import MailLog
import PostfixHost
import Testing

@Suite struct LiveSessionConfirmationTests {
  private func session(_ pid: Int32, since seconds: Int64) -> LiveSession {
    LiveSession(
      pid: pid, tag: "postfix/smtpd", clientName: nil, clientAddress: "192.0.2.\(pid)",
      since: LogTime(seconds: seconds))
  }

  private func socket(_ pid: Int32, program: String = "smtpd") -> LiveSocket {
    LiveSocket(
      pid: pid, program: program, localAddress: "127.0.0.1", localPort: 25,
      remoteAddress: "203.0.113.9", remotePort: 40000)
  }

  @Test func aSocketWithoutALogLineIsShownWithTheKernelsAddress() {
    let look = LiveConnections.Look(
      master: 1, servers: [5], sockets: [socket(5)], isComplete: true)
    let joined = look.confirm([], now: LogTime(seconds: 9))
    #expect(joined.map(\.witness) == [.socketOnly])
    #expect(joined.map(\.clientAddress) == ["203.0.113.9"])
    #expect(joined.map(\.since) == [LogTime(seconds: 9)])
  }

  @Test func onlyTheLatestSessionOfAProcessIsConfirmed() {
    let look = LiveConnections.Look(
      master: 1, servers: [5], sockets: [socket(5)], isComplete: true)
    let joined = look.confirm(
      [session(5, since: 1), session(5, since: 1)], now: LogTime(seconds: 9))
    #expect(joined.map(\.witness) == [.stale, .confirmed])
  }

  @Test func withoutRightsTheLogIsBelievedForServersThatRun() {
    let look = LiveConnections.Look(master: 1, servers: [5], sockets: [], isComplete: false)
    let joined = look.confirm(
      [session(5, since: 1), session(6, since: 1)], now: LogTime(seconds: 9))
    #expect(joined.map(\.witness) == [.logOnly, .stale])
    let blind = LiveConnections.Look(master: nil, servers: [], sockets: [], isComplete: false)
    #expect(
      blind.confirm([session(6, since: 1)], now: LogTime(seconds: 9)).map(\.witness) == [.logOnly])
  }

  @Test func postscreenServesManyAndConfirmsNoSmtpdSession() {
    let look = LiveConnections.Look(
      master: 1, servers: [5], sockets: [socket(5, program: "postscreen")], isComplete: true)
    #expect(
      look.confirm([session(5, since: 1)], now: LogTime(seconds: 9)).map(\.witness) == [.stale])
  }
}
