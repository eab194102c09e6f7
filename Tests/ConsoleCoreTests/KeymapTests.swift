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
      flags = [state.showsOffenders, state.hidesOffers, state.log.isPaused, state.hidesDefaults]
      draft = state.draft
      review = state.review
      notice = state.notice
    }
  }

  @Test("Help lists exactly the keys that work", arguments: KeyContext.allCases)
  func helpIsTheTruth(_ context: KeyContext) {
    let states = KeyStates.states(in: context)
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
    var state = KeyStates.state(in: context)
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
