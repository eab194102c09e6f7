import Testing

@testable import PostfixConfig

/// Mistakes of lines, names and entries, by check.
@Suite struct FileCheckTests {
  @Test(arguments: [
    CheckCase("no equals here", "line-without-equals", .serverDead),
    CheckCase("= value", "line-without-equals", .serverDead),
    CheckCase(
      "  indented = yes", "nothing-to-continue", .silentlyNotEnforced, line: nil, before: ""),
    CheckCase("myhostname = a\u{0}b", "nul-byte", .silentlyNotEnforced),
    CheckCase("myhostname = a\r\n", "carriage-return", .style, line: nil, before: ""),
    CheckCase(
      "", "nothing-to-continue", .silentlyNotEnforced,
      master: "  -o x=y\nsmtp inet n - y - - smtpd\n"),
    CheckCase(
      "", "bad-field-count", .serverDead, master: "smtp inet n - y - - smtpd\nrelay unix -\n"),
  ]) func lines(_ mistake: CheckCase) throws {
    // An orphan is one only as the first line, and the first line end decides for the file.
    guard mistake.before.isEmpty || mistake.code == "nothing-to-continue" else {
      return try mistake.verify()
    }
    let codes = mistake.faulty.findings().filter { $0.code == mistake.code }
    #expect(codes.map(\.findingClass) == [mistake.findingClass])
    #expect(!mistake.sound.codes().contains(mistake.code))
  }

  @Test(arguments: [
    CheckCase(
      "", "bad-field", .serverDead, master: "smtp inet n - y - - smtpd\nx tcp n - y - - smtpd\n"),
    CheckCase("", "bad-field", .serverDead, master: "smtp inet - - y - - smtpd\n"),
    CheckCase("", "bad-field", .serverDead, master: "smtp inet n - x - - smtpd\n"),
    CheckCase("", "bad-field", .serverDead, master: "smtp inet n - y - abc smtpd\n"),
    CheckCase("", "bad-field", .serverDead, master: "smtp inet n - y 60x - smtpd\n"),
    CheckCase(
      "", "duplicate-service", .silentlyNotEnforced,
      master: "smtp inet n - y - - smtpd\nsmtp inet n - y - 5 smtpd\n"),
  ]) func entries(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test func goodEntriesPass() {
    let master =
      "smtp inet n - y - - smtpd\npickup unix n - y 60? 1 pickup\npostlog unix-dgram n - n - 1 postlogd\n"
    #expect(Fixture.configuration(CheckCase.sound, master: master).findings().isEmpty)
  }

  @Test(arguments: [
    CheckCase("smtpd_helo_restrictions = $mua_nothing", "undefined-name", .silentlyNotEnforced),
    CheckCase(
      "", "undefined-name", .silentlyNotEnforced,
      master: "smtp inet n - y - - smtpd -o smtpd_helo_restrictions=$mua_nothing\n"),
    CheckCase("smtpd_banner = ${myhostname", "cannot-expand", .serverDead),
    CheckCase("smtpd_helo_restrictions = $smtpd_helo_restrictions", "cannot-expand", .serverDead),
    CheckCase("a = $b\nb = $a", "cannot-expand", .serverDead),
    CheckCase("a = ${", "cannot-expand", .style),
    CheckCase(
      "smtpd_restriction_classes = c1, c2\nc1 = c2\nc2 = c1", "class-loop", .serverDead, line: 2),
    CheckCase("smtpd_restriction_classes = c1", "undefined-class", .serverDead),
  ]) func expansion(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test func whatIsExpandedLaterIsLeftAlone() {
    let text =
      "default_rbl_reply = $rbl_code blocked $rbl_what\nsmtpd_reject_footer = $client_name\nforward_path = $home/.forward\n"
    let codes = Fixture.configuration(CheckCase.sound + text, master: CheckCase.oneService).codes()
    #expect(codes.isDisjoint(with: ["undefined-name", "cannot-expand"]))
  }

  @Test(arguments: [
    CheckCase(
      "smtpd_recipient_restricions = permit", "unknown-parameter", .silentlyNotEnforced,
      mended: true),
    CheckCase(
      "", "unknown-parameter", .silentlyNotEnforced, mended: true,
      master: "smtp inet n - y - - smtpd -o smtpd_helo_requird=yes\n"),
    CheckCase(
      "mua_something_restrictions = permit", "unused-parameter", .silentlyNotEnforced, mended: true),
    CheckCase("a = 1\na = 2", "defined-twice", .style, line: 2),
  ]) func parameterNames(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    "mine = permit_mynetworks\nsmtpd_client_restrictions = $mine",
    "users_server_host = localhost\nvirtual_alias_maps = ldap:users",
    "relay_destination_recipient_limit = 1\nmine =\ntransport_maps = ${mine?y}",
    "smtpd_restriction_classes = greylist\ngreylist = permit",
  ]) func namesThatSomethingUsesPass(text: String) {
    var configuration = Fixture.configuration(
      CheckCase.sound + text + "\n",
      master: CheckCase.oneService + "relay unix - - y - - smtp\n")
    for name in ["virtual_alias_maps", "transport_maps"] {
      configuration.environment.defaults[name] = ""
    }
    #expect(configuration.codes().isDisjoint(with: ["unknown-parameter", "unused-parameter"]))
  }

  @Test func parametersOfOtherReleasesAreNoTypos() throws {
    var configuration = Fixture.configuration(
      CheckCase.sound + "smtpd_reject_filter_maps = hash:/x\n", master: CheckCase.oneService)
    for number in 0..<200 { configuration.environment.defaults["known_\(number)"] = "" }
    let finding = try #require(configuration.findings().first { $0.code == "newer-parameter" })
    #expect(finding.message.contains("needs Postfix 3.11"))
    #expect(try !configuration.applying(finding.fix).codes().contains("newer-parameter"))
    configuration.environment.defaults["smtpd_reject_filter_maps"] = ""
    #expect(!configuration.codes().contains("newer-parameter"))
  }

  @Test func saysWhatAnOverrideShadows() throws {
    let master = "smtp inet n - y - - smtpd -o smtpd_client_restrictions=permit\n"
    let shadowed = CheckCase(
      "smtpd_client_restrictions = permit_mynetworks", "shadowed-list", .silentlyNotEnforced,
      master: master)
    try shadowed.verify()
    let two = CheckCase.oneService.replacing("smtp ", with: "25 ") + master
    let old = Fixture.configuration(CheckCase.sound, master: two)
    let text = CheckCase.sound + "smtpd_client_restrictions = permit_mynetworks\n"
    let new = Fixture.configuration(text, master: two)
    let finding = try #require(
      new.findings(comparedTo: old).first { $0.code == "shadowed-edit" })
    #expect(finding.addedByDraft && finding.findingClass == .style)
    #expect(finding.message.contains("smtp/inet"))
    #expect(!new.findings(comparedTo: new).contains { $0.code == "shadowed-edit" })
  }

  /// The same word in another list is another fault.
  @Test func whatTheDraftAddsElsewhereIsNew() {
    let old = Fixture.configuration(
      CheckCase.sound + "smtpd_helo_restrictions = permit_mynetworks, reject_nonsense\n",
      master: CheckCase.oneService)
    let new = Fixture.configuration(
      old.mainText + "smtpd_sender_restrictions = permit_mynetworks, reject_nonsense\n",
      master: CheckCase.oneService)
    let findings = new.findings(comparedTo: old).filter { $0.code == "unknown-restriction" }
    #expect(findings.map(\.addedByDraft) == [false, true])
    let twice = Fixture.configuration(
      old.mainText.replacing("reject_nonsense", with: "reject_nonsense, reject_nonsense"),
      master: CheckCase.oneService)
    let again = twice.findings(comparedTo: old).filter { $0.code == "unknown-restriction" }
    #expect(again.map(\.addedByDraft) == [false, true])
  }
}
