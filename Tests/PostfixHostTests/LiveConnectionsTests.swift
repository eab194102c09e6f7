import Glibc
import HostSystem
import MailLog
import PostfixHost
import Sandbox
import TestSupport
import Testing

@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)))
struct LiveConnectionsTests {
  @Test func aWaitingClientIsSeenWithItsProcessAndGoneAfterItsEnd() throws {
    try withSandbox { sandbox, status in
      let kernel = LiveConnections(queueDirectory: sandbox.queueDirectory)
      #expect(kernel.look().sockets.isEmpty)
      let client = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: status.submissionPort))
      let look = kernel.look()
      #expect(look.master == status.masterPID)
      #expect(look.isComplete)
      let socket = try #require(look.sockets.first)
      #expect(look.sockets.count == 1)
      #expect(socket.program == "smtpd")
      #expect(socket.localPort == status.submissionPort)
      #expect(socket.remoteAddress == "127.0.0.1")
      #expect(look.servers.contains(socket.pid))
      // The log shows the pretended client, the kernel the real one: the process joins them.
      let pretended = SMTPPretendedClient(address: "192.0.2.7", name: .unavailable)
      #expect(try client.xclient(pretended).code == 220)
      let logged = LiveSession(
        pid: socket.pid, tag: "postfix/smtpd", clientName: nil, clientAddress: "192.0.2.7",
        since: LogTime(seconds: 100))
      let joined = kernel.look().confirm([logged], now: LogTime(seconds: 101))
      #expect(joined.map(\.witness) == [.confirmed])
      #expect(joined.first?.clientAddress == "192.0.2.7")
      client.close()
      #expect(waitUntil { kernel.look().sockets.isEmpty })
      #expect(
        kernel.look().confirm([logged], now: LogTime(seconds: 102)).map(\.witness) == [.stale])
    }
  }

  @Test func aKilledServerLeavesNoGhost() throws {
    try withSandbox { sandbox, status in
      let kernel = LiveConnections(queueDirectory: sandbox.queueDirectory)
      let client = try SMTPClient(connectingTo: .tcp(address: "127.0.0.1", port: status.smtpPort))
      let pid = try #require(kernel.look().sockets.first?.pid)
      kill(pid, SIGKILL)
      #expect(waitUntil { kernel.look().sockets.isEmpty })
      let logged = LiveSession(
        pid: pid, tag: "postfix/smtpd", clientName: nil, clientAddress: "127.0.0.1",
        since: LogTime(seconds: 100))
      #expect(
        kernel.look().confirm([logged], now: LogTime(seconds: 101)).map(\.witness) == [.stale])
      client.close()
    }
  }

  @Test func anotherInstanceIsNotSeen() throws {
    try withSandbox { one, status in
      try withSandbox { other, _ in
        let client = try SMTPClient(connectingTo: .tcp(address: "127.0.0.1", port: status.smtpPort))
        #expect(LiveConnections(queueDirectory: one.queueDirectory).look().sockets.count == 1)
        #expect(LiveConnections(queueDirectory: other.queueDirectory).look().sockets.isEmpty)
        client.close()
        try one.stop()
        #expect(LiveConnections(queueDirectory: one.queueDirectory).look().master == nil)
      }
    }
  }
}
