import Testing

@testable import PostfixConfig

@Suite struct EditTests {
  @Test func insertPutsAStrictOptionOnItsOwnLineBeforePermit() throws {
    var changed = configuration(tutorial)
    try changed.apply(
      .insert(
        stage: .helo, service: "smtp/inet", name: "reject_unknown_helo_hostname", argument: nil,
        state: .on))
    #expect(
      changed.mainText
        == tutorial.replacing(
          "      permit\nsmtpd_client", with: "      reject_unknown_helo_hostname,\n      permit\nsmtpd_client")
          || changed.mainText.contains("    reject_unknown_helo_hostname,\n    permit\nsmtpd_client"))
    let diff = unifiedDiff(
      old: Array(tutorial.utf8), new: changed.main.bytes, oldLabel: "a", newLabel: "b")
    #expect(diff.split(separator: "\n").filter { $0.hasPrefix("+    ") }.count == 1)
    #expect(!diff.contains("\n-"))
  }

  @Test(arguments: [RestrictionState.off, .trial]) func togglingBackGivesTheOriginalBytes(
    state: RestrictionState
  ) throws {
    for name in ["permit_mynetworks", "reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname"] {
      if state == .trial && name.hasPrefix("permit") { continue }
      var changed = configuration(tutorial)
      let target = try #require(
        changed.policy().services[0].lists.first { $0.stage == .helo }?.restrictions
          .first { $0.name == name }
      ).target
      try changed.apply(.setState(target, state))
      #expect(changed.mainText != tutorial)
      let now = changed.policy().services[0].lists.first { $0.stage == .helo }?.restrictions
        .first { $0.name == name }
      #expect(now?.state == state)
      try changed.apply(.setState(target, .on))
      #expect(changed.mainText == tutorial)
    }
  }

  @Test func offCommentsTheLineOutInItsPlace() throws {
    var changed = configuration(tutorial)
    let target = try #require(changed.restriction("reject_invalid_helo_hostname")).target
    try changed.apply(.setState(target, .off))
    #expect(changed.mainText.contains("\n    # reject_invalid_helo_hostname,\n"))
  }

  @Test func oneLineListsStayOnOneLine() throws {
    let text = "smtpd_sender_restrictions = permit_mynetworks, reject_non_fqdn_sender, permit\n"
    var changed = configuration(text)
    let target = try #require(changed.restriction("reject_non_fqdn_sender")).target
    try changed.apply(.setState(target, .trial))
    #expect(
      changed.mainText
        == "smtpd_sender_restrictions = permit_mynetworks, warn_if_reject reject_non_fqdn_sender, permit\n")
    try changed.apply(.setState(target, .off))
    #expect(changed.mainText == "smtpd_sender_restrictions = permit_mynetworks, permit\n")
    try changed.apply(
      .insert(
        stage: .sender, service: "smtp/inet", name: "reject_unknown_sender_domain", argument: nil,
        state: .on))
    #expect(
      changed.mainText
        == "smtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domain, permit\n")
  }

  @Test func aDefaultIsWrittenOutBeforeItIsEdited() throws {
    var changed = configuration("compatibility_level = 3.6\n")
    let target = try #require(changed.restriction("defer_unauth_destination")).target
    try changed.apply(.setState(target, .trial))
    #expect(
      changed.mainText
        == "compatibility_level = 3.6\nsmtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, warn_if_reject defer_unauth_destination\n"
    )
  }

  @Test func aListThatDidNotExistPermitsOwnUsersFirst() throws {
    var changed = configuration("myhostname = a.example")
    try changed.apply(
      .insert(
        stage: .helo, service: "smtp/inet", name: "reject_invalid_helo_hostname", argument: nil,
        state: .on))
    #expect(
      changed.mainText
        == "myhostname = a.example\nsmtpd_helo_restrictions =\n    permit_mynetworks,\n    permit_sasl_authenticated,\n    reject_invalid_helo_hostname\n"
    )
  }

  @Test func overridesInMasterAreEditedThere() throws {
    let master = "smtp inet n - y - - smtpd\n  -o smtpd_helo_restrictions=permit_mynetworks,reject_invalid_helo_hostname\n"
    var changed = configuration("smtpd_helo_required = yes\n", master: master)
    let target = try #require(changed.restriction("reject_invalid_helo_hostname")).target
    #expect(target.override == "smtp/inet")
    try changed.apply(.setState(target, .trial))
    #expect(changed.masterText.contains("permit_mynetworks,warn_if_reject,reject_invalid_helo_hostname\n"))
    try changed.apply(.setState(target, .on))
    #expect(changed.masterText == master)
  }

  @Test func whatNoLongerFitsIsReportedAndNothingIsChanged() {
    var changed = configuration("smtpd_helo_restrictions = permit\n")
    let target = RestrictionTarget(parameter: "smtpd_helo_restrictions", name: "reject_gone")
    #expect(throws: EditError.self) { try changed.apply(.setState(target, .off)) }
    #expect(changed.mainText == "smtpd_helo_restrictions = permit\n")
  }

  @Test func commentsSurviveEveryEdit() throws {
    var changed = configuration(tutorial)
    for name in ["reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname"] {
      let target = try #require(changed.restriction(name)).target
      try changed.apply(.remove(target))
    }
    #expect(changed.mainText.contains("    # an admin's remark\n"))
  }

  @Test func setParameterKeepsItsPlaceAndRefusesLineBreaks() throws {
    var changed = configuration("a = 1\nsmtpd_helo_required =   no\nb = 2\n")
    try changed.apply(.setParameter(name: "smtpd_helo_required", value: "yes", service: nil))
    #expect(changed.mainText == "a = 1\nsmtpd_helo_required =   yes\nb = 2\n")
    #expect(throws: EditError.self) {
      try changed.apply(.setParameter(name: "b", value: "x\ny", service: nil))
    }
  }

  @Test func moveExchangesTextsAndLeavesLinesAlone() throws {
    var changed = configuration(tutorial)
    let target = try #require(changed.restriction("reject_non_fqdn_helo_hostname")).target
    try changed.apply(.move(target, offset: -1))
    let names = changed.policy().services[0].lists.first { $0.stage == .helo }?.restrictions.map(\.name)
    #expect(names?[2...3] == ["reject_non_fqdn_helo_hostname", "reject_invalid_helo_hostname"])
    try changed.apply(.move(target, offset: 1))
    #expect(changed.mainText == tutorial)
  }
}

extension String {
  func replacing(_ old: String, with new: String) -> String {
    guard let range = self.firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
