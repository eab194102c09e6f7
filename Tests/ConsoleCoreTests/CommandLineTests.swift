import PostfixConfig
import Testing

@testable import ConsoleCore

@Suite struct CommandLineTests {
  private func run(_ line: String, in state: inout AppState) -> [Effect] {
    _ = state.send(.character(":"))
    for character in line { _ = state.send(.character(character)) }
    return state.send(.enter)
  }

  @Test func everyCommandDoesSomething() {
    let arguments: [CommandWord: String] = [
      .enable: "reject_unknown_helo_hostname", .trial: "reject_invalid_helo_hostname",
      .disable: "reject_invalid_helo_hostname", .set: "smtpd_helo_required=no",
      .reset: "smtpd_helo_required", .preset: "tutorial", .undo: "3", .client: "192.0.2.1",
      .filter: "event=reject", .search: "x", .goto: "2h", .service: "submission", .window: "6h",
    ]
    for word in CommandWord.allCases {
      var state = Fixture.state()
      var instance = state.instance
      instance.canReadBack = true
      instance.canRehearse = true
      _ = reduce(&state, .instance(instance))
      if word == .gate { _ = state.send(.character("3")) }
      let before = state
      let effects = run("\(word.rawValue) \(arguments[word] ?? "")", in: &state)
      let changed =
        state.popup != before.popup || state.screen != before.screen
        || state.draft != before.draft || state.notice != before.notice
        || state.serviceID != before.serviceID || state.log.filter != before.log.filter
      #expect(changed || !effects.isEmpty, "\(word.rawValue)")
      #expect(state.notice?.kind != .error, "\(word.rawValue): \(state.notice?.text ?? "")")
    }
  }

  @Test func shortFormsAndMistakes() {
    var state = Fixture.state()
    #expect(run("q", in: &state) == [.quit])
    _ = run("fly", in: &state)
    #expect(state.notice?.text.contains("no command fly") == true)
    _ = run("re", in: &state)
    #expect(state.notice?.text.contains("reset, review, rehearse") == true)
    _ = run("enable reject_unknown_helo_hostnam", in: &state)
    #expect(state.notice?.text.contains("Did you mean reject_unknown_helo_hostname?") == true)
  }

  @Test func tabCompletesCommandAndArgument() {
    var state = Fixture.state()
    _ = state.send(.character(":"), .character("e"), .character("n"), .tab)
    #expect(state.prompt?.input.text == "enable")
    for letter in " unknown_helo" { _ = state.send(.character(letter)) }
    _ = state.send(.tab)
    #expect(state.prompt?.input.text == "enable reject_unknown_helo_hostname")
    _ = state.send(.enter)
    #expect(state.pendingEdits == 1)
  }

  @Test func connectionsAreSortedAndTheClientIsLookedUp() {
    var state = Fixture.state()
    _ = reduce(
      &state, .sessions([Fixture.session(5), Fixture.session(30), Fixture.session(9)]))
    _ = state.send(.character("2"), .character(">"))
    #expect(state.sessions.map(\.clientAddress) == ["192.0.2.5", "192.0.2.9", "192.0.2.30"])
    _ = state.send(.character("I"))
    #expect(state.sessions.first?.clientAddress == "192.0.2.30")
    _ = state.send(.home)
    #expect(state.send(.enter) == [.readClient(address: "192.0.2.30")])
    var history = ClientHistory(address: "192.0.2.30")
    var row = Fixture.row(1)
    row.kind = .accepted
    history.add(row, cause: nil)
    row.kind = .reject
    history.add(row, cause: "reject_a")
    history.add(row, cause: "reject_a")
    _ = reduce(&state, .client(history))
    #expect(state.client?.lastAccepted == Fixture.now && state.client?.refusals.first?.count == 2)
    #expect(state.send(.escape) == [.cancelReadClient])
  }

  @Test func theHistoryIsReadAndAChosenChangeTakenBack() {
    var state = Fixture.state()
    #expect(state.send(.character("6")) == [.readHistory])
    _ = reduce(&state, .history([3, 2, 1].map(Fixture.change)))
    _ = state.send(.down, .character("U"))
    #expect(state.popup == .question(.undoChange(2)))
    #expect(state.send(.character("y")) == [.undoChange(number: 2)])
  }

  @Test func aRehearsalRunsAndEnds() {
    var state = Fixture.state(on: "reject_unknown_helo_hostname")
    var instance = state.instance
    #expect(state.send(.character("r")).isEmpty && state.popup == nil)
    instance.canRehearse = true
    _ = reduce(&state, .instance(instance))
    guard case .rehearse(let edits, "r1", 86_400, let subject)? = state.send(.character("r")).first
    else {
      Issue.record("r does not rehearse")
      return
    }
    #expect(edits.count == 1 && subject == "reject_unknown_helo_hostname, switched on")
    _ = reduce(&state, .rehearsal(.running(step: "asking Postfix", progress: 0.5)))
    #expect(state.send(.character("x")) == [.cancelRehearsal])
    let report = RehearsalReport(
      subject: subject,
      rows: [.init(restriction: "r", grade: "exact", lostMessages: 3, lostClients: 2)],
      unknowns: ["DNS then."])
    _ = reduce(&state, .rehearsal(.finished(report)))
    let text = state.popupText?.lines.flatMap(\.spans).map(\.text).joined(separator: " ") ?? ""
    #expect(text.contains("3 accepted messages from 2 clients") && text.contains("DNS then."))
    #expect(state.send(.character("x")).isEmpty)
  }
}
