import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Rehearsal
import Sandbox
import TestSupport

/// A running sandbox with clients of the test's own, and rehearsals on its log.
struct RehearsalBench {
  /// One client and its mail; XCLIENT makes smtpd believe it.
  struct Client: Hashable {
    var name: String?
    var reverseName: String?
    var address: String
    var helo: String
    var sender: String
    var recipients: [String]
    var user: String?
  }

  let sandbox: SandboxInstance
  let status: SandboxStatus
  let staging: String

  /// Calls `body` with a fresh sandbox.
  static func with<Result>(_ body: (RehearsalBench) throws -> Result) throws -> Result {
    try withTemporaryDirectory { directory in
      try withSandbox { sandbox, status in
        try body(
          RehearsalBench(sandbox: sandbox, status: status, staging: directory + "/s"))
      }
    }
  }

  var configuration: Configuration {
    get throws { try sandbox.instance.loadConfiguration().configuration }
  }

  func rehearsal() throws -> Rehearsal {
    Rehearsal(
      instance: sandbox.instance, layout: try sandbox.instance.layout(), stagingDirectory: staging)
  }

  /// Makes a configuration live at once: old times, since Postfix waits for files that just changed.
  func apply(_ configuration: Configuration) throws {
    for (path, bytes) in [
      (sandbox.instance.mainCF, configuration.main.bytes),
      (sandbox.instance.masterCF, configuration.master.bytes),
    ] {
      let file = try OpenFile(path, O_TRUNC | O_WRONLY, mode: 0o644)
      try file.writeAll(bytes)
      let old = timespec(tv_sec: Int(wallClockMicroseconds() / 1_000_000) - 3600, tv_nsec: 0)
      futimens(file.descriptor, [old, old])
    }
    kill(try sandbox.status().masterPID ?? 0, SIGHUP)
    usleep(150_000)
  }

  /// Sends each client's mail over a connection of its own; true where it was accepted.
  ///
  /// - Parameter delivers: goes on to DATA where the recipient was accepted.
  func send(_ clients: [Client], delivers: Bool = true) throws -> [Bool] {
    try clients.map { client in
      let smtp = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: status.smtpPort), timeout: 30)
      defer { _ = try? smtp.quit() }
      let pretended = SMTPPretendedClient(
        address: client.address, name: client.name.map { .known($0) } ?? .unavailable,
        reverseName: (client.reverseName ?? client.name).map { .known($0) } ?? .unavailable,
        login: client.user)
      guard try smtp.xclient(pretended).isPositive, try smtp.ehlo(client.helo).isPositive,
        try smtp.mail(from: client.sender).isPositive
      else { return false }
      for recipient in client.recipients {
        guard try smtp.rcpt(to: recipient).isPositive else { return false }
      }
      return delivers ? try smtp.data("Subject: x\n\nx\n".utf8).isPositive : true
    }
  }

  /// The mail that the log holds, once all of it is there.
  func traffic(accepted: Int, epochs: Bool = true) throws -> PastTraffic {
    var traffic = PastTraffic()
    let present = try configuration.policy()
    _ = try waitUntil {
      traffic = try PastTraffic.read(
        LogSource.file(path: sandbox.logFile).inputs(since: nil).inputs, since: nil,
        epochs: epochs ? [.init(since: LogTime(seconds: 0), policy: present)] : [])
      return traffic.acceptedCount >= accepted
        && traffic.accepted.allSatisfy { !$0.question.recipients.isEmpty }
    }
    return traffic
  }
}
