import Attribution
import Testing
import TextGrid

@testable import ConsoleCore

/// Who is refused most.
@Suite struct OffenderTests {
  private func state() -> AppState {
    var state = Fixture.state()
    var snapshot = Fixture.snapshot(["reject_x": 100])
    snapshot.top.clients = (1...30).map {
      .init(key: "192.0.2.\($0)", count: 60 - $0, error: 0)
    }
    _ = reduce(&state, .logSnapshot(snapshot))
    return state
  }

  @Test func theyAreListedAndOpened() {
    var state = state()
    _ = state.send(.character("O"))
    #expect(state.screen == .connections && state.showsOffenders)
    #expect(state.currentOffender?.key == "192.0.2.1")
    _ = state.send(.down, .down)
    #expect(state.send(.enter) == [.readClient(address: "192.0.2.3")])
    #expect(state.popup == .session(0, address: "192.0.2.3"))
    _ = state.send(.escape, .end)
    #expect(state.currentOffender?.key == "192.0.2.30")
    _ = state.send(.character("/"), .character("."), .character("7"), .enter)
    #expect(state.currentOffender?.key == "192.0.2.7")
    _ = state.send(.character("O"))
    #expect(state.screen == .connections && !state.showsOffenders)
    _ = state.send(.character("O"), .character("2"))
    #expect(!state.showsOffenders)
  }

  @Test func theMouseFindsThem() {
    var state = state()
    _ = state.send(.character("O"), .function(2))
    let body = ScreenLayout(state.size, hasTabs: true).main.splitTop(2).rest
    #expect(state.target(x: 20, y: body.y + 4) == .offender("192.0.2.5"))
    for _ in 0..<2 {
      _ = reduce(&state, .pointer(Pointer(kind: .press, x: 20, y: body.y + 4)))
    }
    #expect(state.popup == .session(0, address: "192.0.2.5"))
  }
}
