import PostfixConfig
import Testing

@testable import ConsoleCore

/// What would it have done? The way of the question and of its answer.
@Suite struct RehearsalViewTests {
  private let name = "reject_non_fqdn_helo_hostname"
  private let report = RehearsalReport(
    subject: "the draft",
    rows: [.init(restriction: "reject_x", grade: "exact", lostMessages: 3, lostClients: 1)],
    victims: (1...7).map { number in
      .init(
        client: "host\(number)[192.0.2.\(number)]", senderDomain: "example.net", messages: number,
        acceptedBefore: 40 + number, lastSeen: "yesterday", restriction: "reject_x",
        reply: "550 no", exception: "\"192.0.2.\(number) OK\" before it")
    }, summary: ["Of 9 accepted mails 3 would have been refused."], coverage: ["Judged: 9 of 9."],
    unknowns: ["what the milters would answer"], lacksHelo: true)

  private func state() -> AppState {
    var state = Fixture.state(on: name)
    var instance = state.instance
    instance.canRehearse = true
    _ = reduce(&state, .instance(instance))
    return state
  }

  private func text(_ state: AppState) -> String {
    state.popupText?.lines.map(\.text).joined(separator: "\n") ?? ""
  }

  private func rehearsed(_ effects: [Effect]) -> (edits: [Edit], subject: String)? {
    guard case .rehearse(let edits, _, _, let subject)? = effects.first else { return nil }
    return (edits, subject)
  }

  @Test func anAnswerToAnotherDraftSaysSo() {
    var state = state()
    _ = state.send(.character(" "), .character("r"))
    #expect(!text(state).contains("not of the present draft"))
    _ = state.send(.escape, .up, .character(" "), .character("r"))
    #expect(text(state).contains("not of the present draft: end it (x)"))
    _ = reduce(&state, .rehearsal(.finished(report)))
    #expect(text(state).contains("not of the present draft: go back"))
  }

  @Test func itIsTheDraftOrTheRowUnderTheCursor() {
    var state = state()
    let row = rehearsed(state.send(.character("r")))
    #expect(row?.subject == "\(name), switched off" && row?.edits.count == 1)
    #expect(state.pendingEdits == 0, "asking changes nothing")
    _ = reduce(&state, .rehearsal(.finished(report)))
    _ = state.send(.escape, .character(" "))
    let draft = rehearsed(state.send(.character("r")))
    #expect(draft?.subject == "the draft" && draft?.edits == state.draft?.edits)
  }

  @Test func theAnswerHasAllOfIt() {
    var state = state()
    _ = state.send(.character("r"))
    _ = reduce(&state, .rehearsal(.running(step: "asking Postfix, 5 of 10", progress: 0.5)))
    #expect(text(state).contains("asking Postfix, 5 of 10… 50%"))
    #expect(state.send(.character("x")) == [.cancelRehearsal])
    _ = reduce(&state, .rehearsal(.finished(report)))
    for part in [
      "Of 9 accepted mails", "Judged: 9 of 9", "grade         exact", "host7[192.0.2.7]",
      "7 lost, 47 accepted before, last yesterday, by reject_x", "550 no",
      "saved by \"192.0.2.1 OK\" before it", "what the milters would answer",
      "H has Postfix record them",
    ] { #expect(text(state).contains(part), "\(part)") }
    #expect(state.popupLimit > 0)
    _ = state.send(.end)
    #expect(state.popupScroll == state.popupLimit)
  }

  @Test func anAnswerThatNobodyLookedAtIsAnnouncedAndWaits() {
    var state = state()
    _ = state.send(.character("r"), .escape)
    _ = reduce(&state, .rehearsal(.finished(report)))
    #expect(state.popup == nil && state.notice?.text.contains("r shows it") == true)
    #expect(state.send(.character("r")).isEmpty)
    #expect(state.popup == .rehearsal)
    #expect(state.send(.escape, .character("r")).count == 1, "a new one")
  }

  @Test func theReviewTellsWhatTheRehearsalOfThisDraftSaid() {
    var state = state()
    _ = state.send(.character(" "), .character("a"))
    #expect(rehearsed(state.send(.character("r"))) != nil)
    _ = reduce(&state, .rehearsal(.finished(report)))
    _ = state.send(.escape)
    #expect(state.popup == .review)
    #expect(text(state).contains("Rehearsed\nOf 9 accepted mails"))
    #expect(text(state).contains("and 2 more"))
    // Another draft is another question.
    _ = state.send(.escape, .up, .character("t"), .character("a"))
    #expect(!text(state).contains("Rehearsed"))
  }

  @Test func recentClientsThatWouldBeRefusedAreReadBeforeTheYes() {
    var state = state()
    _ = state.send(.character(" "), .character("a"), .enter)
    let edits = state.draft?.edits ?? []
    let hurting = ReviewResult(
      edits: edits, diff: "", findings: [], preflight: .passed(notes: []),
      consequences: [
        "recently accepted mail: 2 would now be refused", "  a[192.0.2.1] from b: 550",
      ])
    #expect(reduce(&state, .reviewed(hurting)).isEmpty, "Enter before the news is no yes to it")
    #expect(text(state).contains("2 would now be refused\n  a[192.0.2.1] from b: 550"))
    guard case .apply? = state.send(.enter).first else {
      Issue.record("Enter after it is")
      return
    }
  }

  @Test(arguments: [true, false])
  func aFileOfAnotherProgramOrWithOtherNamesTakesAYes(_ isForeign: Bool) {
    var state = state()
    _ = state.send(.character(" "), .character("a"), .enter)
    var result = ReviewResult(
      edits: state.draft?.edits ?? [], diff: "", findings: [], preflight: .passed(notes: []))
    let reason = "main.cf is generated by Example, or has 2 names"
    if isForeign { result.foreignOwner = reason } else { result.otherNames = reason }
    #expect(reduce(&state, .reviewed(result)).isEmpty && state.send(.enter).isEmpty)
    #expect(text(state).contains("generated by Example"))
    guard case .apply? = state.send(.character("y")).first else {
      Issue.record("y applies it")
      return
    }
  }

  @Test func theRecordingOfHeloNamesIsExplainedAndGoesIntoTheDraft() {
    var state = state()
    _ = state.send(.character("H"))
    #expect(text(state).contains("refuses nobody and permits nobody"))
    _ = state.send(.character("n"))
    #expect(state.popup == nil && state.pendingEdits == 0)
    let effects = state.send(.character("H"), .character("y"))
    guard case .review? = effects.first else {
      Issue.record("its draft is reviewed")
      return
    }
    #expect(state.candidateText.contains("smtpd_data_restrictions = check_helo_access static:INFO"))
    _ = reduce(&state, .applied(number: 1, message: ""))
    _ = state.send(.character("H"))
    #expect(text(state).contains("out again?"))
    _ = state.send(.character("y"))
    #expect(!state.candidateText.contains("static:INFO"))
  }
}
