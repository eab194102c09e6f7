import ConsoleViews
import MailLog
import PostfixConfig
import Testing
import TextGrid

@testable import ConsoleCore

@Suite struct RenderTests {
  @Test func belowTheMinimumASentence() {
    let state = Fixture.state()
    #expect(render(state, size: Size(width: 59, height: 24)).text.contains("60x15; this is 59x24"))
    #expect(render(state, size: Size(width: 80, height: 14)).text.contains("80x14"))
    for size in [(0, 0), (1, 1), (5, 3), (3, 40)] {
      let screen = render(state, size: Size(width: size.0, height: size.1))
      #expect(screen.size == Size(width: size.0, height: size.1))
    }
  }

  @Test("Every size draws, with every popup", arguments: [60, 61, 79, 80, 97, 133, 200, 300])
  func everySize(width: Int) {
    for height in [15, 16, 24, 51, 100] {
      for key in ["", "?", "@", "2", "3", "4", "6", ":", "/"] {
        var state = Fixture.state(width: width, height: height)
        if let character = key.first { _ = reduce(&state, .key(.character(character))) }
        let screen = render(state, size: state.size)
        #expect(screen.lines.allSatisfy { DisplayWidth.of($0) <= width })
        #expect(screen.text.contains("mx1.example.org"))
      }
    }
  }

  @Test func foreignTextCannotAct() {
    let state = Fixture.state(width: 200, height: 60)
    for scalar in render(state, size: state.size).text.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
      #expect(scalar.properties.generalCategory != .format)
    }
  }

  @Test func aHugeNameIsCut() {
    var state = Fixture.state()
    var session = LiveSession(
      pid: 1, tag: "postfix", clientName: nil, clientAddress: "192.0.2.1", since: Fixture.now)
    session.helo = String(repeating: "é", count: 10_000)
    _ = reduce(&state, .sessions([session]))
    #expect(render(state, size: state.size).lines.allSatisfy { DisplayWidth.of($0) <= 80 })
  }

  @Test func unknownIsNeverZero() {
    var state = Fixture.state()
    state.snapshot = nil
    let unread = render(state, size: state.size).text
    #expect(unread.contains("reading…"))
    #expect(!unread.contains(" 0 "))
  }

  // No snapshot: the catalog's words may change.
  @Test func aRowIsExplainedFromTheCatalog() throws {
    var state = Fixture.state()
    for _ in 0..<4 { _ = reduce(&state, .key(.down)) }
    _ = reduce(&state, .key(.enter))
    let text = render(state, size: state.size).text
    #expect(text.contains("─ reject_non_fqdn_helo_hostname ─"))
    #expect(text.contains("mua_helo_restrictions, main.cf:32"))
    #expect(text.contains("1 204, last hour"))
    let entry = try #require(Catalog.restriction(named: "reject_non_fqdn_helo_hostname"))
    #expect(text.contains(entry.summary.prefix(40)))
    #expect(text.contains("may hurt"))
  }

  @Test func theSameStateGivesTheSameScreen() {
    let state = Fixture.state()
    #expect(render(state, size: state.size) == render(state, size: state.size))
  }

  @Test func problemsAreSaidInPlace() {
    var state = AppState(size: Size(width: 80, height: 24), now: Fixture.now)
    #expect(render(state, size: state.size).text.contains("reading main.cf and master.cf"))
    _ = reduce(&state, .configurationFailed("main.cf cannot be read: run postgate as root."))
    var instance = InstanceStatus()
    instance.logProblem = "No readable log: give one with --log."
    instance.readOnlyReason = "not root"
    _ = reduce(&state, .instance(instance))
    let text = render(state, size: state.size).text
    #expect(text.contains("main.cf cannot be read"))
    #expect(text.contains("No readable log"))
    #expect(text.contains("READ-ONLY"))
  }
}
