import Testing

@testable import PostfixConfig

@Suite struct EditTests {
  private func changedLines(_ old: Configuration, _ new: Configuration) -> Int {
    unifiedDiff(
      old: old.main.bytes, new: new.main.bytes, oldLabel: "a", newLabel: "b", context: 0
    ).split(separator: "\n").count { $0.hasPrefix("-") && !$0.hasPrefix("---") }
  }

  @Test func togglingEveryRestrictionOffAndOnKeepsTheBytes() throws {
    for text in [Fixture.tutorial, Fixture.tutorial.replacing("\n", with: "\r\n")] {
      let original = Fixture.configuration(text)
      let list = try #require(original.list(.helo)).restrictions
      for restriction in list {
        var draft = original
        try draft.apply(.setState(restriction.target, .off))
        #expect(changedLines(original, draft) == 1)
        #expect(draft.list(.helo)?.restrictions.map(\.name) == list.map(\.name))
        try draft.apply(.setState(restriction.target, .on))
        #expect(draft.mainText == original.mainText)
        guard Catalog.restriction(named: restriction.name)?.refuses == true else { continue }
        try draft.apply(.setState(restriction.target, .trial))
        #expect(changedLines(original, draft) == 1)
        try draft.apply(.setState(restriction.target, .on))
        #expect(draft.mainText == original.mainText)
      }
    }
  }

  @Test func oneLineListsStayOnOneLine() throws {
    var draft = Fixture.configuration(Fixture.tutorial)
    let target = try #require(draft.list(.sender)?.restrictions[1].target)
    try draft.apply(.setState(target, .off))
    #expect(
      draft.mainText.contains(
        "smtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domain\n"))
    try draft.apply(
      .insert(
        stage: .sender, service: "smtp/inet", name: "reject_non_fqdn_sender", argument: nil,
        state: .on))
    #expect(draft.mainText == Fixture.tutorial)
  }

  @Test func insertsWhereItWorks() throws {
    var draft = Fixture.configuration(Fixture.tutorial)
    try draft.apply(
      .insert(
        stage: .helo, service: "smtp/inet", name: "reject_unknown_helo_hostname", argument: nil,
        state: .on))
    #expect(
      draft.mainText.contains(
        "    reject_non_fqdn_helo_hostname,\n    reject_unknown_helo_hostname,\n    permit\n"))
    try draft.apply(
      .insert(
        stage: .relay, service: "smtp/inet", name: "reject_unauth_destination", argument: nil,
        state: .on))
    let relay = try #require(draft.list(.relay)).restrictions.map(\.name)
    #expect(
      relay == [
        "permit_mynetworks", "permit_sasl_authenticated", "reject_unauth_destination",
        "defer_unauth_destination",
      ])
  }

  @Test func editsOverridesInMaster() throws {
    let original = Fixture.configuration(Fixture.tutorial)
    var draft = original
    let list = try #require(draft.list(.client, of: "submission/inet")).restrictions
    try draft.apply(.setState(list[1].target, .trial))
    #expect(
      draft.masterText.contains("=permit_sasl_authenticated,warn_if_reject,reject\n"))
    try draft.apply(.setState(list[1].target, .on))
    #expect(draft.masterText == original.masterText)
    try draft.apply(
      .setParameter(name: "smtpd_helo_required", value: "yes", service: "submission/inet"))
    #expect(draft.value(of: "smtpd_helo_required", service: ServiceID("submission")) == "yes")
    try draft.apply(.resetParameter(name: "smtpd_helo_required", service: "submission/inet"))
    #expect(draft.masterText == original.masterText)
  }

  @Test func movesRemovesAndSetsArguments() throws {
    var draft = Fixture.configuration(
      "smtpd_recipient_restrictions =\n    reject_rbl_client a.example\n    # note\n    reject_unauth_destination\n"
    )
    let first = try #require(draft.list(.recipient)).restrictions[0].target
    try draft.apply(.setArgument(first, "b.example"))
    #expect(draft.mainText.contains("    reject_rbl_client b.example\n"))
    let changed = try #require(draft.list(.recipient)).restrictions[0].target
    try draft.apply(.move(changed, offset: 1))
    #expect(
      draft.mainText
        == "smtpd_recipient_restrictions =\n    reject_unauth_destination\n    # note\n    reject_rbl_client b.example\n"
    )
    try draft.apply(.remove(changed))
    #expect(draft.mainText.hasSuffix("    reject_unauth_destination\n    # note\n"))
    #expect(throws: EditError.self) { try draft.apply(.setState(changed, .off)) }
  }

  @Test func setsAndResetsParameters() throws {
    var list = Fixture.configuration("x =\n    a\n    # note\ny=1\n")
    try list.apply(.setParameter(name: "x", value: "b", service: nil))
    try list.apply(.setParameter(name: "y", value: "2", service: nil))
    #expect(list.mainText == "x = b\n    # note\ny=2\n")
    var draft = Fixture.configuration("a = 1\n# note\nb = x\n   # inner\n   y\nc = 3")
    try draft.apply(.setParameter(name: "b", value: "z", service: nil))
    #expect(draft.mainText == "a = 1\n# note\nb = z\n   # inner\nc = 3")
    try draft.apply(.setParameter(name: "d", value: "4", service: nil))
    #expect(draft.mainText.hasSuffix("c = 3\nd = 4\n"))
    try draft.apply(.resetParameter(name: "b", service: nil))
    #expect(draft.mainText == "a = 1\n# note\n   # inner\nc = 3\nd = 4\n")
  }
}
