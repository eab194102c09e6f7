import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import Rehearsal

/// For each restriction of the catalog that needs no third party: what the rehearsal says of each client
/// is what the same Postfix then does to it.
@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)), .serialized)
struct MatrixTests {
  /// A line of the printed matrix.
  private struct Row {
    var name: String
    var grade: Grade
    var judged = 0
    var unjudged = 0
    var refused = 0
    var disagreements: [String] = []

    var text: String {
      let padding = String(repeating: " ", count: max(1, 56 - name.count))
      return
        "\(name)\(padding)\(grade.rawValue)  judged \(judged), not \(unjudged), refused \(refused), "
        + "other than real \(disagreements.count)"
    }
  }

  /// Lists that let everything in, so that all clients are accepted mail; own users first, as always.
  private static let settings: [(String, String)] = [
    ("mua_client_restrictions", "permit_mynetworks, permit"),
    ("mua_helo_restrictions", "permit_mynetworks, permit"),
    ("mua_sender_restrictions", "permit_mynetworks, permit"),
    ("mua_recipient_restrictions", "permit_mynetworks, reject_unauth_destination, permit"),
    ("relay_domains", "shop.example.com, gone.nowhere.test, list.news"),
    ("smtpd_sasl_auth_enable", "yes"), ("smtpd_sasl_type", "dovecot"),
    ("smtpd_sasl_path", "private/auth"),
  ]

  private static let clients: [RehearsalBench.Client] = {
    var clients: [RehearsalBench.Client] = []
    func add(
      _ name: String?, _ helo: String, _ sender: String, _ recipients: [String],
      user: String? = nil,
      address: String? = nil
    ) {
      clients.append(
        RehearsalBench.Client(
          name: name, address: address ?? "198.51.100.\(clients.count + 50)", helo: helo,
          sender: sender, recipients: recipients, user: user))
    }
    let own = ["info@example.org"]
    let server = "mail.example.net"
    for helo in [
      server, "ylmf-pc", "-bad-.example..net", "mail.corp.nowhere.test", "[203.0.113.999]",
      "[198.51.100.54]", "1.2.3.4", "list.news", "mx-out.example.com", "under_score.example.net",
    ] {
      add(server, helo, "lea@example.net", own)
    }
    for sender in [
      "root", "lea@win.nowhere.test", "", "nobody@example.org", "info@example.org", "lea@list.news",
      "lea@shop.example.com", "admin@localhost",
    ] {
      add(server, server, sender, own)
    }
    add(nil, server, "lea@example.net", own)
    add("pool.dyn.test", server, "lea@example.net", own)
    add("list.news", server, "lea@example.net", own)
    add(server, server, "lea@example.net", own, address: "192.0.2.203")
    add(server, server, "lea@example.com", own, address: "2001:db8:10::77")
    add(nil, "pc", "root", own, address: "192.0.2.204")
    // Has a reverse name that does not lead back to it, as the DNS of the sandbox says.
    clients.append(
      RehearsalBench.Client(
        reverseName: "mx-out.example.com", address: "198.51.100.25", helo: server,
        sender: "lea@example.net", recipients: own))
    for recipients in [
      ["info"], ["info@example.org", "sales@example.org"], ["x@shop.example.com"],
      ["x@gone.nowhere.test"], ["x@list.news"], ["ghost@example.org"], ["a@elsewhere.test"],
    ] {
      add(server, server, "lea@example.net", recipients)
    }
    add(server, server, "", ["info@example.org", "sales@example.org"])
    add(server, server, "info@example.org", own, user: "anna")
    add(server, "pc", "sales@example.org", own, user: "info")
    return clients
  }()

  /// Those that ask somebody else, or only wait.
  private static let thirdParties: Set<String> = [
    "check_policy_service", "reject_unverified_sender", "reject_unverified_recipient", "sleep",
    "warn_if_reject",
  ]

  private static func argument(of info: RestrictionInfo, table: String) -> String? {
    guard let argument = info.argument else { return nil }
    if argument.hasPrefix("domain") {
      return info.name.contains("rhs") ? "example.net" : "bl.test"
    }
    let isByName = ["_a_", "_mx_", "_ns_"].contains { info.name.contains($0) }
    return isByName ? "static:REJECT" : table
  }

  @Test func saysOfEachClientWhatPostfixThenDoes() throws {
    try RehearsalBench.with { bench in
      let signIn = try LocalService(
        path: bench.sandbox.queueDirectory + "/private/auth",
        role: .greeting(
          Array("VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n".utf8))
      )
      defer { withExtendedLifetime(signIn) {} }
      chmod(bench.sandbox.queueDirectory + "/private/auth", 0o666)
      let table = try writeTable(bench)
      var base = try bench.configuration
      for (name, value) in Self.settings {
        try base.apply(.setParameter(name: name, value: value, service: nil))
      }
      try base.apply(
        .setParameter(name: "smtpd_sender_login_maps", value: "texthash:\(table)", service: nil))
      base = try base.applying(try HeloRecording.edits(on: true, in: base))
      try bench.apply(base)
      let before = try bench.send(Self.clients)
      let traffic = try bench.traffic(accepted: before.count { $0 })
      let kept = Set((traffic.accepted + traffic.refused).map(\.question.clientAddress))
      #expect(kept == Set(Self.clients.map(\.address)))
      #expect(traffic.accepted.allSatisfy { $0.question.helo != nil })
      let rehearsal = try bench.rehearsal()
      var rows: [Row] = []
      for info in Catalog.restrictions where Self.isWanted(info, base) {
        rows.append(try row(info, bench, base, traffic, rehearsal, "texthash:\(table)"))
      }
      print(rows.map(\.text).joined(separator: "\n"))
      let all = rows.flatMap { row in row.disagreements.map { "\(row.name): \($0)" } }
      #expect(all == [])
      #expect(rows.count > 50)
      for row in rows where row.grade != .notKnowable { #expect(row.judged > 10, "\(row.text)") }
      #expect(rows.count { $0.refused > 0 } > 35)
    }
  }

  private static func isWanted(_ info: RestrictionInfo, _ base: Configuration) -> Bool {
    info.replacedBy == nil && !thirdParties.contains(info.name)
      && info.isKnown(to: base.environment.version) && info.stages.first != .etrn
  }

  private func row(
    _ info: RestrictionInfo, _ bench: RehearsalBench, _ base: Configuration,
    _ traffic: PastTraffic, _ rehearsal: Rehearsal, _ table: String
  ) throws -> Row {
    let stage = info.stages.first { ![.data, .endOfData].contains($0) } ?? .recipient
    let argument = Self.argument(of: info, table: table)
    let edit = try ShadowTests.on(info.name, argument, stage, base)
    let subject =
      argument.map { "\(info.name) \($0.split(separator: "/").first ?? "")" } ?? info.name
    guard let candidate = try? base.applying([edit]) else {
      return Row(name: subject + " (stands there already)", grade: .notKnowable)
    }
    let answer = try rehearsal.run([edit], on: base, traffic: traffic, subject: subject)
    try bench.apply(candidate)
    let real = try bench.send(Self.clients, delivers: false)
    var verdicts: [String: Verdict] = [:]
    for (mail, verdict) in zip(traffic.accepted, answer.acceptedVerdicts) {
      verdicts[mail.question.clientAddress] = verdict
    }
    for (mail, verdict) in zip(traffic.refused, answer.refusedVerdicts) {
      verdicts[mail.question.clientAddress] = verdict
    }
    var row = Row(
      name: subject,
      grade: RestrictionGrade(name: info.name, argument: argument, stage: stage).grade)
    for (client, isAccepted) in zip(Self.clients, real) {
      let verdict = verdicts[client.address]
      if case .unknown? = verdict {
        row.unjudged += 1
        continue
      }
      row.judged += 1
      if !isAccepted { row.refused += 1 }
      if verdict.map({ $0.isRefused == isAccepted }) ?? true {
        row.disagreements.append(
          "\(client): \(verdict.map { "\($0)" } ?? "none"), really \(isAccepted)")
      }
    }
    return row
  }

  private func writeTable(_ bench: RehearsalBench) throws -> String {
    let path = bench.sandbox.instance.configurationDirectory + "/matrix"
    let lines = [
      "mail.example.net REJECT", "198.51.100.70 REJECT", "ylmf-pc REJECT",
      "shop.example.com REJECT",
      "lea@win.nowhere.test REJECT", "sales@example.org REJECT", "anna REJECT",
      "list.news REJECT", "info@example.org info",
    ]
    try writeNewFile(path, Array((lines.joined(separator: "\n") + "\n").utf8), mode: 0o644)
    let old = timespec(tv_sec: Int(wallClockMicroseconds() / 1_000_000) - 3600, tv_nsec: 0)
    utimensat(AT_FDCWD, path, [old, old], 0)
    return path
  }
}
