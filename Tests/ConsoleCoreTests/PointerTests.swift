import MailLog
import PostfixConfig
import Testing
import TextGrid

@testable import ConsoleCore

/// The mouse: off until F2, and what lies where.
@Suite struct PointerTests {
  private func state(width: Int = 100, height: Int = 30) -> AppState {
    var state = Fixture.state(on: "reject_invalid_helo_hostname")
    _ = reduce(&state, .resize(Size(width: width, height: height)))
    _ = reduce(&state, .sessions((1...40).map { Fixture.session(Int32($0)) }))
    _ = reduce(&state, .logRows((0..<200).map(Fixture.row)))
    _ = state.send(.function(2))
    _ = reduce(&state, .tick(now: LogTime(seconds: Fixture.now.seconds + 60), utcOffset: 0))
    return state
  }

  private func press(_ state: inout AppState, _ x: Int, _ y: Int) -> [Effect] {
    reduce(&state, .pointer(Pointer(kind: .press, x: x, y: y)))
  }

  private func wheel(_ state: inout AppState, _ kind: Pointer.Kind, _ x: Int, _ y: Int) {
    _ = reduce(&state, .pointer(Pointer(kind: kind, x: x, y: y)))
  }

  /// The first cell under which this lies.
  private func cell(_ state: AppState, of target: PointerTarget) -> (x: Int, y: Int)? {
    for y in 0..<state.size.height {
      for x in 0..<state.size.width where state.target(x: x, y: y) == target { return (x, y) }
    }
    return nil
  }

  @Test func itIsOffUntilF2() {
    var state = Fixture.state()
    let before = state.gateCursor
    #expect(press(&state, 5, 8).isEmpty && state.gateCursor == before)
    #expect(state.send(.function(2)) == [.setMouse(true)])
    #expect(state.isMouseOn && state.notice != nil)
    #expect(state.send(.function(2)) == [.setMouse(false)])
    _ = state.send(.function(2))
    _ = reduce(&state, .mouseMissing)
    #expect(!state.isMouseOn)
  }

  @Test func aClickPicksARowAndASecondOneOpensIt() throws {
    var state = state()
    let id = GateRow.ID(stage: .helo, name: "permit_mynetworks", argument: nil, occurrence: 0)
    let place = try #require(cell(state, of: .gateRow(id)))
    _ = press(&state, place.x, place.y)
    #expect(state.gateCursor == id && state.popup == nil)
    // The list may have moved under the cursor that it follows.
    let now = try #require(cell(state, of: .gateRow(id)))
    _ = press(&state, now.x, now.y)
    #expect(state.popup == .row(id))
    #expect(state.target(x: 0, y: 0) == .outsidePopup)
    _ = press(&state, 0, 0)
    #expect(state.popup == nil)
  }

  @Test func aClickFocusesItsPane() throws {
    var state = state()
    let session = try #require(cell(state, of: .session(2)))
    _ = press(&state, session.x, session.y)
    #expect(state.pane == .connections && state.sessionCursor == 2)
    let number = state.log.dropped + state.log.rows.count - 3
    let row = try #require(cell(state, of: .logRow(number)))
    _ = press(&state, row.x, row.y)
    #expect(state.pane == .log && state.log.cursor == number)
    // A heading is no row.
    let layout = GateLayout(ScreenLayout(state.size, hasTabs: true).main)
    #expect(
      state.target(x: layout.connections.x + 1, y: layout.connections.y) == .pane(.connections))
    _ = press(&state, layout.restrictions.x + 1, layout.restrictions.y)
    #expect(state.pane == .restrictions)
  }

  @Test func theWheelMovesWhatItIsOver() throws {
    var state = state()
    let layout = GateLayout(ScreenLayout(state.size, hasTabs: true).main)
    let last = try #require(state.log.current)
    wheel(&state, .wheelUp, layout.log.x + 5, layout.log.y + 2)
    #expect(state.pane == .log && state.log.current == last - 3)
    wheel(&state, .wheelDown, layout.connections.x + 5, layout.connections.y + 2)
    #expect(state.pane == .connections && state.currentSession?.pid == state.sessions[3].pid)
    _ = state.send(.character("?"))
    wheel(&state, .wheelDown, 1, 1)
    #expect(state.popupScroll == 3)
    wheel(&state, .wheelUp, 1, 1)
    #expect(state.popupScroll == 0)
  }

  @Test func tabsAndHintsAreKeys() throws {
    var state = state()
    for (key, screen) in [
      ("2", AppState.ScreenID.connections), ("3", .log), ("4", .settings), ("6", .history),
      ("1", .gate),
    ] {
      let tab = try #require(cell(state, of: .key(.character(Character(key)))))
      #expect(tab.y == 2)
      _ = press(&state, tab.x, tab.y)
      #expect(state.screen == screen)
    }
    let help = try #require(state.hints.first { $0.words == "help" })
    _ = press(&state, help.x, state.size.height - 1)
    #expect(state.popup == .help)
    // The keys of a popup, in its footer.
    let back = try #require(cell(state, of: .key(.escape)))
    _ = press(&state, back.x, back.y)
    #expect(state.popup == nil)
  }

  @Test func theHeadOfAColumnSorts() throws {
    var state = state()
    _ = state.send(.character("2"))
    let head = try #require(cell(state, of: .column(.address)))
    _ = press(&state, head.x, head.y)
    #expect(state.sessionOrder.column == .address && !state.sessionOrder.isReversed)
    #expect(state.sessions.first?.clientAddress == "192.0.2.1")
    _ = press(&state, head.x, head.y)
    #expect(state.sessionOrder.isReversed && state.sessions.first?.clientAddress == "192.0.2.40")
  }

  @Test func parametersAndChangesArePicked() throws {
    var state = state()
    _ = state.send(.character("4"))
    let name = state.parameters[3].name
    let row = try #require(cell(state, of: .parameter(name)))
    _ = press(&state, row.x, row.y)
    #expect(state.parameterCursor == name)
    _ = state.send(.character("6"))
    _ = reduce(&state, .history((1...9).reversed().map(Fixture.change)))
    let change = try #require(cell(state, of: .change(7)))
    _ = press(&state, change.x, change.y)
    #expect(state.changeCursor == 7)
  }

  @Test func aQuestionWantsAnAnswerAndALineItsText() throws {
    var state = state()
    _ = state.send(.character(" "), .character("q"))
    _ = press(&state, 0, 0)
    #expect(state.popup == .question(.quitWithDraft))
    let no = try #require(cell(state, of: .key(.character("n"))))
    _ = press(&state, no.x, no.y)
    #expect(state.popup == nil)
    _ = state.send(.character(":"))
    let before = state.prompt
    _ = press(&state, 5, 8)
    #expect(state.prompt == before)
  }

  @Test(
    "Every cell of every size has one answer, and none ends the console", arguments: [60, 80, 200])
  func everyCell(width: Int) {
    for height in [15, 24, 60] {
      for keys in [
        [Key.escape], [.character("2")], [.character("3")], [.character("4")],
        [.character("?")], [.character("i")],
      ] {
        var base = state(width: width, height: height)
        for key in keys { _ = base.send(key) }
        for y in stride(from: -1, to: height + 2, by: 1) {
          for x in stride(from: -1, to: width + 2, by: 7) {
            var state = base
            let isQuit = state.target(x: x, y: y) == .key(.character("q"))
            #expect(press(&state, x, y).contains(.quit) == false || isQuit)
          }
        }
      }
    }
  }
}
