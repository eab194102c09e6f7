import Attribution
import MailLog
import PostfixConfig
import Testing

@testable import ConsoleCore

@Suite struct GateModelTests {
  private func entry(
    _ name: String, _ state: RestrictionState = .on, unreachable: String? = nil
  ) -> Restriction {
    Restriction(
      name: name, state: state,
      origin: Origin(location: SourceLocation(file: .main, line: 1), parameter: "p"),
      target: RestrictionTarget(parameter: "p", name: name), unreachableReason: unreachable)
  }

  private func rows(
    _ lists: [(Stage, [Restriction])], offered: [Stage: [String]] = [:], snapshot: LogSnapshot?
  ) -> [GateRow] {
    let service = ServicePolicy(
      service: ServiceID(name: "smtp"), tag: "postfix",
      lists: lists.map {
        RestrictionList(stage: $0.0, originParameter: $0.0.parameter, restrictions: $0.1)
      })
    var model = GateModel(
      service: service, baseService: service, offered: offered, snapshot: snapshot)
    return model.rows()
  }

  private func rejects(_ row: GateRow) -> Int {
    if case .known(let count) = row.count { count.rejects } else { 0 }
  }

  @Test func rowsAddUpToTheTotal() {
    var snapshot = Fixture.snapshot(["reject_a": 5, "reject_gone": 3, "smtpd_milters": 2])
    snapshot.rows[RowKey(tag: "postfix/submission", restriction: "reject_a")] = RowCount(rejects: 4)
    snapshot.open = [
      OpenGroup(tag: "postfix", candidates: [CauseCandidate(name: "reject")], count: 7),
      OpenGroup(tag: "other", candidates: [CauseCandidate(name: "reject")], count: 1),
    ]
    snapshot.rejects = 22
    let all = rows(
      [(.helo, [entry("reject_a")]), (.sender, [entry("reject_a")])],
      offered: [.helo: ["reject_b"]], snapshot: snapshot)
    let parts = all.filter { $0.content != .total }.map(rejects)
    #expect(parts.reduce(0, +) == 22)
    #expect(all.last?.content == .total)
    #expect(all.last.map(rejects) == 22)
  }

  @Test func theFirstReachableOccurrenceCounts() {
    let all = rows(
      [
        (.client, [entry("reject_a", unreachable: "after permit"), entry("reject_a")]),
        (.helo, [entry("reject_a")]),
      ], snapshot: Fixture.snapshot(["reject_a": 5]))
    let counts = all.filter { $0.id.name == "reject_a" }.map(\.count)
    #expect(counts == [.elsewhere, .known(RowCount(rejects: 5)), .elsewhere])
  }

  @Test func anIncompleteLogGivesUnknownOrAtLeast() {
    let all = rows(
      [(.helo, [entry("reject_a"), entry("reject_b")])],
      snapshot: Fixture.snapshot(["reject_a": 5], isComplete: false))
    guard case .known(let count) = all[1].count else {
      Issue.record("reject_a has no count")
      return
    }
    #expect(count.rejects == 5 && count.isAtLeast)
    #expect(all[2].count == .unknown)
  }

  @Test func offersLeaveOutWhatTheListHas() {
    let all = rows(
      [(.helo, [entry("reject_a", .off)])], offered: [.helo: ["reject_a", "reject_b"]],
      snapshot: nil)
    #expect(all.map(\.id.name) == ["smtpd_helo_restrictions", "reject_a", "reject_b"])
    #expect(all[2].content == .offered(.helo))
    #expect(all[2].count == .unknown)
  }

  @Test func anOptionThatStandsInAnotherListIsNotOfferedAgain() {
    let all = rows(
      [(.helo, [entry("reject_a")]), (.recipient, [entry("reject_b")])],
      offered: [.helo: ["reject_b", "reject_c"]], snapshot: nil)
    #expect(all.filter { $0.content == .offered(.helo) }.map(\.id.name) == ["reject_c"])
  }

  @Test func onlyOptionsThatCanBeSwitchedOnAreOffered() {
    let state = Fixture.state()
    let version = PostfixVersion(major: 3, minor: 7, patch: 11)
    let options = state.strictOptions(of: version)
    #expect(options[.helo]?.contains("reject_unknown_helo_hostname") == true)
    #expect(options[.helo]?.contains("reject_rhsbl_helo") == false)
    #expect(options[.sender]?.contains("reject_unverified_sender") == true)
    #expect(state.catalogEntry("reject_rbl_client")?.argument != nil)
    #expect(state.catalogEntry("no_such_thing") == nil)
  }
}
