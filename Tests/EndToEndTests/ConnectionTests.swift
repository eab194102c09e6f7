import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// Live connections on the screen.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct ConnectionTests {
  @Test func aWaitingClientIsSeenAndGoesWithItsEnd() throws {
    try withSandbox { sandbox, status in
      let terminal = try Postgate.console(on: sandbox, columns: 100)
      try terminal.wait("nobody") { $0.contains("Nobody is connected") }
      let client = try connect(status)
      let begin = monotonicSeconds()
      try terminal.wait("the client", seconds: 15) { $0.contains("127.0.0.1  localhost") }
      try terminal.wait("its service") { $0.contains("connected to port \(status.smtpPort)") }
      print("a waiting client was seen after \(monotonicSeconds() - begin) s")
      client.close()
      let end = monotonicSeconds()
      try terminal.wait("its end", seconds: 15) { $0.contains("Nobody is connected") }
      print("its end was seen after \(monotonicSeconds() - end) s")
    }
  }

  @Test func aKilledServerLeavesNoGhost() throws {
    try withSandbox { sandbox, status in
      let terminal = try Postgate.console(on: sandbox, columns: 100)
      let client = try connect(status)
      defer { client.close() }
      try terminal.wait("the client", seconds: 15) { $0.contains("127.0.0.1  localhost") }
      let look = LiveConnections(queueDirectory: sandbox.queueDirectory).look()
      let server = try #require(look.sockets.first { $0.program == "smtpd" })
      kill(server.pid, SIGKILL)
      try terminal.wait("its end", seconds: 15) { $0.contains("Nobody is connected") }
    }
  }

  private func connect(_ status: SandboxStatus) throws -> SMTPClient {
    let client = try SMTPClient(
      connectingTo: .tcp(address: "127.0.0.1", port: status.smtpPort), timeout: 20)
    _ = try client.ehlo("waiting.example.com")
    return client
  }
}
