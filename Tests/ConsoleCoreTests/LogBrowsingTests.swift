import Attribution
import MailLog
import PostfixConfig
import Testing

@testable import ConsoleCore

/// Scrolling, searching and filtering beyond what is kept of the log.
@Suite struct LogBrowsingTests {
  private func state(rows: Range<Int>, canReadBack: Bool = true) -> AppState {
    var state = Fixture.state()
    var instance = state.instance
    instance.canReadBack = canReadBack
    _ = reduce(&state, .instance(instance))
    _ = reduce(&state, .logRows(rows.map(Fixture.row)))
    _ = state.send(.character("3"))
    return state
  }

  private func request(_ effects: [Effect]) -> LogRequest? {
    if case .readLog(let request)? = effects.first { request } else { nil }
  }

  private func page(_ id: Int, _ rows: Range<Int>) -> LogPage {
    LogPage(
      id: id, rows: rows.map(Fixture.row), start: LogPosition(file: 0, offset: 10),
      end: LogPosition(file: 0, offset: 20))
  }

  @Test func goingUpReadsTheFileAndKeepsThePlace() throws {
    var state = state(rows: 500..<700)
    #expect(request(state.send(.up)) == nil)
    for _ in 0..<9 { _ = state.send(.pageUp) }
    let wanted = try #require(state.log.request)
    #expect(wanted.kind == .before)
    #expect(wanted.anchor == .row(Fixture.row(500)))
    let line = state.log.currentRow?.line
    _ = reduce(&state, .logReading(.page(page(wanted.id, 100..<500))))
    #expect(state.log.rows.count == 600 && state.log.currentRow?.line == line)
    #expect(state.log.rows.first?.line == "line 100")
    _ = reduce(&state, .logRows([Fixture.row(700)]))
    #expect(state.log.rows.last?.line == "line 700" && state.log.currentRow?.line == line)
    // From the file's place, not from the line, from now on.
    for _ in 0..<60 where state.log.request == nil { _ = state.send(.pageUp) }
    #expect(state.log.request?.anchor == .position(LogPosition(file: 0, offset: 10)))
  }

  @Test func anAnswerToAnOldQuestionIsIgnored() throws {
    var state = state(rows: 0..<20)
    let first = try #require(request(state.send(.up)))
    #expect(state.send(.escape) == [.cancelReadLog])
    _ = reduce(&state, .logReading(.page(page(first.id, 900..<950))))
    #expect(state.log.rows.count == 20)
  }

  @Test func withoutAFileNothingIsAsked() {
    var state = state(rows: 0..<20, canReadBack: false)
    #expect(state.send(.up).isEmpty && state.send(.home).isEmpty)
    #expect(state.log.current == 0)
  }

  @Test func theFilterHidesAndShowsAgain() throws {
    var state = state(rows: 0..<150, canReadBack: false)
    _ = state.send(.character("\\"))
    for letter in "line!7" where letter != "!" { _ = state.send(.character(letter)) }
    _ = state.send(.backspace, .character(" "), .character("7"), .enter)
    #expect(state.log.filter.text == "line 7")
    #expect(state.log.rows.allSatisfy { $0.line.contains("7") } && state.log.rows.count > 10)
    let count = state.log.rows.count
    _ = reduce(&state, .logRows([Fixture.row(150), Fixture.row(157)]))
    #expect(state.log.rows.count == count + 1)
    _ = state.send(.character("\\"), .control("u"), .enter)
    #expect(state.log.filter.isEmpty && state.log.rows.count == 152)
  }

  private func filter(_ state: inout AppState, _ text: String) -> [Effect] {
    _ = state.send(.character("\\"))
    for letter in text { _ = state.send(.character(letter)) }
    return state.send(.enter)
  }

  /// The log is read anew when the policy becomes known, whatever the reader is doing.
  @Test func aFilterThatOnlyTheFileFulfilsIsAskedAgainWhenTheLogIsReadAnew() throws {
    var state = state(rows: 500..<600)
    let first = try #require(request(filter(&state, "\"line 7\"")))
    #expect(state.log.rows.isEmpty)
    _ = reduce(&state, .logCleared)
    _ = reduce(&state, .logReading(.page(page(first.id, 70..<80))))
    let second = try #require(request(reduce(&state, .logRows((500..<600).map(Fixture.row)))))
    #expect(second.id != first.id && second.filter == state.log.filter)
    // Asked once, however many rows come.
    #expect(reduce(&state, .logRows([Fixture.row(600)])).isEmpty)
    var all = page(second.id, 70..<80)
    all.isAtStart = true
    _ = reduce(&state, .logReading(.page(all)))
    #expect(state.log.rows.count == 10)
    #expect(reduce(&state, .logRows([Fixture.row(601)])).isEmpty)
  }

  @Test func aReadingThatWasEndedByHandIsNotBegunAgainByTheLog() throws {
    var state = state(rows: 500..<600)
    #expect(request(filter(&state, "\"line 7\"")) != nil)
    #expect(state.send(.escape) == [.cancelReadLog])
    #expect(reduce(&state, .logRows([Fixture.row(600)])).isEmpty)
    #expect(request(state.send(.up)) != nil)
  }

  @Test func whoReadsFurtherBackStaysThereWhenTheLogIsReadAnew() throws {
    var state = state(rows: 0..<150)
    _ = state.send(.pageUp)
    let line = try #require(state.log.currentRow?.line)
    _ = reduce(&state, .logCleared)
    _ = reduce(&state, .logRows((0..<151).map(Fixture.row)))
    #expect(state.log.currentRow?.line == line && state.log.cursor != nil)
    // Further down the file goes on, and then the newest rows.
    while state.log.request == nil { _ = state.send(.down) }
    let wanted = try #require(state.log.request)
    #expect(wanted.kind == .after && wanted.anchor == .row(Fixture.row(149)))
    var end = page(wanted.id, 150..<151)
    end.isAtEnd = true
    _ = reduce(&state, .logReading(.page(end)))
    #expect(state.log.isAttached && state.log.rows.last?.line == "line 150")
    #expect(state.log.rows.count == 151)
  }

  @Test func aFilterThatFewOfTheNewestRowsFulfilIsFilledFromTheFileAndFollowsOn() throws {
    var state = state(rows: 500..<600)
    let wanted = try #require(request(filter(&state, "\"line 57\"")))
    #expect(wanted.kind == .before && state.log.rows.count == 10)
    _ = reduce(&state, .logReading(.page(page(wanted.id, 57..<58))))
    #expect(state.log.rows.map(\.line).prefix(2) == ["line 57", "line 570"])
    _ = reduce(&state, .logRows([Fixture.row(5700)]))
    #expect(state.log.cursor == nil && state.log.currentRow?.line == "line 5700")
  }

  @Test func aMistypedFilterIsNotTaken() {
    var state = state(rows: 0..<10)
    _ = state.send(.character("\\"))
    for letter in "evnt=reject" { _ = state.send(.character(letter)) }
    #expect(state.prompt?.note?.kind == .error)
    _ = state.send(.enter)
    #expect(state.prompt != nil && state.log.filter.isEmpty)
  }

  @Test func searchingGoesToOlderLinesAndOnIntoTheFile() throws {
    var state = state(rows: 0..<150)
    _ = state.send(.character("/"))
    for letter in "LINE 14" { _ = state.send(.character(letter)) }
    _ = state.send(.enter)
    #expect(state.log.currentRow?.line == "line 149")
    _ = state.send(.character("n"))
    #expect(state.log.currentRow?.line == "line 148")
    _ = state.send(.character("N"))
    #expect(state.log.currentRow?.line == "line 149")
    for _ in 0..<10 { _ = state.send(.character("n")) }
    #expect(state.log.currentRow?.line == "line 14")
    _ = state.send(.escape)
    let find = try #require(request(state.send(.character("n"))))
    #expect(find.kind == .find("LINE 14"))
    var found = page(find.id, 1400..<1500)
    found.found = 42
    _ = reduce(&state, .logReading(.page(found)))
    #expect(state.log.currentRow?.line == "line 1442" && !state.log.isAttached)
    _ = state.send(.end)
    #expect(state.log.isAttached && state.log.currentRow?.line == "line 149")
  }

  @Test func aMomentIsGoneToAndTheNewestRowsFoundAgain() throws {
    var state = state(rows: 100..<150)
    _ = state.send(.character("t"))
    for letter in "2h" { _ = state.send(.character(letter)) }
    let wanted = try #require(request(state.send(.enter)))
    #expect(wanted.anchor == .moment(LogTime(seconds: Fixture.now.seconds - 7200)))
    var first = page(wanted.id, 0..<60)
    first.isAtStart = true
    _ = reduce(&state, .logReading(.page(first)))
    #expect(state.log.currentRow?.line == "line 0" && !state.log.isAttached)
    let next = try #require(request(state.send(.down)))
    #expect(next.kind == .after && next.anchor == .position(LogPosition(file: 0, offset: 20)))
    var last = page(next.id, 60..<120)
    last.isAtEnd = true
    _ = reduce(&state, .logReading(.page(last)))
    #expect(state.log.isAttached && state.log.rows.map(\.line).last == "line 149")
    #expect(state.log.rows.count == 150 && state.log.currentRow?.line == "line 1")
  }

  @Test func aRefusalIsExplainedInWords() {
    var row = Fixture.row(1)
    row.kind = .reject
    row.clientAddress = "203.0.113.9"
    row.helo = "ylmf-pc"
    row.command = "RCPT"
    row.code = 504
    row.candidates = [CauseCandidate(name: "reject_non_fqdn_helo_hostname")]
    let words = LogExplanation(row, policy: Fixture.configuration.policy()).sentences
      .joined(separator: " ")
    #expect(words.contains("203.0.113.9 (no verified name) which said HELO ylmf-pc"))
    #expect(words.contains("refused at RCPT with 504"))
    #expect(words.contains("stands in mua_helo_restrictions (main.cf:7)"))
    #expect(words.contains("final"))
  }
}
