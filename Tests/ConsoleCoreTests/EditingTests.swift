import PostfixConfig
import Testing

@testable import ConsoleCore

/// Editing by picking: nothing can be mistyped, everything can be taken back.
@Suite struct EditingTests {
  private func typing(_ text: String, into state: inout AppState) -> [Effect] {
    var effects: [Effect] = []
    for character in text { effects = state.send(.character(character)) }
    return effects
  }

  @Test func aRestrictionIsPickedFromTheCatalog() throws {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("i"))
    let all = try #require(state.prompt?.candidates)
    #expect(all.contains { $0.text == "reject_unknown_helo_hostname" })
    #expect(!all.contains { $0.text == "warn_if_reject" })
    _ = typing("unknown_helo", into: &state)
    #expect(state.prompt?.candidates.map(\.text) == ["reject_unknown_helo_hostname"])
    #expect(state.prompt?.current?.detail.isEmpty == false)
    #expect(state.prompt?.current?.warning.isEmpty == false)
    #expect(state.prompt?.note?.text.contains("is added") == true)
    _ = state.send(.enter)
    #expect(state.prompt == nil && state.pendingEdits == 1)
    #expect(state.currentGateRow?.id.name == "reject_unknown_helo_hostname")
    _ = state.send(.character("z"))
    #expect(state.candidateText == Fixture.mainCF)
  }

  @Test func whatIsNotInTheCatalogCannotBeTaken() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("i"))
    _ = typing("reject_everything", into: &state)
    #expect(state.prompt?.candidates.isEmpty == true)
    _ = state.send(.enter)
    #expect(state.prompt != nil && state.pendingEdits == 0)
    _ = state.send(.escape)
    #expect(state.prompt == nil)
  }

  @Test func argumentsCompleteTypesAndFiles() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("i"))
    _ = typing("check_helo_access", into: &state)
    _ = state.send(.enter)
    #expect(state.prompt?.candidates.map(\.text) == ["hash:"])
    #expect(state.send(.tab) == [.listFiles(prefix: "/")])
    #expect(state.prompt?.input.text == "hash:")
    let effects = typing("/etc/postfix/he", into: &state)
    #expect(effects == [.listFiles(prefix: "/etc/postfix/")])
    _ = reduce(
      &state,
      .files(
        prefix: "/etc/postfix/", names: ["/etc/postfix/helo_access", "/etc/postfix/main.cf"]))
    #expect(state.prompt?.candidates.map(\.text) == ["hash:/etc/postfix/helo_access"])
    _ = state.send(.tab, .enter)
    #expect(state.candidateText.contains("check_helo_access hash:/etc/postfix/helo_access"))
  }

  @Test func anArgumentIsChangedAndARestrictionRemoved() {
    var state = Fixture.state(on: "reject_invalid_helo_hostname")
    _ = state.send(.character("x"))
    #expect(!state.candidateText.contains("reject_invalid_helo_hostname"))
    #expect(state.notice?.text.contains("reject_invalid_helo_hostname is dropped") == true)
    #expect(state.currentGateRow?.id.name == "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("z"), .character("e"))
    #expect(state.prompt == nil && state.notice?.text.contains("no argument") == true)
  }

  @Test func aMoveSaysWhatItDoes() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("J"))
    #expect(state.notice?.text.contains("never reached") == true)
    #expect(state.notice?.kind == .warning)
    #expect(state.currentGateRow?.id.name == "reject_non_fqdn_helo_hostname")
    _ = state.send(.character("K"))
    #expect(state.pendingEdits == 0)
    _ = state.send(.character("K"))
    #expect(state.notice?.text.contains("is moved") == true)
  }

  @Test func aSharedOriginIsKnownBeforeTheEdit() throws {
    let state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    let row = try #require(state.currentGateRow)
    #expect(state.sharing(of: row)?.contains("submission") == true)
  }

  @Test func aParameterIsValidatedWhileItIsTyped() {
    var state = Fixture.state()
    _ = state.send(.character("4"))
    state.parameterCursor = "smtpd_helo_required"
    _ = state.send(.character("e"))
    #expect(state.prompt?.input.text == "yes")
    #expect(state.prompt?.candidates.map(\.text).contains("no") == true)
    _ = typing("!", into: &state)
    #expect(state.prompt?.note?.kind == .error)
    _ = state.send(.enter)
    #expect(state.prompt != nil && state.pendingEdits == 0)
    _ = state.send(.control("u"))
    _ = typing("no", into: &state)
    _ = state.send(.enter)
    #expect(state.candidateText.contains("smtpd_helo_required = no"))
    #expect(state.currentParameter?.isEdited == true)
    _ = state.send(.character("x"))
    #expect(state.currentParameter?.isSet == false)
  }

  @Test func aPresetShowsItsDiffBeforeAnythingIsWritten() {
    var state = Fixture.state()
    _ = state.send(.character("P"), .enter)
    guard case .diff(let diff)? = state.popup else {
      Issue.record("no diff is shown")
      return
    }
    #expect(diff.contains("+disable_vrfy_command = yes"))
    #expect(state.pendingEdits > 1)
  }

  @Test func aPasteIsTextAndNeverKeys() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    #expect(reduce(&state, .pasted("x\nq")) == [])
    #expect(state.pendingEdits == 0)
    _ = state.send(.character(":"))
    _ = reduce(&state, .pasted("quit\n"))
    #expect(state.prompt?.input.text == "quit ")
  }

  @Test func theReviewTakesReasonWindowAndFix() throws {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    var instance = state.instance
    instance.canGuard = true
    _ = reduce(&state, .instance(instance))
    _ = state.send(.character(" "), .character("a"), .character("m"), .control("u"))
    _ = typing("ticket 7", into: &state)
    _ = state.send(.enter, .character("w"), .control("u"))
    _ = typing("300", into: &state)
    _ = state.send(.enter, .character("c"))
    #expect(state.popupText?.lines.contains { $0.spans.contains { $0.text == "ticket 7" } } == true)
    let fix = Edit.setParameter(name: "smtpd_helo_required", value: "no", service: nil)
    let finding = Finding(
      severity: .hint, findingClass: .style, code: "t",
      location: SourceLocation(file: .main, line: 1), message: "A sentence.", fix: [fix])
    _ = reduce(
      &state,
      .reviewed(
        ReviewResult(
          edits: state.draft?.edits ?? [], diff: "", findings: [finding],
          preflight: .passed(notes: []))))
    var fixed = state
    _ = fixed.send(.character("f"))
    #expect(fixed.draft?.edits.last == fix && fixed.popup == nil)
    guard case .apply(_, _, let message, let seconds, _)? = state.send(.enter).first else {
      Issue.record("Enter does not apply")
      return
    }
    #expect(message == "ticket 7" && seconds == 300)
  }

  @Test func aTrialForATimeIsAChangeOfItsOwn() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    var instance = state.instance
    instance.canTimeTrials = true
    _ = reduce(&state, .instance(instance))
    _ = state.send(.character("T"), .control("u"))
    _ = typing("2x", into: &state)
    _ = state.send(.enter)
    #expect(state.prompt?.note?.kind == .error)
    _ = state.send(.backspace, .character("h"), .enter)
    #expect(state.currentGateRow?.state == .trial && state.trialSeconds == 7200)
    var other = state
    _ = other.send(.up, .character(" "))
    #expect(other.trialSeconds == nil && other.notice?.text.contains("no end") == true)
    _ = other.send(.character("T"))
    #expect(other.prompt == nil && other.notice?.text.contains("of its own") == true)
    _ = state.send(.character("a"))
    _ = reduce(
      &state,
      .reviewed(
        ReviewResult(
          edits: state.draft?.edits ?? [], diff: "", findings: [],
          preflight: .passed(notes: []))))
    guard case .apply(_, _, _, _, 7200)? = state.send(.enter).first else {
      Issue.record("Enter does not apply with the trial's end")
      return
    }
  }
}
