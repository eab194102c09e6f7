import Testing

@testable import PostfixConfig

@Suite struct CheckTests {
  private static func configuration(_ main: String) -> Configuration {
    Fixture.configuration(main, master: "smtp inet n - y - - smtpd\n")
  }

  private static let sound =
    "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"

  @Test(arguments: [
    (
      "smtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domian\n",
      "unknown-restriction"
    ),
    ("smtpd_sender_restrictions = permit_mynetworks, # note\n", "inline-comment"),
    (
      "smtpd_client_restrictions = permit_mynetworks, check_client_access /etc/x\n",
      "map-without-type"
    ),
    (
      "smtpd_client_restrictions = permit_mynetworks, check_client_access hsah:/etc/x\n",
      "unknown-table-type"
    ),
    ("smtpd_client_restrictions = permit_mynetworks, reject_rbl_client\n", "missing-argument"),
    ("smtpd_sender_restrictions = permit_mynetworks, warn_if_reject\n", "trial-of-nothing"),
    ("smtpd_helo_restrictions = $mua_nothing\n", "undefined-name"),
    ("smtpd_helo_restrictions = $smtpd_helo_restrictions\n", "cannot-expand"),
    ("smtpd_sender_restrictions = permit, reject_non_fqdn_sender\n", "unreachable"),
    ("unknown_client_reject_code = 999\n", "bad-reply-code"),
    ("smtpd_restriction_classes = c1, c2\nc1 = c2\nc2 = c1\n", "class-loop"),
    ("smtpd_restriction_classes = c1\n", "undefined-class"),
    ("smtpd_relay_restrictions = permit_mynetworks\n", "no-relay-protection"),
    (
      "smtpd_relay_restrictions = warn_if_reject reject_unauth_destination\n", "no-relay-protection"
    ),
    ("smtpd_helo_required = 1\n", "bad-boolean"),
    ("smtpd_recipient_limit = 5x\n", "bad-number"),
    ("smtpd_timeout = 5 m\n", "bad-time"),
    ("smtpd_recipient_restricions = permit\n", "unknown-parameter"),
    ("no equals here\n", "line-without-equals"),
    (
      "smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname\n",
      "helo-not-required"
    ),
    ("smtpd_helo_restrictions = reject_unknown_helo_hostname\n", "own-users-rejected"),
    ("smtpd_sender_restrictions = permit_mynetworks, permit_mynetworks\n", "duplicate"),
    (
      "smtpd_delay_reject = no\nsmtpd_client_restrictions = permit_mynetworks, reject_non_fqdn_recipient\n",
      "wrong-stage"
    ),
    ("smtpd_client_restrictions = permit_mynetworks, reject_unknown_client\n", "old-name"),
    ("a = 1\na = 2\n", "defined-twice"),
    (
      "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client dsbl.org\n",
      "dead-dns-list"
    ),
  ]) func findsTheMistake(text: String, code: String) {
    let base = text.contains("smtpd_relay_restrictions") ? "" : Self.sound
    let before = CheckTests.configuration(base)
    #expect(!before.codes().contains(code))
    let after = CheckTests.configuration(base + text)
    let finding = after.findings(comparedTo: before).first { $0.code == code }
    #expect(finding?.addedByDraft == true, "\(after.codes())")
  }

  @Test func saysWhatTablesLack() throws {
    let configuration = CheckTests.configuration(
      Self.sound
        + "smtpd_client_restrictions = permit_mynetworks, check_client_access hash:/etc/x\n")
    let table = try #require(configuration.tableReferences().first)
    #expect(configuration.findings(tables: [table: .present]).isEmpty)
    for (status, code) in [
      (TableStatus.sourceMissing, "missing-table"), (.indexMissing, "missing-index"),
      (.indexStale, "stale-index"),
    ] {
      #expect(configuration.findings(tables: [table: status]).map(\.code) == [code])
    }
  }

  /// What Postfix does with each mistake that stands in the text; line 2 holds it.
  @Test(arguments: [
    (
      "smtpd_sender_restrictions = permit_mynetworks, nothing_like_it",
      FindingClass.everyoneDeferred
    ),
    (
      "smtpd_sender_restrictions = check_policy_service inet:127.0.0.1:1, # note", .everyoneDeferred
    ),
    ("smtpd_client_restrictions = check_client_access /etc/x", .everyoneDeferred),
    ("smtpd_client_restrictions = check_client_access hsah:/etc/x", .everyoneDeferred),
    ("smtpd_client_restrictions = permit_mynetworks, check_policy_service", .everyoneDeferred),
    ("smtpd_client_restrictions = permit_mynetworks, reject_rbl_client", .silentlyNotEnforced),
    ("smtpd_client_restrictions = permit_mynetworks, warn_if_reject", .silentlyNotEnforced),
    ("smtpd_helo_restrictions = $mua_helo_restrictions", .silentlyNotEnforced),
    ("smtpd_sender_restrictions = permit, reject_non_fqdn_sender", .silentlyNotEnforced),
    ("smtpd_recipient_restrictions = reject, reject_non_fqdn_sender", .silentlyNotEnforced),
    ("unknown_client_reject_code = 999", .everyoneDeferred),
    ("smtpd_restriction_classes = c1", .serverDead),
    ("smtpd_timeout = 5x", .serverDead),
    ("smtpd_recipient_limit = many", .serverDead),
    ("smtpd_helo_required = true", .serverDead),
    ("smtpd_banner = ${myhostname", .serverDead),
    ("smtpd_banner = $smtpd_banner", .serverDead),
    ("smtpd_tls_security_level = bogus", .serverDead),
    ("smtpd_recipient_restricions = permit", .silentlyNotEnforced),
    ("no equals sign", .serverDead),
    ("smtpd_client_restrictions = permit_mynetworks, reject_maps_rbl", .style),
  ]) func classesEachMistakeAsPostfixTreatsIt(text: String, kind: FindingClass) {
    let base = CheckTests.configuration(Self.sound)
    let findings = CheckTests.configuration(Self.sound + text + "\n").findings(comparedTo: base)
      .filter { $0.addedByDraft && $0.findingClass != .hurtsOwnUsers }
    #expect(findings.contains { $0.findingClass == kind && $0.location.line == 2 }, "\(findings)")
    let worse = findings.filter { $0.findingClass.blocks && $0.findingClass != kind }
    #expect(worse.isEmpty, "\(worse)")
  }

  @Test func classesMistakesThatNeedSeveralLines() {
    func kinds(_ text: String) -> Set<FindingClass> {
      Set(
        CheckTests.configuration(text).findings().filter { $0.severity == .error }.map(
          \.findingClass))
    }
    #expect(
      kinds(Self.sound + "smtpd_restriction_classes = a, b\na = b\nb = a\n") == [.serverDead])
    #expect(kinds("smtpd_relay_restrictions = permit_mynetworks\n") == [.serverDead])
    #expect(
      kinds("smtpd_relay_restrictions = permit, reject_unauth_destination\n") == [.serverDead])
    #expect(
      kinds("smtpd_relay_restrictions = warn_if_reject, reject_unauth_destination\n")
        == [.serverDead])
    #expect(
      CheckTests.configuration(
        Self.sound
          + "smtpd_delay_reject = no\nsmtpd_helo_restrictions = reject_unlisted_recipient\n"
      ).findings().contains { $0.code == "wrong-stage" && $0.location.line == 3 })
  }

  @Test func leavesSoundListsAlone() {
    #expect(
      CheckTests.configuration(Fixture.tutorial).findings().filter { $0.severity == .error }.isEmpty
    )
    #expect(CheckTests.configuration("").findings().isEmpty)
  }
}
