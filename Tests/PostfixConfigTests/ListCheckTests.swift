import Testing

@testable import PostfixConfig

/// Mistakes in the lists of restrictions, by check.
@Suite struct ListCheckTests {
  @Test(arguments: [
    CheckCase(
      "smtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domian",
      "unknown-restriction", .everyoneDeferred, mended: true),
    CheckCase(
      "smtpd_sender_restrictions =\n  permit_mynetworks,\n  nothing_like_it", "unknown-restriction",
      .everyoneDeferred, mended: true, line: 3),
    CheckCase(
      "smtpd_sender_restrictions = permit_mynetworks, # note", "inline-comment", .everyoneDeferred),
    CheckCase(
      "smtpd_data_restrictions = hash:/x", "bare-table", .everyoneDeferred),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, reject_unknown_client", "old-name", .style,
      mended: true),
    CheckCase(
      "smtpd_client_restrictions =\n  permit_mynetworks,\n  reject_rbl zen.example,\n  permit",
      "old-name", .style, mended: true, line: 3),
  ]) func names(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test func aMisspeltNameIsCorrectedInItsPlace() throws {
    let text =
      "smtpd_helo_restrictions =\n    permit_mynetworks,\n    # note\n    reject_invalid_helo_hostnam,\n    permit\n"
    var draft = Fixture.configuration(text)
    let finding = try #require(draft.findings().first { $0.code == "unknown-restriction" })
    try draft = draft.applying(finding.fix)
    #expect(draft.mainText == text.replacing("hostnam,", with: "hostname,"))
  }

  @Test func namesOfOtherReleasesAreNoTypos() throws {
    var configuration = Fixture.configuration(
      CheckCase.sound + "smtpd_client_restrictions = permit_mynetworks, reject_maps_rbl\n",
      master: CheckCase.oneService)
    #expect(configuration.codes().contains("old-name"))
    configuration.environment.version = PostfixVersion(major: 3, minor: 9)
    let removed = try #require(
      configuration.findings().first { $0.code == "unknown-to-version" })
    #expect(
      removed.findingClass == .everyoneDeferred
        && removed.message.contains("removed in Postfix 3.9"))
    configuration = Fixture.configuration(
      CheckCase.sound
        + "smtpd_client_restrictions = permit_mynetworks, check_client_a_access hash:/x\n",
      master: CheckCase.oneService)
    configuration.environment.version = PostfixVersion(major: 2, minor: 11)
    let newer = try #require(configuration.findings().first { $0.code == "unknown-to-version" })
    #expect(newer.message.contains("needs Postfix 3.0"))
    #expect(!configuration.codes().contains("unknown-restriction"))
  }

  @Test(arguments: [
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client", "missing-argument",
      .silentlyNotEnforced, mended: true),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, check_policy_service", "missing-argument",
      .everyoneDeferred, mended: true),
    CheckCase(
      "smtpd_client_restrictions = check_client_access, permit_mynetworks", "missing-argument",
      .everyoneDeferred),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks 10.0.0.0/8", "superfluous-argument",
      .everyoneDeferred, mended: true),
    CheckCase(
      "smtpd_client_restrictions = check_client_access /etc/x", "map-without-type",
      .everyoneDeferred, mended: true),
    CheckCase(
      "smtpd_client_restrictions = sleep 5s", "bad-argument", .everyoneDeferred, mended: true),
    CheckCase(
      "smtpd_client_restrictions = check_policy_service localhost", "bad-argument",
      .serverDead),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client a.example=127.0.0",
      "bad-argument", .serverDead),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client a.example=127.0.0.[2..]",
      "bad-argument", .serverDead),
  ]) func arguments(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    CheckCase(
      "smtpd_client_restrictions = check_client_access hsah:/x", "unknown-table-type",
      .everyoneDeferred),
    CheckCase(
      "smtpd_client_restrictions = check_client_access hash:/x", "missing-table", .everyoneDeferred,
      tables: [TableReference(type: "hash", name: "/x"): .sourceMissing]),
    CheckCase(
      "smtpd_client_restrictions = hash:/x", "missing-index", .everyoneDeferred,
      tables: [TableReference(type: "hash", name: "/x"): .indexMissing]),
    CheckCase(
      "smtpd_client_restrictions = hash:/x", "stale-index", .silentlyNotEnforced,
      tables: [TableReference(type: "hash", name: "/x"): .indexStale]),
    CheckCase(
      "relay_recipient_maps = hash:/x", "missing-table", .everyoneDeferred,
      tables: [TableReference(type: "hash", name: "/x"): .sourceMissing]),
    CheckCase(
      "mynetworks = 127.0.0.0/8, cidr:/x", "missing-table", .everyoneDeferred,
      tables: [TableReference(type: "cidr", name: "/x"): .sourceMissing]),
    CheckCase(
      "", "missing-index", .everyoneDeferred,
      master: "smtp inet n - y - - smtpd\n  -o smtpd_sender_login_maps=hash:/x\n",
      tables: [TableReference(type: "hash", name: "/x"): .indexMissing]),
    CheckCase(
      "proxy_read_maps = $virtual_alias_maps\nsmtpd_client_restrictions = check_client_access proxy:mysql:/x",
      "proxy-not-allowed", .serverDead, line: 2),
  ]) func tables(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    CheckCase(
      "smtpd_relay_restrictions = permit_mynetworks", "no-relay-protection", .serverDead,
      mended: true),
    CheckCase(
      "smtpd_relay_restrictions = permit, reject_unauth_destination", "no-relay-protection",
      .serverDead, mended: true),
    CheckCase(
      "smtpd_relay_restrictions = warn_if_reject reject_unauth_destination",
      "no-relay-protection", .serverDead, mended: true),
    CheckCase(
      "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = check_sender_access static:OK, reject_unauth_destination",
      "open-relay", .openToStrangers, line: 2),
    CheckCase(
      "smtpd_relay_restrictions = check_helo_access hash:/x, reject_unauth_destination",
      "open-relay", .openToStrangers),
    CheckCase(
      "smtpd_relay_restrictions = permit_naked_ip_address, reject_unauth_destination",
      "open-relay", .openToStrangers),
    CheckCase(
      "smtpd_restriction_classes = c\nc = permit\nsmtpd_relay_restrictions =\nsmtpd_recipient_restrictions = check_client_access static:{ OK }, reject_unauth_destination",
      "open-relay", .openToStrangers, line: 4),
  ]) func relaying(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    // One list that protects is enough.
    "smtpd_recipient_restrictions = check_sender_access static:OK, reject_unauth_destination",
    "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = check_client_access hash:/x, reject_unauth_destination",
    "smtpd_relay_restrictions = check_sender_access static:DUNNO, reject_unauth_destination",
    "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = permit_dnswl_client list.dnswl.org=127.0.[2..14].[1..3], reject_unauth_destination",
  ]) func whatProtectsIsNoOpenRelay(text: String) {
    let findings = Fixture.configuration(CheckCase.sound + text + "\n").findings()
    #expect(!findings.contains { $0.findingClass == .openToStrangers }, "\(findings)")
  }

  @Test func aTableThatProxymapMayNotOpenDefersFrom311On() {
    var configuration = Fixture.configuration(
      CheckCase.sound + "proxy_read_maps =\nsmtpd_client_restrictions = "
        + "check_client_access proxy:mysql:/x\n")
    configuration.environment.version = PostfixVersion(major: 3, minor: 11)
    let finding = configuration.findings().first { $0.code == "proxy-not-allowed" }
    #expect(finding?.findingClass == .everyoneDeferred, "\(String(describing: finding))")
  }

  /// From 3.9 on it defers whoever reaches it: worse, but no open relay.
  @Test func whatWasRemovedLetsNobodyPass() {
    var configuration = Fixture.configuration(
      CheckCase.sound
        + "smtpd_relay_restrictions = permit_naked_ip_address, reject_unauth_destination\n")
    configuration.environment.version = PostfixVersion(major: 3, minor: 9)
    let classes = configuration.findings().map(\.findingClass)
    #expect(classes.contains(.everyoneDeferred) && !classes.contains(.openToStrangers))
  }

  @Test(arguments: [
    CheckCase(
      "smtpd_sender_restrictions = permit_mynetworks, warn_if_reject", "trial-of-nothing",
      .silentlyNotEnforced),
    CheckCase(
      "smtpd_sender_restrictions =\n  permit\n  reject_non_fqdn_sender", "unreachable",
      .silentlyNotEnforced, mended: true, line: 3),
    CheckCase(
      "smtpd_recipient_restrictions = permit_mynetworks, permit_mynetworks", "duplicate", .style,
      mended: true),
    CheckCase(
      "smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname",
      "helo-not-required", .silentlyNotEnforced, mended: true),
    CheckCase(
      "smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname",
      "helo-not-required", .silentlyNotEnforced, mended: true,
      before: CheckCase.sound + "smtpd_helo_required = yes\n",
      master: "smtp inet n - y - - smtpd -o smtpd_helo_required=no\n"),
    CheckCase(
      "smtpd_helo_required = yes\nsmtpd_delay_reject = no\nsmtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname",
      "early-reject", .silentlyNotEnforced, mended: true, line: 2),
  ]) func effects(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    CheckCase(
      "smtpd_delay_reject = no\nsmtpd_client_restrictions = permit_mynetworks, reject_non_fqdn_recipient",
      "wrong-stage", .silentlyNotEnforced, line: 2),
    CheckCase(
      "smtpd_client_restrictions = check_etrn_access hash:/x", "wrong-stage", .silentlyNotEnforced),
    CheckCase(
      "smtpd_etrn_restrictions = reject_non_fqdn_sender", "wrong-stage", .silentlyNotEnforced),
    CheckCase(
      "smtpd_data_restrictions = reject_unlisted_recipient", "wrong-stage", .silentlyNotEnforced),
    CheckCase(
      "smtpd_helo_restrictions = check_sender_access hash:/x", "early-stage", .style),
  ]) func stages(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    CheckCase(
      "smtpd_helo_restrictions = reject_unknown_helo_hostname", "own-users-rejected",
      .hurtsOwnUsers, mended: true),
    CheckCase(
      "smtpd_helo_restrictions =\n  permit_sasl_authenticated,\n  reject_unknown_helo_hostname,\n  permit_mynetworks",
      "own-users-rejected", .hurtsOwnUsers, mended: true, line: 3),
    CheckCase(
      "smtpd_sasl_auth_enable = yes\nsmtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domain",
      "own-users-rejected", .hurtsOwnUsers, mended: true, line: 2),
    CheckCase(
      "smtpd_sasl_auth_enable = yes\nsmtpd_delay_reject = no\nsmtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated, reject",
      "own-users-rejected", .hurtsOwnUsers, mended: true, line: 3),
    CheckCase(
      "smtpd_recipient_restrictions = reject_unauth_destination, permit_mynetworks",
      "own-users-rejected", .hurtsOwnUsers, mended: true),
  ]) func ownUsers(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    "smtpd_helo_restrictions = permit_mynetworks, reject_unknown_helo_hostname",
    "smtpd_helo_restrictions = warn_if_reject reject_unknown_helo_hostname",
    "smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch, permit_mynetworks",
  ]) func listsThatSpareOwnUsersAreSound(text: String) {
    #expect(
      !Fixture.configuration(CheckCase.sound + text + "\n").codes().contains("own-users-rejected"))
  }

  /// Mending one fault of a list makes no other fault of it new.
  @Test func faultsOfOneListAreMendedOneByOne() throws {
    let old = Fixture.configuration(
      CheckCase.sound
        + "smtpd_sasl_auth_enable = yes\nsmtpd_helo_restrictions = reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname\n",
      master: CheckCase.oneService)
    #expect(old.findings().count { $0.code == "own-users-rejected" } == 4)
    for finding in old.findings() where !finding.fix.isEmpty {
      let new = try old.applying(finding.fix)
      #expect(new.findings(comparedTo: old).allSatisfy { !$0.addedByDraft }, "\(new.mainText)")
    }
    let target = try #require(old.list(.helo)?.restrictions.first?.target)
    let off = try old.applying([.remove(target)])
    #expect(off.findings(comparedTo: old).allSatisfy { !$0.addedByDraft })
  }
}
