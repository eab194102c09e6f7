import PostfixConfig
import Testing

@testable import ConsoleCore

@Suite struct DraftTests {
  @Test func spaceSwitchesOffAndOnAgain() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character(" "))
    #expect(state.pendingEdits == 1)
    #expect(state.currentGateRow?.state == .off)
    #expect(state.currentGateRow?.isEdited == true)
    #expect(state.candidateText.contains("# reject_non_fqdn_helo_hostname"))
    _ = state.send(.character(" "))
    #expect(state.pendingEdits == 0)
    #expect(state.candidateText == Fixture.mainCF)
  }

  /// A list on one line keeps no trace of what is switched off; the draft does.
  @Test func whatWasSwitchedOffInAOneLineListComesBackToItsPlace() throws {
    let text =
      "smtpd_helo_restrictions = permit_mynetworks, reject_non_fqdn_helo_hostname, reject_invalid_helo_hostname, permit\n"
    var base = Fixture.configuration
    base.main = MainCF(Array(text.utf8))
    for name in ["reject_non_fqdn_helo_hostname", "reject_invalid_helo_hostname"] {
      var draft = Draft(base: base, revision: "1")
      let target = RestrictionTarget(parameter: "smtpd_helo_restrictions", name: name)
      let insertion = Edit.insert(
        stage: .helo, service: "smtp/inet", name: name, argument: nil, state: .on)
      try draft.add(.setState(target, .off))
      #expect(draft.candidate != base)
      try draft.add(insertion)
      #expect(draft.candidate == base && draft.isEmpty)
      // Another edit in between stays.
      try draft.add(.setState(target, .off))
      try draft.add(.setParameter(name: "smtpd_banner", value: "x", service: nil))
      try draft.add(insertion)
      #expect(
        String(decoding: draft.candidate.main.bytes, as: UTF8.self) == text + "smtpd_banner = x\n")
    }
  }

  @Test func tSwitchesBetweenTrialAndOn() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("t"))
    #expect(state.currentGateRow?.state == .trial)
    #expect(state.candidateText.contains("warn_if_reject reject_non_fqdn_helo_hostname"))
    _ = state.send(.character("t"))
    #expect(state.currentGateRow?.state == .on)
    #expect(state.pendingEdits == 0)
  }

  @Test func anOfferedOptionIsInsertedAndKeepsTheCursor() {
    var state = Fixture.state(on: "reject_unknown_helo_hostname")
    guard case .offered(.helo)? = state.currentGateRow?.content else {
      Issue.record("the helo list does not offer reject_unknown_helo_hostname")
      return
    }
    _ = state.send(.character(" "))
    #expect(state.currentGateRow?.id.name == "reject_unknown_helo_hostname")
    #expect(state.currentGateRow?.state == .on)
    #expect(state.currentGateRow?.isEdited == true)
    #expect(state.candidateText.contains("\n    reject_unknown_helo_hostname,"))
    #expect(state.notice?.text.contains("submission") == true)
  }

  @Test func undoAndRedo() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character(" "), .up, .character("t"))
    #expect(state.pendingEdits == 2)
    let both = state.candidateText
    _ = state.send(.character("z"), .character("z"))
    #expect(state.candidateText == Fixture.mainCF)
    #expect(state.pendingEdits == 0)
    _ = state.send(.character("Z"), .character("Z"))
    #expect(state.candidateText == both)
    _ = state.send(.character("Z"))
    #expect(state.notice?.text == "There is no edit to make again.")
    _ = state.send(.character("z"), .character("z"), .character("z"))
    #expect(state.notice?.text == "There is no edit to take back.")
  }

  @Test func filesChangedElsewhereKeepTheDraft() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character(" "))
    var other = Fixture.configuration
    other.main = MainCF(Array(("message_size_limit = 1\n" + Fixture.mainCF).utf8))
    _ = reduce(&state, .configurationLoaded(other, revision: "r2"))
    #expect(state.pendingEdits == 1)
    #expect(state.candidateText.hasPrefix("message_size_limit = 1\n"))
    #expect(state.candidateText.contains("# reject_non_fqdn_helo_hostname"))
  }

  @Test func editsThatNoLongerFitAreDroppedAndSaid() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character(" "))
    var other = Fixture.configuration
    other.main = MainCF(Array("mua_helo_restrictions = permit\n".utf8))
    _ = reduce(&state, .configurationLoaded(other, revision: "r2"))
    #expect(state.pendingEdits == 0)
    #expect(state.notice?.text.contains("no longer fits") == true)
  }

  @Test func aSharedOriginIsSaidBeforeTheChange() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character(" "))
    #expect(state.notice?.text.contains("through mua_helo_restrictions") == true)
    #expect(state.notice?.text.contains("submission") == true)
  }
}
