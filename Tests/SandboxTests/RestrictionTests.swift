import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// Every DNS restriction does its real work against the sandbox's own names.
@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)))
struct RestrictionTests {
  private func answer(
    _ port: UInt16, _ client: SMTPPretendedClient, helo: String, from sender: String,
    to recipient: String = "info@example.org"
  ) throws -> SMTPReply {
    let smtp = try SMTPClient(connectingTo: .tcp(address: "127.0.0.1", port: port))
    #expect(try smtp.xclient(client).code == 220)
    _ = try smtp.ehlo(helo)
    _ = try smtp.mail(from: sender)
    let reply = try smtp.rcpt(to: recipient)
    try smtp.quit()
    return reply
  }

  private func switchOn(_ sandbox: SandboxInstance, _ settings: String...) throws {
    let directory = sandbox.instance.configurationDirectory
    let postconf = try Command("/usr/sbin/postconf", ["-c", directory, "-e"] + settings).run()
    #expect(postconf.succeeded, "\(postconf.errorText)")
    #expect(try Command("/usr/sbin/postfix", ["-c", directory, "reload"]).run().succeeded)
  }

  @Test func dnsRestrictionsAskTheSandboxOnly() throws {
    try withSandbox { sandbox, status in
      let log = try SandboxLog(sandbox)
      try switchOn(
        sandbox,
        "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client bl.test,"
          + " reject_unknown_client_hostname",
        "smtpd_helo_restrictions = permit_mynetworks, reject_unknown_helo_hostname")
      #expect(try waitUntil { try log.count("reload -- version") == 1 })
      let named = SMTPPretendedClient(address: "198.51.100.10", name: .known("mail.example.net"))
      let port = status.smtpPort
      let good = try answer(port, named, helo: "mail.example.net", from: "a@example.net")
      #expect(good.code == 250)
      let unknown = try answer(port, named, helo: "mail.nowhere.test", from: "a@example.net")
      #expect(unknown.text.contains("Helo command rejected: Host not found"))
      #expect(unknown.code == 554)
      let sender = try answer(port, named, helo: "mail.example.net", from: "a@nowhere.test")
      #expect(sender.text.contains("Sender address rejected: Domain not found"))
      let listed = SMTPPretendedClient(address: "192.0.2.203", name: .unavailable)
      let blocked = try answer(port, listed, helo: "mail.example.net", from: "a@example.net")
      #expect(blocked.text.contains("blocked using bl.test"))
      #expect(blocked.enhanced == "5.7.1")
      let nameless = SMTPPretendedClient(address: "2001:db8::7", name: .unavailable)
      let refused = try answer(port, nameless, helo: "mail.example.net", from: "a@example.net")
      #expect(refused.text.contains("cannot find your hostname, [2001:db8::7]"))
      #expect(try waitUntil { try log.count("reject: RCPT from unknown[2001:db8::7]") == 1 })
    }
  }

  @Test func switchingOnUnknownHeloHostnameRefusesItsTraffic() throws {
    try withSandbox { sandbox, status in
      let plan = TrafficPlan(seed: 11, lingering: 0)
      let limits = TrafficRunner.Limits(rate: 0, seconds: 60, sessions: 300, threads: 6)
      let before = TrafficRunner(status, plan: plan, limits: limits).run()
      #expect(before.surprises == 0 && before.failures == 0)
      let log = try SandboxLog(sandbox)
      try switchOn(
        sandbox,
        "mua_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname,"
          + " reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname")
      #expect(try waitUntil { try log.count("reload -- version") == 1 })
      let after = TrafficRunner(status, plan: plan, limits: limits).run()
      #expect(
        after.rejectsByRestriction["reject_unknown_helo_hostname"] == after.kinds[.unknownHeloHost])
      #expect(after.surprises == after.kinds[.unknownHeloHost])
      #expect(after.totalMessages < before.totalMessages)
    }
  }
}
