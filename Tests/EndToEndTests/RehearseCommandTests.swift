import ChangeControl
import FoundationEssentials
import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// `postgate rehearse` on a real Postfix: its JSON, and that it leaves nothing behind.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct RehearseCommandTests {
  private struct Answers: Decodable {
    struct Window: Decodable {
      var since: String?
      var until: String?
    }
    struct Restriction: Decodable {
      var name: String
      var argument: String?
      var grade: String
      var needsHelo: Bool
      var reason: String
    }
    struct Lost: Decodable {
      var mails: Int?
      var clients: Int?
      var pairs: Int?
    }
    struct Exception: Decodable {
      var restriction: String
      var line: String?
      var parameter: String
      var before: String
    }
    struct Victim: Decodable {
      struct Client: Decodable {
        var name: String?
        var address: String
      }
      var client: Client
      var network: String
      var senderDomain: String
      var helo: String?
      var lost: Int
      var acceptedBefore: Int
      var lastSeen: String
      var restriction: String
      var reply: String
      var exception: Exception?
    }
    struct Coverage: Decodable {
      struct Part: Decodable {
        var total: Int
        var judged: [String: Int]
        var unjudged: [String: Int]
      }
      var accepted: Part
      var refused: Part
    }
    struct Answer: Decodable {
      var subject: String
      var restrictions: [Restriction]
      var lost: Lost
      var victims: [Victim]
      var caught: Int?
      var caughtAlone: Int?
      var admitted: Int?
      var coverage: Coverage
      var unknowns: [String]
      var questions: Int
      var seconds: Double
    }
    struct Log: Decodable {
      var accepted: Int
      var refused: Int
      var refusedDistinct: Int
      var acceptedBeyondLimit: Int
      var refusedBeyondLimit: Int
    }
    var schema: Int
    var window: Window
    var log: Log
    var heloRecorded: Bool
    var answers: [Answer]
  }

  /// Every file below a directory with its size and the time of its last change.
  private func inventory(_ directory: String) -> [String] {
    let entries = ((try? directoryEntries(directory)) ?? []).sorted()
    return entries.flatMap { name -> [String] in
      let path = directory + "/" + name
      guard let status = try? FileStatus(of: path, follow: false) else { return [] }
      if status.kind == .directory { return [path] + inventory(path) }
      // Postfix's own sockets and pipes hold nothing; their times change with every wake-up.
      let isFile = status.kind == .regular
      return [isFile ? "\(path) \(status.size) \(status.modified)" : path]
    }
  }

  private func send(_ status: SandboxStatus, sessions: Int) {
    let truth = TrafficRunner(
      status, plan: TrafficPlan(seed: 7, lingering: 0),
      limits: .init(rate: 0, seconds: 60, sessions: sessions, threads: 8)
    ).run()
    #expect(truth.sessions == sessions && truth.failures == 0)
  }

  @Test func theJSONIsWhatTheManualSays() throws {
    try withSandbox { sandbox, status in
      send(status, sessions: 150)
      let names = ["reject_unknown_client_hostname", "reject_unknown_helo_hostname"]
      var answers: Answers?
      _ = try waitUntil {
        let result = try run(["rehearse", "--json"] + names, sandbox)
        #expect(result.succeeded, "\(result.errorText)")
        answers = try decode(Answers.self, result)
        let judged = answers?.answers.first?.coverage.accepted
        return judged?.total ?? 0 > 5 && judged?.unjudged == [:]
      }
      let found = try #require(answers)
      #expect(found.schema == 1 && !found.heloRecorded && found.answers.count == 2)
      let (client, helo) = (found.answers[0], found.answers[1])
      #expect(client.restrictions.map(\.grade) == ["exact"])
      #expect(client.coverage.accepted.judged["exact"] == found.log.accepted)
      #expect(client.lost.mails == client.victims.reduce(0) { $0 + $1.lost })
      #expect(
        client.victims.allSatisfy { $0.client.name == nil && $0.reply.hasPrefix("450 4.7.25") })
      #expect(client.victims.allSatisfy { $0.exception?.restriction == "check_client_access" })
      // What is not known is never shown as 0.
      #expect(helo.lost.mails == nil && helo.lost.clients == nil && helo.lost.pairs == nil)
      #expect(helo.coverage.accepted.unjudged["helo_unknown"] ?? 0 > 0)
      #expect(helo.restrictions.allSatisfy { $0.needsHelo })
      #expect(found.answers.allSatisfy { !$0.unknowns.isEmpty })
      let text = try run(["rehearse", names[1]], sandbox).outputText
      #expect(text.contains("cannot say who would be lost"))
      #expect(text.contains("--record-helo on"))
      #expect(text.contains("not known: "))
    }
  }

  @Test func recordingHeloNamesIsAChangeThatGoesBackByteForByte() throws {
    try withSandbox { sandbox, status in
      let original = try mainCF(sandbox)
      let on = try run(["rehearse", "--record-helo", "on"], sandbox)
      #expect(on.succeeded, "\(on.errorText)")
      #expect(
        changedLines(original, try mainCF(sandbox)) == [
          "+smtpd_data_restrictions = check_helo_access static:INFO"
        ])
      #expect(try run(["check"], sandbox).ending == .exited(0))
      send(status, sessions: 60)
      // The last mails may be on their way; on a loaded machine an answer may be late.
      #expect(
        try waitUntil(10) {
          let answers = try decode(
            Answers.self, try run(["rehearse", "--json", "reject_unknown_helo_hostname"], sandbox))
          return answers.heloRecorded && answers.log.accepted > 0
            && answers.answers.first?.coverage.accepted.unjudged == [:]
        })
      #expect(try run(["rehearse", "--record-helo", "off"], sandbox).succeeded)
      #expect(try mainCF(sandbox) == original)
    }
  }

  @Test func aChangeListsTheRecentClientsThatItWouldRefuse() throws {
    try withSandbox { sandbox, status in
      send(status, sessions: 120)
      var result = try run(["enable", "reject_unknown_client_hostname", "--dry-run"], sandbox)
      _ = try waitUntil {
        result = try run(["enable", "reject_unknown_client_hostname", "--dry-run"], sandbox)
        return result.outputText.contains(" would now be refused")
      }
      #expect(result.outputText.contains("recently accepted mail: "))
      #expect(result.outputText.contains(" accepted before: 450 "), "\(result.outputText)")
      let json = try run(
        ["enable", "reject_unknown_client_hostname", "--json", "--dry-run"], sandbox
      ).outputText
      #expect(json.contains("\"newly_refused\": {\n    \"judged\": "))
      // What the log does not hold is told at once, not only by a rehearsal.
      let helo = try run(["enable", "reject_unknown_helo_hostname", "--dry-run"], sandbox)
      #expect(
        helo.outputText.contains("could be judged: their HELO names are not in the log"),
        "\(helo.outputText)")
    }
  }

  @Test func theDraftOnDiskIsRehearsed() throws {
    try withSandbox { sandbox, _ in
      let state = try StateDirectory(sandbox.directory + "/../history")
      let service = try #require(
        try sandbox.instance.loadConfiguration().configuration.policy().services.first)
      try DraftStore(of: sandbox.instance, in: state).save([
        .insert(
          stage: .client, service: service.service.description,
          name: "reject_unknown_client_hostname", argument: nil, state: .on)
      ])
      let answers = try decode(Answers.self, try run(["rehearse", "--json"], sandbox))
      #expect(answers.answers.map(\.subject) == ["the draft"])
      #expect(
        answers.answers.first?.restrictions.map(\.name) == ["reject_unknown_client_hostname"])
    }
  }

  @Test func wrongUsageIsTold() throws {
    try withSandbox { sandbox, _ in
      let none = try run(["rehearse"], sandbox)
      #expect(none.ending == .exited(1))
      #expect(none.errorText.contains("there is no draft"))
      let unknown = try run(["rehearse", "reject_unknown_helo_hostnam"], sandbox)
      #expect(unknown.ending == .exited(1))
      #expect(unknown.errorText.contains("did you mean reject_unknown_helo_hostname?"))
      #expect(
        try run(["rehearse", "--since", "next week", "reject"], sandbox).ending == .exited(64))
    }
  }

  /// No process, file, delivery or connection but to DNS, and nothing new in the live instance.
  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
  func leavesNothingBehindAndConnectsNowhere() throws {
    try withSandbox { sandbox, status in
      let port = try freeLoopbackPorts(1)[0]
      let policy = "check_policy_service inet:127.0.0.1:\(port)"
      let path = sandbox.instance.mainCF
      let lists = String(decoding: try mainCF(sandbox), as: UTF8.self).replacing(
        "    reject_non_fqdn_recipient,", with: "    reject_non_fqdn_recipient,\n    \(policy),")
      send(status, sessions: 120)
      _ = try waitUntil {
        try run(["rehearse", "--json", "reject_unknown_client_hostname"], sandbox).outputText
          .contains("\"victims\": [\n")
      }
      let file = try OpenFile(path, O_TRUNC | O_WRONLY)
      try file.writeAll(Array(lists.utf8))
      // The last mails are on their way to their mailboxes.
      var before: [String] = []
      #expect(
        waitUntil {
          let seen = before
          before = inventory(sandbox.directory)
          usleep(400_000)
          return before == seen && !before.contains { isInDelivery($0) }
        })
      let processes = try postfixProcesses()
      let state = sandbox.directory + "/../history"
      let trace = state + "-trace"
      let result = try Command(
        "/usr/bin/strace",
        [
          "-f", "-o", trace, "-e", "trace=connect,sendto,sendmsg", "--", Postgate.path, "rehearse",
          "-c", sandbox.instance.configurationDirectory, "reject_rbl_client", "bl.test",
          "reject_unknown_reverse_client_hostname",
        ],
        environment: Command.cleanEnvironment.merging(["POSTGATE_STATE_DIRECTORY": state]) { $1 },
        timeout: 120
      ).run()
      #expect(result.succeeded, "\(result.errorText)")
      #expect(result.outputText.contains("what \(policy) would answer is not known"))
      let calls = String(decoding: try readFile(trace, limit: 64 << 20).bytes, as: UTF8.self)
        .split(separator: "\n")
      let elsewhere = calls.filter { call in
        guard call.contains("AF_INET") || call.contains("sin6_addr") else { return false }
        return !(call.contains("htons(53)") && call.contains("\"127."))
      }
      #expect(elsewhere.isEmpty, "\(elsewhere.prefix(5))")
      #expect(calls.contains { $0.contains("htons(53)") })
      #expect(inventory(sandbox.directory) == before)
      #expect(try postfixProcesses().subtracting(processes) == [])
      #expect(try directoryEntries(state + "/.staging") == [])
    }
  }

  /// Whether a line of the inventory is a queue file on its way to a mailbox (qmgr(8)).
  private func isInDelivery(_ entry: String) -> Bool {
    ["maildrop", "incoming", "active"].contains { entry.contains("/queue/\($0)/") }
  }

  /// Processes of Postfix's daemons that have our staging directory, or none, as their place.
  private func postfixProcesses() throws -> Set<Int32> {
    let daemons: Set<String> = [
      "master", "smtpd", "cleanup", "trivial-rewrite", "proxymap", "tlsmgr",
    ]
    return Set(
      try directoryEntries("/proc").compactMap { Int32($0) }.filter { pid in
        guard let name = processName(pid), daemons.contains(name) else { return false }
        let place = (try? resolvedPath("/proc/\(pid)/cwd")) ?? ""
        return place.contains("/history/.staging/")
      })
  }

  private func run(_ arguments: [String], _ sandbox: SandboxInstance) throws -> CommandResult {
    try Postgate.run(
      arguments + ["-c", sandbox.instance.configurationDirectory],
      state: sandbox.directory + "/../history")
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, _ result: CommandResult
  ) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(result.outputText.utf8))
  }
}
