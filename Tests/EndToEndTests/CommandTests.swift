import FoundationEssentials
import HostSystem
import MailLog
import PostfixConfig
import Sandbox
import TestSupport
import Testing

/// The commands, on a real Postfix.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct CommandTests {
  private let strict = "reject_unknown_helo_hostname"
  private let unresolvable = "mail.nowhere.invalid"

  @Test func theySwitchARestrictionAsTheScreenDoes() throws {
    try withSandbox { sandbox, status in
      let original = try mainCF(sandbox)
      let planned = try run(["enable", strict, "--dry-run"], sandbox)
      #expect(planned.succeeded)
      #expect(planned.outputText.contains("\n+    \(strict),\n"))
      #expect(planned.outputText.contains("\n@@ -"))
      #expect(try mainCF(sandbox) == original)

      #expect(try run(["enable", strict, "--message", "test"], sandbox).succeeded)
      #expect(changedLines(original, try mainCF(sandbox)) == ["+    \(strict),"])
      #expect(try askSandbox(status, helo: unresolvable).isPermanent)
      let again = try run(["enable", strict, "--json"], sandbox)
      #expect(again.succeeded && again.outputText.contains("\"changed\": false"))

      #expect(try run(["trial", strict], sandbox).succeeded)
      #expect(try askSandbox(status, helo: unresolvable).isPositive)
      #expect(try run(["disable", strict], sandbox).succeeded)
      let off = String(decoding: try mainCF(sandbox), as: UTF8.self)
      #expect(off.contains("    # ") && off.contains(strict))
      for _ in 0..<3 { #expect(try run(["undo"], sandbox).succeeded) }
      #expect(try mainCF(sandbox) == original)
      let history = try run(["history"], sandbox).outputText
      #expect(history.split(separator: "\n").count == 6)
      #expect(history.contains("test"))
    }
  }

  @Test func badEditsAreRefusedWithPlaceReasonAndRemedy() throws {
    try withSandbox { sandbox, _ in
      let original = try mainCF(sandbox)
      let bad: [(arguments: [String], words: [String])] = [
        (
          ["enable", "reject_unknown_helo_hostnam", "--list", "helo"],
          ["main.cf:", "reject_unknown_helo_hostnam", "reject_unknown_helo_hostname"]
        ),
        (["set", "unknown_hostname_reject_code=999"], ["main.cf:", "999"]),
        (
          ["set", "smtpd_recipient_restrictions=permit", "smtpd_relay_restrictions=permit"],
          ["main.cf:", "reject_unauth_destination"]
        ),
        (["set", "smtpd_helo_required=perhaps"], ["main.cf:", "yes", "no"]),
      ]
      for (arguments, words) in bad {
        let result = try run(arguments, sandbox)
        #expect(result.ending == .exited(1), "\(arguments): \(result.errorText)")
        for word in words {
          #expect(result.errorText.contains(word), "\(arguments): \(result.errorText)")
        }
        #expect(try mainCF(sandbox) == original)
      }
    }
  }

  @Test func thePresetOfTheTutorialIsWhatTheSandboxRuns() throws {
    try withSandbox { sandbox, _ in
      let original = try mainCF(sandbox)
      #expect(try run(["set", "disable_vrfy_command=no"], sandbox).succeeded)
      let result = try run(["preset", "tutorial"], sandbox)
      #expect(result.succeeded, "\(result.errorText)")
      let changed = changedLines(original, try mainCF(sandbox))
      #expect(changed.isEmpty, "\(changed)")
    }
  }

  @Test func wrongUsageExitsWith64() throws {
    try withSandbox { sandbox, _ in
      #expect(try run(["enable"], sandbox).ending == .exited(64))
      #expect(try run(["set", "novalue"], sandbox).ending == .exited(64))
      let ambiguous = try run(["disable", "permit_mynetworks"], sandbox)
      #expect(ambiguous.ending == .exited(64))
      #expect(ambiguous.errorText.contains("--list mua_helo_restrictions"))
    }
  }

  @Test func checkTellsHowBadItIs() throws {
    try withSandbox { sandbox, _ in
      #expect(try run(["check"], sandbox).ending == .exited(0))
      let path = sandbox.instance.mainCF
      try append("smtpd_helo_restrictions = reject_nonsense\n", to: path)
      let result = try run(["check", "--json"], sandbox)
      #expect(result.ending == .exited(2))
      let report = try decode(CheckReport.self, result)
      let finding = try #require(report.findings.first { $0.code == "unknown-restriction" })
      #expect(finding.class == "everyone deferred" && finding.severity == "error")
      #expect(finding.file == path && finding.line > 1 && finding.column > 1)
    }
  }

  /// 2,000 sessions whose dialogues the test made: our counts equal what was sent.
  @Test func countsAreExact() throws {
    try withSandbox { sandbox, status in
      // The start looks at the greeting of both services, which are connections too.
      var before = try report(sandbox)
      _ = try waitUntil {
        before = try report(sandbox)
        return before.connections == 2
      }
      let truth = TrafficRunner(
        status, plan: TrafficPlan(seed: 42, lingering: 0),
        limits: .init(rate: 0, seconds: 120, sessions: 2000, threads: 8)
      ).run()
      #expect(truth.sessions == 2000 && truth.failures == 0 && truth.surprises == 0)
      var after = try report(sandbox)
      // The last lines pass through postlogd.
      _ = try waitUntil {
        after = try report(sandbox)
        return after.connections - before.connections >= truth.totalConnections
          && after.accepted - before.accepted >= truth.totalMessages
          && after.rejects.total - before.rejects.total >= truth.totalRejects
      }
      #expect(after.connections - before.connections == truth.totalConnections)
      #expect(after.accepted - before.accepted == truth.totalMessages)
      #expect(after.rejects.total - before.rejects.total == truth.totalRejects)
      #expect(after.rejects.open.isEmpty, "\(after.rejects.open)")
      var counted: [String: Int] = [:]
      for row in after.rejects.byRestriction { counted[row.restriction, default: 0] += row.count }
      #expect(counted == truth.rejectsByRestriction)
      #expect(after.rejects.byCommand == ["RCPT": truth.totalRejects])
    }
  }

  @Test func showAndStatusAndLogSpeakJSON() throws {
    try withSandbox { sandbox, status in
      _ = try askSandbox(status, helo: "ylmf-pc")
      _ = try waitUntil { try report(sandbox).rejects.total == 1 }
      let show = try decode(ShowReport.self, try run(["show", "--json"], sandbox))
      #expect(show.schema == 1 && show.instance.running == true)
      let helo = try #require(show.services.first?.lists.first { $0.stage == "helo" })
      #expect(helo.parameter == "mua_helo_restrictions")
      let row = try #require(
        helo.restrictions.first { $0.name == "reject_non_fqdn_helo_hostname" })
      #expect(row.counts?.rejects == 1 && row.state == "on" && row.reachable)
      #expect(row.origin.parameter == "mua_helo_restrictions" && row.origin.line > 10)
      #expect(try run(["status", "--json"], sandbox).outputText.contains("\"running\": true"))
      let log = try run(["log", "--json", "--filter", "event=reject"], sandbox)
      let event = try decode(LogEvent.self, log)
      #expect(event.event == "reject" && event.client.address == "203.0.113.99")
      #expect(event.helo == "ylmf-pc" && event.reply == "504 5.5.2")
      #expect(event.restriction == "reject_non_fqdn_helo_hostname")
    }
  }

  private func run(_ arguments: [String], _ sandbox: SandboxInstance) throws -> CommandResult {
    try Postgate.run(
      arguments + ["-c", sandbox.instance.configurationDirectory],
      state: sandbox.directory + "/../history")
  }

  private func report(_ sandbox: SandboxInstance) throws -> Report {
    try decode(Report.self, try run(["report", "--json"], sandbox))
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ result: CommandResult) throws -> Value
  {
    try #require(result.succeeded || result.ending == .exited(2), "\(result.errorText)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(result.output))
  }

  private func append(_ text: String, to path: String) throws {
    let bytes = try readFile(path).bytes + Array(text.utf8)
    let file = try OpenFile(path, 0o1)  // O_WRONLY
    try file.writeAll(bytes)
  }
}

private struct CheckReport: Decodable {
  struct Fix: Decodable {
    var edit: String
    var text: String
  }
  struct Finding: Decodable {
    var severity: String
    var `class`: String
    var code: String
    var file: String
    var line: Int
    var column: Int
    var message: String
    var fix: [Fix]
  }
  var schema: Int
  var findings: [Finding]
}

private struct Report: Decodable {
  struct Row: Decodable {
    var restriction: String
    var argument: String?
    var count: Int
  }
  struct Open: Decodable {
    var candidates: [String]
    var count: Int
  }
  struct Rejects: Decodable {
    var total: Int
    var byRestriction: [Row]
    var byCommand: [String: Int]
    var open: [Open]
  }
  var schema: Int
  var connections: Int
  var accepted: Int
  var rejects: Rejects
}

private struct ShowReport: Decodable {
  struct Instance: Decodable {
    var configurationDirectory: String
    var version: String
    var running: Bool?
  }
  struct Origin: Decodable {
    var file: String
    var line: Int
    var parameter: String
    var usedBy: [String]
  }
  struct Counts: Decodable {
    var rejects: Int
    var atLeast: Bool
    var trial: Int
    var since: String?
    var countedAt: String?
  }
  struct Restriction: Decodable {
    var name: String
    var argument: String?
    var state: String
    var reachable: Bool
    var origin: Origin
    var counts: Counts?
  }
  struct List: Decodable {
    var stage: String
    var parameter: String
    var restrictions: [Restriction]
  }
  struct Service: Decodable {
    var name: String
    var type: String
    var tag: String
    var lists: [List]
  }
  var schema: Int
  var instance: Instance
  var services: [Service]
}

private struct LogEvent: Decodable {
  struct Client: Decodable {
    var name: String?
    var address: String?
  }
  var event: String
  var client: Client
  var helo: String?
  var reply: String?
  var restriction: String?
}
