import PostfixConfig
import Testing

@testable import ConsoleCore

/// Every key of the table does, in every place where the table has it, what the table says.
///
/// The tests walk the table itself: an action without a judge, or a key whose judge is not satisfied in one
/// of its places, fails.
@Suite struct KeyEffectTests {
  /// Tells whether an action did its work, from the states before and after and from the effects.
  typealias Judge = @Sendable (AppState, AppState, [Effect]) -> Bool

  private static let judges: [Action: Judge] = moving.merging(screens) { $1 }
    .merging(editing) { $1 }.merging(looking) { $1 }.merging(finding) { $1 }
    .merging(answering) { $1 }.merging(typing) { $1 }.merging(leaving) { $1 }

  @Test func everyActionHasAJudge() {
    #expect(Set(Self.judges.keys) == Set(Action.allCases))
  }

  @Test("Each key does its work in each of its places", arguments: Keymap.bindings.indices)
  func keyWorks(_ index: Int) throws {
    let binding = Keymap.bindings[index]
    let judge = try #require(Self.judges[binding.action])
    for context in binding.contexts {
      for key in binding.keys {
        let works = KeyStates.states(in: context).contains { before in
          var after = before
          let effects = reduce(&after, .key(key))
          return before.isAvailable(binding.action) && judge(before, after, effects)
        }
        #expect(works, "\(key.name) (\(binding.action)) in \(context)")
      }
    }
  }

  private static func place(_ state: AppState) -> Int {
    switch state.context {
    case .gate:
      let id = state.currentGateRow?.id
      return state.gateRows.filter(\.isSelectable).firstIndex { $0.id == id } ?? -1
    case .connections:
      return state.sessions.firstIndex { $0.pid == state.currentSession?.pid } ?? -1
    case .log: return (state.log.current ?? 0) - state.log.dropped
    case .settings:
      return state.parameters.firstIndex { $0.name == state.currentParameter?.name } ?? -1
    case .history:
      return state.changes?.firstIndex { $0.number == state.currentChange?.number } ?? -1
    case .popup, .review, .question: return state.popupScroll
    case .prompt: return state.prompt?.selected ?? -1
    }
  }

  private static func count(_ state: AppState) -> Int {
    switch state.context {
    case .gate: state.gateRows.filter(\.isSelectable).count
    case .connections: state.sessions.count
    case .log: state.log.rows.count
    case .settings: state.parameters.count
    case .history: state.changes?.count ?? 0
    default: state.popupLimit + 1
    }
  }

  /// Where the restriction under the cursor stands in its list.
  private static func position(_ state: AppState) -> Int? {
    guard let id = state.currentGateRow?.id else { return nil }
    return state.service?.lists.first { $0.stage == id.stage }?.restrictions
      .firstIndex { $0.name == id.name }
  }

  private static func asks(_ wanted: @escaping @Sendable (Prompt.Purpose) -> Bool) -> Judge {
    { _, after, _ in after.prompt.map { wanted($0.purpose) } == true }
  }

  private static func opens(_ popup: Popup) -> Judge { { _, after, _ in after.popup == popup } }

  private static func wants(_ effect: Effect) -> Judge { { $2.contains(effect) } }

  private static func shows(_ screen: AppState.ScreenID) -> Judge {
    { _, after, _ in after.screen == screen && after.popup == nil }
  }

  private static let moving: [Action: Judge] = [
    .up: { before, after, _ in place(after) == place(before) - 1 },
    .down: { before, after, _ in place(after) == place(before) + 1 },
    .pageUp: { before, after, _ in place(after) < place(before) - 1 },
    .pageDown: { before, after, _ in place(after) > place(before) + 1 },
    .first: { _, after, _ in place(after) == 0 },
    .last: { _, after, _ in place(after) == count(after) - 1 },
    .focusNext: { before, after, _ in
      after.screen != before.screen || after.pane != before.pane
    },
    .focusPrevious: { before, after, _ in
      var back = after
      _ = back.send(.tab)
      return (after.screen != before.screen || after.pane != before.pane)
        && back.screen == before.screen && back.pane == before.pane
    },
  ]

  private static let screens: [Action: Judge] = [
    .gateScreen: shows(.gate), .connectionsScreen: shows(.connections), .logScreen: shows(.log),
    .settingsScreen: { before, after, effects in
      shows(.settings)(before, after, effects) && !after.parameters.isEmpty
    },
    .historyScreen: { before, after, effects in
      shows(.history)(before, after, effects) && effects.contains(.readHistory)
    },
  ]

  private static let editing: [Action: Judge] = [
    .toggle: { before, after, _ in
      after.currentGateRow?.state == (before.currentGateRow?.state == .off ? .on : .off)
        && after.draft != before.draft
    },
    .trial: { before, after, _ in
      before.currentGateRow?.state != .trial && after.currentGateRow?.state == .trial
    },
    .trialFor: asks { if case .trialLength = $0 { true } else { false } },
    .insert: asks { if case .restriction = $0 { true } else { false } },
    .remove: { before, after, _ in
      switch after.draft?.edits.last {
      case .remove, .resetParameter: after.draft != before.draft
      default: false
      }
    },
    .moveUp: { before, after, _ in
      position(before).map { position(after) == $0 - 1 } == true
    },
    .moveDown: { before, after, _ in
      position(before).map { position(after) == $0 + 1 } == true
    },
    .edit: asks {
      switch $0 {
      case .argument, .parameter: true
      default: false
      }
    },
    .preset: asks { $0 == .preset },
    .review: { before, after, effects in
      guard case .review? = effects.first else { return false }
      return after.popup == .review && before.pendingEdits > 0
    },
    .diff: { _, after, _ in
      if case .diff(let diff) = after.popup { !diff.isEmpty } else { false }
    },
    .undoEdit: { before, after, _ in after.pendingEdits == before.pendingEdits - 1 },
    .redoEdit: { before, after, _ in after.pendingEdits == before.pendingEdits + 1 },
    .undoChange: { before, after, _ in
      after.popup
        == .question(.undoChange(before.screen == .history ? before.currentChange?.number : nil))
    },
    .keep: wants(.keepChange(number: 1)), .takeBack: wants(.takeBackChange(number: 1)),
  ]

  private static let looking: [Action: Judge] = [
    .open: { before, after, _ in
      switch (before.context, after.popup) {
      case (.gate, .row), (.connections, .session), (.log, .logLine), (.settings, .parameter),
        (.history, .change):
        true
      default: false
      }
    },
    .rehearse: { _, after, effects in
      guard case .rehearse? = effects.first else { return false }
      return after.popup == .rehearsal && after.isRehearsing
    },
    .cancelRehearsal: wants(.cancelRehearsal),
    .recordHelo: opens(.question(.recordHelo(true))),
    .offered: { before, after, _ in
      before.screen == .settings
        ? after.hidesDefaults != before.hidesDefaults && after.parameters.count < count(before)
        : after.hidesOffers != before.hidesOffers && after.gateRows.count < before.gateRows.count
    },
    .service: { before, after, _ in after.service?.service != before.service?.service },
    .window: { _, after, effects in
      effects == [.setWindow(seconds: after.windowSeconds)] && after.snapshot == nil
    },
    .pause: { before, after, _ in after.log.isPaused != before.log.isPaused },
    .sortNext: { before, after, _ in after.sessionOrder.column == .address },
    .sortPrevious: { before, after, _ in after.sessionOrder.column == .verdict },
    .sortReverse: { before, after, _ in
      after.sessionOrder.isReversed && after.sessions == before.sessions.reversed()
    },
    .offenders: { before, after, _ in
      after.screen == .connections
        && after.showsOffenders == !(before.screen == .connections && before.showsOffenders)
    },
    .commands: opens(.commands), .reread: wants(.rereadConfiguration),
  ]

  private static let finding: [Action: Judge] = [
    .search: asks { $0 == .search }, .filter: asks { $0 == .filter },
    .commandLine: asks { $0 == .command }, .goToTime: asks { $0 == .time },
    .searchNext: { before, after, _ in place(after) != place(before) },
    .searchPrevious: { before, after, _ in place(after) != place(before) },
  ]

  private static let answering: [Action: Judge] = [
    .apply: { _, after, effects in
      guard case .apply? = effects.first, case .applying? = after.review?.phase else {
        return false
      }
      return true
    },
    .applyGuarded: { before, after, _ in after.review?.isGuarded == true },
    .confirmTime: asks { $0 == .confirmSeconds }, .message: asks { $0 == .message },
    .fix: { before, after, _ in
      after.pendingEdits == before.pendingEdits + 1 && after.popup == nil
    },
    .yes: { before, _, effects in
      if before.popup == .review, case .apply? = effects.first { return true }
      return effects == [.quit]
    },
    .no: { before, after, _ in before.popup != nil && after.popup == nil },
  ]

  private static let typing: [Action: Judge] = [
    .accept: { _, after, _ in after.prompt == nil },
    .complete: { before, after, _ in
      after.prompt?.input.text.hasPrefix(before.prompt?.input.text ?? "?") == true
        && after.prompt?.input.text != before.prompt?.input.text
    },
    .nextCandidate: { _, after, _ in after.prompt?.selected == 0 },
    .previousCandidate: { before, after, _ in
      after.prompt?.selected == (before.prompt?.candidates.count ?? 0) - 1
    },
    .cursorLeft: { _, after, _ in after.prompt?.input.cursor == 0 },
    .cursorRight: { _, after, _ in after.prompt?.input.cursor == 2 },
    .cursorStart: { _, after, _ in after.prompt?.input.cursor == 0 },
    .cursorEnd: { _, after, _ in after.prompt?.input.cursor == 2 },
    .deleteBackward: { _, after, _ in after.prompt?.input.text == "e" },
    .deleteForward: { _, after, _ in after.prompt?.input.text == "r" },
    .deleteWord: { _, after, _ in after.prompt?.input.text == "e" },
    .clearInput: { _, after, _ in after.prompt?.input.text == "e" },
  ]

  private static let leaving: [Action: Judge] = [
    .redraw: wants(.redraw), .suspend: wants(.suspend), .mouse: wants(.setMouse(true)),
    .help: opens(.help),
    .escape: { before, after, effects in
      let isBack =
        before.context == .gate || after.context != before.context || after.screen != before.screen
      return isBack && !effects.contains(.quit)
    },
    .back: { before, after, effects in
      before.context == .gate && before.screen == .gate
        ? effects.contains(.quit) || after.popup == .question(.quitWithDraft)
        : effects.contains(.quit) || after.popup != before.popup || after.screen != before.screen
    },
    .quit: { _, after, effects in
      effects.contains(.quit) || after.popup == .question(.quitWithDraft)
    },
  ]
}
