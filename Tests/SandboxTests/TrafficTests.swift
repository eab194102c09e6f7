import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)))
struct TrafficTests {
  /// What the log says for each restriction of the sandbox's first configuration.
  static let texts = [
    "reject_non_fqdn_helo_hostname": "Helo command rejected: need fully-qualified hostname",
    "reject_unknown_sender_domain": "Sender address rejected: Domain not found",
    "reject_non_fqdn_sender": "Sender address rejected: need fully-qualified address",
    "reject_unauth_destination": "Relay access denied",
    "reject_unlisted_recipient": "User unknown in virtual mailbox table",
    "reject": "Client host rejected: Access denied",
  ]

  @Test func twoThousandSessionsAreInTheLogExactlyAsTheyWereSent() throws {
    try withSandbox { sandbox, status in
      let log = try SandboxLog(sandbox)
      let runner = TrafficRunner(
        status, plan: TrafficPlan(seed: 42, lingering: 0),
        limits: .init(rate: 0, seconds: 120, sessions: 2000, threads: 8))
      let truth = runner.run()
      #expect(truth.sessions == 2000)
      #expect(truth.failures == 0, "\(truth.lastFailure ?? "")")
      #expect(truth.surprises == 0)
      #expect(truth.totalConnections == 2000)
      print("2,000 sessions in \(truth.seconds) s: \(truth.rejectsByRestriction)")
      #expect(
        try waitUntil { try log.count("]: disconnect from ") == 2000 }
          && waitUntil { try log.count(" (queue active)") == truth.totalMessages })

      #expect(try log.count("]: connect from ") == 2000)
      #expect(
        try log.count("postfix/submission/smtpd[", "]: connect from ")
          == truth.connections[.submission])
      let rejects = truth.rejectsByRestriction
      for (restriction, text) in Self.texts {
        #expect(
          try log.count(": reject: RCPT from ", text) == rejects[restriction], "\(restriction)")
      }
      let invalid =
        try log.count(": reject: ", "Helo command rejected: Invalid name")
        + log.count(": reject: ", "Helo command rejected: invalid ip address")
      #expect(invalid == rejects["reject_invalid_helo_hostname"])
      #expect(try log.count(": reject: ") == truth.totalRejects)
      #expect(Set(rejects.keys) == Set(Self.texts.keys).union(["reject_invalid_helo_hostname"]))
      #expect(try waitUntil { try log.count("status=sent (delivered to mailbox)") > 0 })
      #expect(
        try waitUntil {
          try log.count("relay=virtual") + log.count("relay=none") == truth.acceptedRecipients
        })
      #expect(truth.totalRejects > 1500)
    }
  }

  @Test func nothingLeaves() throws {
    try withSandbox { sandbox, status in
      let log = try SandboxLog(sandbox)
      let client = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: status.submissionPort))
      _ = try client.ehlo("laptop")
      _ = try client.mail(from: "anna@example.org")
      #expect(try client.rcpt(to: "lea@example.net").code == 250)
      #expect(try client.data("Subject: out\n\n.\n".utf8).isPositive)
      try client.quit()
      #expect(try waitUntil { try log.count("relay=none", "status=sent") == 1 })
      let programs = LiveProcess.all()
        .filter { $0.workingDirectory == sandbox.queueDirectory }.map(\.name)
      #expect(!programs.isEmpty && !programs.contains("smtp") && !programs.contains("lmtp"))
    }
  }

  @Test func runsStopAtTheirLimitAndOnRequest() throws {
    try withSandbox { _, status in
      let plan = TrafficPlan(seed: 3, lingering: 500)
      let timed = TrafficRunner(status, plan: plan, limits: .init(rate: 20, seconds: 0.5))
      let begun = monotonicSeconds()
      let truth = timed.run()
      #expect(truth.sessions > 0 && truth.sessions <= 11)
      #expect(monotonicSeconds() - begun < 12)
      let endless = TrafficRunner(status, plan: plan, limits: .init(rate: 50, seconds: 3600))
      endless.start()
      #expect(waitUntil { endless.truth.sessions > 5 })
      endless.requestStop()
      #expect(waitUntil { !endless.isRunning })
    }
  }
}
