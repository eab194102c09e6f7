import TestSupport
import Testing

@testable import PostfixConfig

/// The mistakes that `postfix check` passes, each found before it is written, with what it does.
///
/// The rows are those of the table of measured mistakes, by its own words.
@Suite struct MistakeTableCheckTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var main: String
    var code: String
    var findingClass: FindingClass
    var tables: [TableReference: TableStatus] = [:]
    var policyServers: [PolicyServer: PolicyServerStatus] = [:]
    var testDescription: String { name }
  }

  static let rows = [
    Row(
      name: "unknown restriction",
      main: "smtpd_sender_restrictions = permit_mynetworks, permit_mail_access",
      code: "unknown-restriction", findingClass: .everyoneDeferred),
    Row(
      name: "undefined class",
      main: "smtpd_sender_restrictions = permit_mynetworks, greylist_them",
      code: "unknown-restriction", findingClass: .everyoneDeferred),
    Row(
      name: "inline # comment after a comma",
      main: "smtpd_sender_restrictions = check_policy_service inet:127.0.0.1:10060, # greylisting",
      code: "inline-comment", findingClass: .everyoneDeferred),
    Row(
      name: "map given without type:",
      main: "smtpd_client_restrictions = check_client_access /etc/postfix/access",
      code: "map-without-type", findingClass: .everyoneDeferred),
    Row(
      name: "unknown map type",
      main: "smtpd_client_restrictions = check_client_access hsah:/etc/postfix/access",
      code: "unknown-table-type", findingClass: .everyoneDeferred),
    Row(
      name: "map file missing", main: "smtpd_client_restrictions = check_client_access hash:/none",
      code: "missing-table", findingClass: .everyoneDeferred,
      tables: [TableReference(type: "hash", name: "/none"): .sourceMissing]),
    Row(
      name: "map file not indexed",
      main: "smtpd_client_restrictions = check_client_access hash:/none", code: "missing-index",
      findingClass: .everyoneDeferred,
      tables: [TableReference(type: "hash", name: "/none"): .indexMissing]),
    Row(
      name: "policy service down",
      main: "smtpd_sender_restrictions = check_policy_service inet:127.0.0.1:10023",
      code: "policy-server-down", findingClass: .everyoneDeferred,
      policyServers: [
        PolicyServer(address: .inet(host: "127.0.0.1", port: "10023")): .absent
      ]),
    Row(
      name: "reject_rbl_client with no argument at the end",
      main: "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client",
      code: "missing-argument", findingClass: .silentlyNotEnforced),
    Row(
      name: "warn_if_reject at the end",
      main: "smtpd_client_restrictions = permit_mynetworks, warn_if_reject",
      code: "trial-of-nothing", findingClass: .silentlyNotEnforced),
    Row(
      name: "undefined $mua_helo_restrictions",
      main: "smtpd_helo_restrictions = $mua_helo_restrictions", code: "undefined-name",
      findingClass: .silentlyNotEnforced),
    Row(
      name: "recipient test in helo list with smtpd_delay_reject=no",
      main: "smtpd_delay_reject = no\nsmtpd_helo_restrictions = reject_unlisted_recipient",
      code: "wrong-stage", findingClass: .silentlyNotEnforced),
    Row(
      name: "anything after reject",
      main: "smtpd_data_restrictions = reject, reject_unauth_pipelining", code: "unreachable",
      findingClass: .silentlyNotEnforced),
    Row(
      name: "anything after permit",
      main: "smtpd_sender_restrictions = permit, reject_non_fqdn_sender", code: "unreachable",
      findingClass: .silentlyNotEnforced),
    Row(
      name: "reject code 999", main: "unknown_client_reject_code = 999", code: "bad-reply-code",
      findingClass: .everyoneDeferred),
    Row(
      name: "class loop c1=c2, c2=c1",
      main: "smtpd_restriction_classes = c1, c2\nc1 = c2\nc2 = c1", code: "class-loop",
      findingClass: .serverDead),
    Row(
      name: "no working reject_unauth_destination",
      main: "smtpd_relay_restrictions = permit_mynetworks", code: "no-relay-protection",
      findingClass: .serverDead),
    Row(
      name: "warn_if_reject, reject_unauth_destination",
      main:
        "smtpd_relay_restrictions = warn_if_reject, reject_unauth_destination, permit_mynetworks",
      code: "no-relay-protection", findingClass: .serverDead),
    Row(
      name: "bad time unit", main: "smtpd_timeout = 5x", code: "bad-time",
      findingClass: .serverDead),
    Row(
      name: "bad number", main: "smtpd_client_connection_count_limit = many", code: "bad-number",
      findingClass: .serverDead),
    Row(
      name: "unbalanced brace", main: "smtpd_banner = ${myhostname", code: "cannot-expand",
      findingClass: .serverDead),
    Row(
      name: "$ loop", main: "smtpd_banner = $a\na = $b\nb = $a", code: "cannot-expand",
      findingClass: .serverDead),
    Row(
      name: "deprecated name (reject_maps_rbl)",
      main: "smtpd_client_restrictions = permit_mynetworks, reject_maps_rbl", code: "old-name",
      findingClass: .style),
  ]

  @Test(arguments: rows) func isFoundBeforeItIsWritten(row: Row) throws {
    let before = Fixture.configuration(CheckCase.sound, master: CheckCase.oneService)
    let after = Fixture.configuration(
      CheckCase.sound + row.main + "\n", master: CheckCase.oneService)
    let findings = after.findings(
      tables: row.tables, policyServers: row.policyServers, comparedTo: before)
    let finding = try #require(findings.first { $0.code == row.code }, "\(findings)")
    #expect(finding.findingClass == row.findingClass && finding.addedByDraft)
    // Nothing worse is said of it than what it does.
    let worse = findings.filter { $0.findingClass.blocks && $0.findingClass != row.findingClass }
    #expect(worse.isEmpty, "\(worse)")
  }

  /// Every row of the table that was measured stands above, where the table is at hand.
  @Test func noRowOfTheTableIsMissing() throws {
    guard let text = sharedFile("facts/safe-change.md").map({ String(decoding: $0, as: UTF8.self) })
    else { return print("SKIPPED: the table of measured mistakes is not at hand") }
    let lines = text.split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("| mistake |") })
    let rows = lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map {
      $0.split(separator: "|")[0].replacing("`", with: "")
    }
    #expect(rows.count > 15)
    // A row of the table may name several mistakes; each has a row of its own here.
    let known = [
      "unknown restriction / undefined class": "unknown restriction",
      "map given without type:": "map given without type:",
      "map file missing / not indexed": "map file missing",
      "anything after reject/permit": "anything after reject",
      "open relay (no working reject_unauth_destination)": "no working reject_unauth_destination",
      "bad time unit / bad number / unbalanced brace, $ loop": "bad time unit",
    ]
    let names = Set(Self.rows.map(\.name))
    let missing = rows.map { row in
      let name = row.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return String(name)
    }.filter { !names.contains(known[$0] ?? $0) }
    #expect(missing.isEmpty, "\(missing)")
  }

  /// Where a finding points, the text says what it is about.
  @Test(arguments: rows) func pointsAtTheWordItself(row: Row) throws {
    // On a line of its own "# greylisting" is a comment.
    let isSplit = row.code != "inline-comment"
    for indented in [row.main] + (isSplit ? [row.main.replacing(", ", with: ",\n      ")] : []) {
      let configuration = Fixture.configuration(
        CheckCase.sound + "# before it\n" + indented + "\n", master: CheckCase.oneService)
      let findings = configuration.findings(tables: row.tables, policyServers: row.policyServers)
      let finding = try #require(findings.first { $0.code == row.code }, "\(findings)")
      let lines = configuration.mainText.split(
        separator: "\n", omittingEmptySubsequences: false)
      let line = Array(lines[finding.location.line - 1].utf8)
      let start = finding.location.column - 1
      try #require(line.indices.contains(start), "\(finding)")
      let word = String(
        decoding: line[start...].prefix { !$0.isSeparator && $0 != Byte.equals }, as: UTF8.self)
      let name = word.drop { $0 == "$" || $0 == "{" }
      let isNamed =
        finding.message.contains(name) || finding.subject.contains(name)
        || row.code == "no-relay-protection" && name == "smtpd_relay_restrictions"
      #expect(!name.isEmpty && isNamed, "\(word): \(finding.message)")
      #expect(start == 0 || line[start - 1].isSeparator || line[start - 1] == Byte.equals)
    }
  }

  /// What cannot be meant as a policy server is found without looking at the machine.
  @Test func aPolicyServiceWithoutAnAddressIsFound() {
    let text = CheckCase.sound + "smtpd_data_restrictions = check_policy_service greylist\n"
    #expect(Fixture.configuration(text).codes().contains("bad-argument"))
  }

  /// Settings that widespread mail servers ship, with a master.cf that runs postscreen and submission,
  /// for the Postfix of the fixture and for the installed one.
  @Test(arguments: PresetTexts.all + PresetTexts.more) func presetsGetNoErrors(text: String) {
    for environment in [Fixture.environment, InstalledPostfix.environment ?? Fixture.environment] {
      for master in [
        CheckCase.oneService, PresetTexts.usualMaster, PresetTexts.bundleMaster,
      ] {
        // Without a level Postfix starts with no relay protection, and so not at all.
        var configuration = Fixture.configuration(
          "compatibility_level = 3.6\n" + text, master: master)
        configuration.environment = environment
        // Written for a later Postfix: the installed one dies of it too.
        if text.contains("<level"), environment.version < PostfixVersion(major: 3, minor: 6) {
          continue
        }
        // The packages for databases are another matter.
        configuration.environment.tableTypes = TableReference.knownTypes
        let errors = configuration.findings().filter {
          $0.severity == .error || $0.findingClass.blocks
        }
        #expect(errors.isEmpty, "\(errors.map(\.message))")
      }
    }
  }
}
