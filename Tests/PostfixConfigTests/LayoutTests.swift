import Testing

@testable import PostfixConfig

/// Edits in lists that people lay out in their own ways.
@Suite struct LayoutTests {
  private func edited(
    _ text: String, _ edits: Edit..., master: String = Fixture.master
  ) throws -> String {
    try Fixture.configuration(text, master: master).applying(edits).mainText
  }

  private func helo(_ name: String, _ argument: String? = nil) -> RestrictionTarget {
    RestrictionTarget(parameter: "smtpd_helo_restrictions", name: name, argument: argument)
  }

  @Test func keepsCommentsBetweenTheWordsOfARestriction() throws {
    let text =
      "smtpd_helo_restrictions =\n  reject_rbl_client\n    # why\n    a.example\n  permit\n"
    let target = helo("reject_rbl_client", "a.example")
    let without = "smtpd_helo_restrictions =\n    # why\n  permit\n"
    #expect(try edited(text, .remove(target)) == without)
    #expect(try edited(text, .setState(target, .off)) == without)
    let trial =
      "smtpd_helo_restrictions =\n  warn_if_reject\n    # soft\n    reject_non_fqdn_helo_hostname\n"
    #expect(
      try edited(trial, .setState(helo("reject_non_fqdn_helo_hostname"), .on))
        == "smtpd_helo_restrictions =\n    # soft\n    reject_non_fqdn_helo_hostname\n")
  }

  @Test func findsTheLastRestrictionAgainBehindABlankLine() throws {
    let text =
      "smtpd_helo_restrictions =\n  permit_mynetworks\n\n# mine\n  reject_non_fqdn_helo_hostname\n\nx = 1\n"
    let target = helo("reject_non_fqdn_helo_hostname")
    let off = try Fixture.configuration(text).applying([.setState(target, .off)])
    #expect(off.mainText.contains("  # reject_non_fqdn_helo_hostname\n"))
    #expect(off.list(.helo)?.restrictions.last?.state == .off)
    #expect(try off.applying([.setState(target, .on)]).mainText == text)
  }

  @Test func leavesSeparatorsSoundInOneLine() throws {
    let odd =
      "smtpd_helo_restrictions = ,permit_mynetworks ,, reject_unknown_helo_hostname\t,\tpermit,\n"
    #expect(
      try edited(odd, .remove(helo("reject_unknown_helo_hostname")))
        == "smtpd_helo_restrictions = ,permit_mynetworks ,, permit,\n")
    #expect(
      try edited(
        "smtpd_helo_restrictions = permit_mynetworks,\r\n  permit\r\n",
        .remove(helo("permit_mynetworks")))
        == "smtpd_helo_restrictions = \r\n  permit\r\n")
    #expect(
      try edited("smtpd_helo_restrictions = permit", .setState(helo("permit"), .off))
        == "smtpd_helo_restrictions = ")
  }

  @Test func refusesWhatItCannotDoExactly() throws {
    let inherited =
      "smtpd_helo_restrictions = warn_if_reject $a\na = reject_unknown_helo_hostname\n"
    let a = RestrictionTarget(parameter: "a", name: "reject_unknown_helo_hostname")
    #expect(throws: EditError.self) { try edited(inherited, .setState(a, .on)) }
    let between = "smtpd_helo_restrictions =\n  reject_rbl_client\n  # permit\n  a.example\n"
    #expect(throws: EditError.self) { try edited(between, .setState(helo("permit"), .on)) }
    let plain = "smtpd_helo_restrictions =\n  permit_mynetworks\n  no_such_thing\n"
    #expect(throws: EditError.self) {
      try edited(plain, .setArgument(helo("permit_mynetworks"), "x"))
    }
    #expect(throws: EditError.self) {
      try edited(plain, .setArgument(helo("permit_mynetworks"), "x{"))
    }
    #expect(throws: EditError.self) { try edited(plain, .setState(helo("no_such_thing"), .off)) }
    let open = "submission inet n - y - - smtpd -o { smtpd_helo_restrictions = permit\n"
    #expect(throws: EditError.self) {
      try edited(
        "", .setParameter(name: "x", value: "y", service: "submission/inet"), master: open)
    }
  }

  @Test func insertsInFrontOfTheFirstLineAndOfLooseEnds() throws {
    func insert(_ name: String) -> Edit {
      .insert(stage: .helo, service: "smtp/inet", name: name, argument: nil, state: .on)
    }
    #expect(
      try edited(
        "smtpd_helo_restrictions = permit_sasl_authenticated,\n  permit\n",
        insert("permit_mynetworks"))
        == "smtpd_helo_restrictions = permit_mynetworks, permit_sasl_authenticated,\n  permit\n")
    for end in ["warn_if_reject", "reject_rbl_client"] {
      #expect(
        try edited("smtpd_helo_restrictions = permit_mynetworks \(end)\n", insert("permit"))
          == "smtpd_helo_restrictions = permit_mynetworks permit \(end)\n")
    }
    #expect(throws: EditError.self) { try edited("", insert("reject_rbl_client")) }
    #expect(throws: EditError.self) { try edited("", insert("warn_if_reject")) }
  }

  @Test func changesABareTableAndTakesItBack() throws {
    let original = Fixture.configuration("smtpd_helo_restrictions = hash:/a, permit\n")
    let edit = Edit.setArgument(helo("hash:/a"), "hash:/b")
    let changed = try original.applying([edit])
    #expect(changed.mainText == "smtpd_helo_restrictions = hash:/b, permit\n")
    let inverse = try #require(edit.inverse(in: original))
    #expect(try changed.applying([inverse]) == original)
  }

  @Test func movesOfEqualRestrictionsAreTakenBack() throws {
    let original = Fixture.configuration(
      "smtpd_helo_restrictions = permit, reject_unknown_helo_hostname, permit\n")
    let edit = Edit.move(helo("permit"), offset: 2)
    let inverse = try #require(edit.inverse(in: original))
    #expect(try original.applying([edit, inverse]) == original)
  }
}
