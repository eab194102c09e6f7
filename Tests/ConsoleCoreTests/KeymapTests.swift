import MailLog
import PostfixConfig
import Testing

@testable import ConsoleCore

@Suite struct KeymapTests {
  private static let everyKey: [Key] =
    (0x20..<0x7F).map { .character(Character(Unicode.Scalar(UInt8($0)))) }
    + "abcdefghijklmnopqrstuvwxyz".map(Key.control)
    + (1...12).map(Key.function)
    + [
      .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backTab,
      .backspace, .delete,
    ]

  /// A state of this context in which every key has something to act upon.
  private func state(in context: KeyContext) -> AppState {
    var state = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    var instance = state.instance
    instance.canGuard = true
    instance.canRehearse = true
    instance.canTimeTrials = true
    instance.canReadBack = true
    _ = reduce(&state, .instance(instance))
    _ = reduce(&state, .confirmWindow(ConfirmWindow(number: 1, deadline: Fixture.now)))
    _ = reduce(&state, .logRows((0..<300).map(Fixture.row)))
    _ = reduce(&state, .sessions((0..<100).map { Fixture.session(Int32($0)) }))
    _ = reduce(&state, .history((1...60).reversed().map(Fixture.change)))
    _ = state.send(.character(" "), .up, .character("t"), .character("z"))
    _ = state.send(.character("/"), .character("e"), .enter)
    switch context {
    case .gate:
      // Between others, so that it can be moved both ways.
      state.gateCursor = GateRow.ID(
        stage: .helo, name: "reject_invalid_helo_hostname", argument: nil, occurrence: 0)
    case .settings:
      _ = state.send(.character("4"))
      state.parameterCursor = "smtpd_helo_required"
      for _ in 0..<3 { _ = state.send(.down) }
      _ = state.send(.home)
      for _ in 0..<10 { _ = state.send(.down) }
    case .history:
      _ = state.send(.character("6"))
      for _ in 0..<30 { _ = state.send(.down) }
    case .prompt:
      _ = state.send(.character(":"))
      _ = state.send(.character("r"), .character("e"), .left)
    case .connections:
      _ = state.send(.tab)
      for _ in 0..<50 { _ = state.send(.down) }
    case .log:
      _ = state.send(.tab, .tab)
      for _ in 0..<50 { _ = state.send(.up) }
    case .popup:
      _ = state.send(.character("?"))
      for _ in 0..<5 { _ = state.send(.down) }
    case .review: openReview(&state)
    case .question: _ = state.send(.control("c"))
    }
    return state
  }

  /// A popup is scrolled, or ends a rehearsal.
  private func states(in context: KeyContext) -> [AppState] {
    guard context == .popup else { return [state(in: context)] }
    var rehearsing = state(in: .gate)
    _ = rehearsing.send(.character("r"))
    return [state(in: .popup), rehearsing]
  }

  private func openReview(_ state: inout AppState) {
    _ = state.send(.character("a"))
    let lines = (0..<100).map { "+line \($0)\n" }.joined()
    let result = ReviewResult(
      edits: state.draft?.edits ?? [], diff: lines,
      findings: [
        .init(
          severity: .warning, findingClass: .hurtsOwnUsers, code: "test",
          location: .init(file: .main, line: 1), message: "A sentence.",
          fix: [.setParameter(name: "smtpd_helo_required", value: "no", service: nil)],
          addedByDraft: true)
      ], preflight: .passed(notes: []))
    _ = reduce(&state, .reviewed(result))
    for _ in 0..<5 { _ = state.send(.down) }
  }

  /// Everything that a key may change.
  private struct Fingerprint: Equatable {
    var popup: Popup?
    var scroll: Int
    var screen: AppState.ScreenID
    var pane: AppState.Pane
    var cursors: [AnyHashable?]
    var service: ServiceID?
    var window: Int
    var flags: [Bool]
    var draft: Draft?
    var review: ReviewState?
    var notice: Notice?
    var prompt: Prompt?
    var typed: [AnyHashable?]

    init(_ state: AppState) {
      popup = state.popup
      scroll = state.popupScroll
      screen = state.screen
      pane = state.pane
      cursors = [
        state.currentGateRow?.id, state.currentSession?.pid, state.log.current,
        state.currentParameter?.name, state.currentChange?.number,
      ]
      prompt = state.prompt
      typed = [
        state.searchText, state.sessionOrder, state.message, state.trialSeconds,
        state.confirmSeconds,
      ]
      service = state.serviceID
      window = state.windowSeconds
      flags = [state.hidesOffers, state.log.isPaused, state.hidesDefaults]
      draft = state.draft
      review = state.review
      notice = state.notice
    }
  }

  @Test("Help lists exactly the keys that work", arguments: KeyContext.allCases)
  func helpIsTheTruth(_ context: KeyContext) {
    let states = states(in: context)
    #expect(states.allSatisfy { $0.context == context })
    for key in Self.everyKey {
      let works = states.contains { before in
        var after = before
        let effects = reduce(&after, .key(key))
        return !effects.isEmpty || Fingerprint(after) != Fingerprint(before)
      }
      let isListed = states.contains { before in
        before.helpLines.contains {
          $0.contexts.contains(context)
            && $0.keys.split(separator: " ").contains { $0 == key.name }
        }
      }
      // Where one is already, there is nothing to go to.
      let here: [KeyContext: [Key]] = [
        .gate: [.escape, .character("1")], .settings: [.character("4")],
      ]
      let leadsHere = here[context]?.contains(key) == true
      if context == .prompt, case .character = key {
        #expect(works, "\(key.name) is typed")
      } else {
        #expect((works || leadsHere) == isListed, "\(key.name) in \(context)")
      }
    }
  }

  @Test func noKeyHasTwoMeaningsInOneContext() {
    for context in KeyContext.allCases {
      let keys = Keymap.bindings(in: context).flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(context)")
    }
  }

  @Test func everyActionHasAKey() {
    #expect(Set(Keymap.bindings.map(\.action)) == Set(Action.allCases))
  }

  @Test(
    "Esc goes back and never quits", arguments: KeyContext.allCases)
  func escapeNeverQuits(_ context: KeyContext) {
    var state = state(in: context)
    for _ in 0..<5 { #expect(!state.send(.escape).contains(.quit)) }
    #expect(state.popup == nil && state.prompt == nil)
  }

  @Test func quittingAsksOnlyWithADraft() {
    var clean = Fixture.state()
    #expect(clean.send(.character("q")) == [.quit])
    var drafted = Fixture.state(on: "reject_non_fqdn_helo_hostname")
    _ = drafted.send(.character(" "))
    #expect(drafted.send(.character("q")).isEmpty)
    #expect(drafted.popup == .question(.quitWithDraft))
    #expect(drafted.send(.character("n")).isEmpty)
    #expect(drafted.popup == nil)
    #expect(drafted.send(.character("q"), .character("y")) == [.quit])
    #expect(reduce(&drafted, .terminate) == [.quit])
  }

  @Test func qGoesBackFirst() {
    var state = Fixture.state()
    _ = state.send(.character("2"), .character("?"))
    #expect(state.send(.character("q")).isEmpty)
    #expect(state.popup == nil && state.screen == .connections)
    #expect(state.send(.character("q")).isEmpty)
    #expect(state.screen == .gate)
    #expect(state.send(.character("q")) == [.quit])
  }

  @Test func jobControlAndRedraw() {
    var state = Fixture.state()
    #expect(state.send(.control("z")) == [.suspend])
    #expect(state.send(.control("l")) == [.redraw])
    #expect(reduce(&state, .suspendRequested) == [.suspend])
    #expect(reduce(&state, .continued) == [.redraw])
  }

  @Test func screensPanesServicesAndPopups() {
    var state = Fixture.state()
    #expect(state.context == .gate)
    _ = state.send(.tab)
    #expect(state.context == .connections)
    _ = state.send(.tab)
    #expect(state.context == .log)
    _ = state.send(.backTab, .left)
    #expect(state.context == .gate)
    _ = state.send(.character("3"))
    #expect(state.screen == .log)
    _ = state.send(.character("1"), .character("s"))
    #expect(state.service?.service.name == "submission")
    _ = state.send(.character("@"))
    #expect(state.popup == .commands)
    #expect(state.send(.escape, .character("R")) == [.rereadConfiguration])
    #expect(state.send(.character("U"), .character("y")) == [.undoLastChange])
  }
}
