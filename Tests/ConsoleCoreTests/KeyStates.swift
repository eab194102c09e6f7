import MailLog
import PostfixConfig

@testable import ConsoleCore

/// States in which keys are tried.
enum KeyStates {
  /// A state of this context in which every key has something to act upon.
  static func state(in context: KeyContext) -> AppState {
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
      _ = state.send(.character("/"), .character("9"), .enter)
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

  /// States of this context that together give every key of the table something to do.
  static func states(in context: KeyContext) -> [AppState] { all[context] ?? [] }

  private static let all = Dictionary(
    uniqueKeysWithValues: KeyContext.allCases.map { ($0, made(for: $0)) })

  private static func made(for context: KeyContext) -> [AppState] {
    var states = [state(in: context)]
    switch context {
    case .popup:
      var rehearsing = state(in: .gate)
      _ = rehearsing.send(.character("r"))
      states.append(rehearsing)
    case .gate:
      var clean = state(in: .gate)
      _ = clean.send(.character("z"))
      var withArgument = clean
      for character in ":enable reject_rbl_client zen.example" {
        _ = withArgument.send(.character(character))
      }
      _ = withArgument.send(.enter)
      states += [clean, withArgument]
    case .settings:
      var onOneThatIsSet = state(in: .settings)
      onOneThatIsSet.parameterCursor = "smtpd_helo_required"
      states.append(onOneThatIsSet)
    case .review:
      var clean = state(in: .gate)
      _ = clean.send(.character("a"))
      let result = ReviewResult(
        edits: clean.draft?.edits ?? [], diff: "", findings: [], preflight: .passed(notes: []))
      _ = reduce(&clean, .reviewed(result))
      states.append(clean)
    default: break
    }
    return states
  }

  private static func openReview(_ state: inout AppState) {
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
}
