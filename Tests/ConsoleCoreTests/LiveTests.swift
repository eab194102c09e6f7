import Attribution
import MailLog
import PostfixConfig
import Testing

@testable import ConsoleCore

@Suite struct LiveTests {
  private func tick(_ state: inout AppState, milliseconds: Int64) {
    let now = LogTime(microseconds: Fixture.now.microseconds + milliseconds * 1000)
    _ = reduce(&state, .tick(now: now, utcOffset: 0))
  }

  @Test func countsMoveAtMostOnceASecond() {
    var state = Fixture.state()
    _ = reduce(&state, .logSnapshot(Fixture.snapshot(["reject_a": 1])))
    #expect(state.snapshot?.rejects == 1)
    tick(&state, milliseconds: 300)
    _ = reduce(&state, .logSnapshot(Fixture.snapshot(["reject_a": 5])))
    #expect(state.snapshot?.rejects == 1)
    tick(&state, milliseconds: 900)
    #expect(state.snapshot?.rejects == 1)
    tick(&state, milliseconds: 1000)
    #expect(state.snapshot?.rejects == 5)
    #expect(state.changedRows == [RowKey(tag: "postfix", restriction: "reject_a")])
    tick(&state, milliseconds: 2000)
    #expect(state.changedRows.count == 1)
    tick(&state, milliseconds: 2600)
    #expect(state.changedRows.isEmpty)
  }

  @Test func anotherWindowMakesTheCountsUnknown() {
    var state = Fixture.state()
    _ = reduce(&state, .logSnapshot(Fixture.snapshot(["reject_a": 1])))
    #expect(state.send(.character("w")) == [.setWindow(seconds: 21_600)])
    #expect(state.snapshot == nil)
    for _ in 0..<4 { _ = state.send(.character("w")) }
    #expect(state.windowSeconds == 3600)
  }

  @Test func aPausedLogStandsStillAndLosesNothing() {
    var state = Fixture.state()
    _ = reduce(&state, .logRows((0..<10).map(Fixture.row)))
    _ = state.send(.character("p"))
    _ = reduce(&state, .logRows((10..<15).map(Fixture.row)))
    #expect(state.log.rows.count == 10)
    #expect(state.log.waitingCount == 5)
    _ = state.send(.character("p"))
    #expect(state.log.rows.map(\.sequence) == Array(0..<15))
  }

  @Test func theLogIsBounded() {
    var log = LogView()
    for start in stride(from: 0, to: 20_000, by: 100) {
      log.append((start..<(start + 100)).map(Fixture.row), policy: nil)
    }
    #expect(log.rows.count <= LogView.capacity * 5 / 4)
    #expect(log.rows.last?.sequence == 19_999)
    #expect(log.dropped + log.rows.count == 20_000)
    log.togglePause(policy: nil)
    for start in stride(from: 0, to: 20_000, by: 100) {
      log.append((start..<(start + 100)).map(Fixture.row), policy: nil)
    }
    #expect(log.waitingCount == 20_000)
    log.togglePause(policy: nil)
    #expect(log.dropped + log.rows.count == 40_000)
    #expect(log.rows.count <= LogView.capacity * 5 / 4)
  }

  @Test func aScrolledLogKeepsItsPlace() {
    var log = LogView()
    log.append((0..<100).map(Fixture.row), policy: nil)
    log.move(by: -10)
    #expect(log.current == 89)
    log.append((100..<200).map(Fixture.row), policy: nil)
    #expect(log.current == 89)
    log.follow(policy: nil)
    #expect(log.current == 199)
    log.moveToStart()
    #expect(log.current == 0)
  }

  @Test func sessionsAreNewestFirstAndTheCursorFollowsItsProcess() {
    var state = Fixture.state()
    _ = reduce(&state, .sessions([Fixture.session(5), Fixture.session(3), Fixture.session(9)]))
    #expect(state.sessions.map(\.pid) == [3, 5, 9])
    _ = state.send(.character("2"), .down)
    #expect(state.currentSession?.pid == 5)
    _ = reduce(&state, .sessions([Fixture.session(1), Fixture.session(5)]))
    #expect(state.currentSession?.pid == 5)
    _ = reduce(&state, .sessions([]))
    #expect(state.currentSession == nil)
  }

  @Test func noticesGoAway() {
    var state = Fixture.state()
    _ = reduce(&state, .notice(Notice("news")))
    #expect(state.notice?.text == "news")
    tick(&state, milliseconds: 7000)
    #expect(state.notice != nil)
    tick(&state, milliseconds: 8000)
    #expect(state.notice == nil)
  }

  @Test func theCommandLogIsBounded() {
    var state = Fixture.state()
    for number in 0..<500 { _ = reduce(&state, .commandRan("postfix reload # \(number)")) }
    #expect(state.commands.count == 200)
    #expect(state.commands.last == "postfix reload # 499")
  }
}
