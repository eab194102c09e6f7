import PostfixConfig
import Testing

@testable import ConsoleCore

@Suite struct ReviewTests {
  private func drafted(readOnly: Bool = false) -> AppState {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname", readOnly: readOnly)
    _ = state.send(.character(" "))
    return state
  }

  private func result(
    _ state: AppState, _ findingClass: FindingClass? = nil,
    preflight: PreflightVerdict = .passed(notes: [])
  ) -> ReviewResult {
    let findings = findingClass.map { kind in
      [
        Finding(
          severity: .error, findingClass: kind, code: "test",
          location: SourceLocation(file: .main, line: 4), message: "A sentence.",
          addedByDraft: true)
      ]
    }
    return ReviewResult(
      edits: state.draft?.edits ?? [], diff: "-a\n+b\n", findings: findings ?? [],
      preflight: preflight)
  }

  private func isApply(_ effects: [Effect]) -> Bool {
    if case .apply? = effects.first { true } else { false }
  }

  @Test func threeKeysToALiveChange() {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = state.send(.character(" "))
    let edits = state.draft?.edits ?? []
    #expect(state.send(.character("a")) == [.review(edits: edits, revision: "r1")])
    #expect(state.popup == .review)
    #expect(state.review?.diff.contains("+    # reject_non_fqdn_helo_hostname") == true)
    #expect(reduce(&state, .reviewed(result(state))).isEmpty)
    let effects = state.send(.enter)
    #expect(
      effects == [
        .apply(
          edits: edits, revision: "r1", message: "reject_non_fqdn_helo_hostname off",
          confirmSeconds: nil, trialSeconds: nil)
      ])
    _ = reduce(&state, .applyProgress("reloading"))
    #expect(state.review?.phase == .applying("reloading"))
    _ = reduce(&state, .applied(number: 1, message: "Change 1 is live."))
    #expect(state.popup == nil)
    #expect(state.pendingEdits == 0)
    #expect(state.currentGateRow?.isEdited == false)
    #expect(state.notice?.text == "Change 1 is live.")
  }

  @Test func enterWhileCheckingAppliesOnlyWhatIsClean() {
    var clean = drafted()
    _ = clean.send(.character("a"), .enter)
    #expect(isApply(reduce(&clean, .reviewed(result(clean)))))
    var hurting = drafted()
    _ = hurting.send(.character("a"), .enter)
    #expect(reduce(&hurting, .reviewed(result(hurting, .hurtsOwnUsers))).isEmpty)
  }

  @Test("What blocks is never applied", arguments: FindingClass.allCases.filter(\.blocks))
  func blocked(_ kind: FindingClass) {
    var state = drafted()
    _ = state.send(.character("a"))
    _ = reduce(&state, .reviewed(result(state, kind)))
    #expect(state.send(.enter).isEmpty)
    #expect(state.send(.character("y")).isEmpty)
    #expect(state.notice?.kind == .error || state.review?.result?.isBlocked == true)
  }

  @Test func thePreflightBlocksToo() {
    var state = drafted()
    _ = state.send(.character("a"))
    let verdict = PreflightVerdict.blocked([Problem(reason: "fatal: bad value")])
    _ = reduce(&state, .reviewed(result(state, preflight: verdict)))
    #expect(state.send(.enter).isEmpty)
  }

  @Test func hurtingOwnUsersTakesAYes() {
    var state = drafted()
    _ = state.send(.character("a"))
    _ = reduce(&state, .reviewed(result(state, .hurtsOwnUsers)))
    #expect(state.send(.enter).isEmpty)
    #expect(isApply(state.send(.character("y"))))
  }

  @Test func aResultForOtherEditsIsIgnored() {
    var state = drafted()
    _ = state.send(.character("a"))
    var stale = result(state)
    stale.edits = []
    _ = reduce(&state, .reviewed(stale))
    #expect(state.review?.phase == .checking)
  }

  @Test func aFailureIsShownAndCanBeTriedAgain() {
    var state = drafted()
    _ = state.send(.character("a"))
    _ = reduce(&state, .reviewed(result(state)))
    _ = state.send(.enter)
    _ = reduce(&state, .applyFailed([Problem(file: "main.cf", line: 3, reason: "locked")]))
    #expect(state.popupText?.lines.contains { $0.spans[0].text.contains("main.cf:3") } == true)
    guard case .review? = state.send(.enter).first else {
      Issue.record("Enter does not check again")
      return
    }
    #expect(state.pendingEdits == 1)
  }

  @Test func readOnlyRefusesInOnePlace() {
    var state = drafted(readOnly: true)
    _ = state.send(.character("a"))
    _ = reduce(&state, .reviewed(result(state)))
    #expect(state.send(.enter).isEmpty)
    #expect(state.notice?.text.contains("not root") == true)
    #expect(state.send(.escape, .character("U"), .character("y")).isEmpty)
    #expect(state.notice?.text.contains("Read-only") == true)
  }

  @Test func anEmptyDraftHasNothingToReview() {
    var state = Fixture.state()
    #expect(state.send(.character("a")).isEmpty)
    #expect(state.popup == nil)
    #expect(state.notice != nil)
  }

  @Test func confirmWindowKeys() {
    var state = drafted()
    _ = state.send(.character("a"))
    _ = reduce(&state, .reviewed(result(state)))
    #expect(state.send(.character("c")).isEmpty)
    var instance = state.instance
    instance.canGuard = true
    _ = reduce(&state, .instance(instance))
    guard case .apply(_, _, _, let seconds, _)? = state.send(.character("c"), .enter).first else {
      Issue.record("Enter does not apply")
      return
    }
    #expect(seconds == AppState.confirmSeconds)
    _ = reduce(&state, .applied(number: 7, message: "Live."))
    _ = reduce(&state, .confirmWindow(ConfirmWindow(number: 7, deadline: Fixture.now)))
    #expect(state.send(.character("c")) == [.keepChange(number: 7)])
    #expect(state.send(.character("b")) == [.takeBackChange(number: 7)])
  }
}
