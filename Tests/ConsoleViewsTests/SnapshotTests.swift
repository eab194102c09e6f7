import Attribution
import ConsoleViews
import MailLog
import PostfixConfig
import Testing
import TextGrid

@testable import ConsoleCore

@Suite struct SnapshotTests {
  static let sizes = [
    Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 60),
  ]

  private func check(_ name: String, _ size: Size, _ change: (inout AppState) -> Void = { _ in }) {
    var state = Fixture.state(width: size.width, height: size.height)
    change(&state)
    let screen = render(state, size: size)
    let name = "\(name)-\(size.width)x\(size.height)"
    expectSnapshot(screen.text, name)
    expectSnapshot(Self.roles(of: screen), name + "-roles")
    let ascii = render(state, size: size, charset: .ascii)
    #expect(ascii.cells.allSatisfy { $0.text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
    expectSnapshot(ascii.text, name + "-ascii")
  }

  /// A letter for each role, `.` for normal text; `#` where the row is selected.
  private static func roles(of screen: Screen) -> String {
    let letters = Array(".TdbotfraweHkBcE+-@")
    return (0..<screen.size.height).map { y in
      var line = (0..<screen.size.width).map { x -> Character in
        let cell = screen[x, y]
        if cell.isSelected { return "#" }
        return cell.text == " " ? " " : letters[Int(cell.role.rawValue)]
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }.joined(separator: "\n")
  }

  @Test(arguments: sizes) func gate(_ size: Size) {
    check("gate", size) { state in
      for _ in 0..<4 { _ = reduce(&state, .key(.down)) }
    }
  }

  @Test(arguments: sizes) func connections(_ size: Size) {
    check("connections", size) { _ = reduce(&$0, .key(.character("2"))) }
  }

  @Test(arguments: sizes) func log(_ size: Size) {
    check("log", size) { _ = reduce(&$0, .key(.character("3"))) }
  }

  @Test(arguments: sizes) func help(_ size: Size) {
    check("help", size) { _ = reduce(&$0, .key(.character("?"))) }
  }

  @Test(arguments: sizes) func reviewBlocked(_ size: Size) {
    check("review-blocked", size) { state in
      state.popup = .review
      var review = ReviewState(diff: "")
      review.phase = .ready(Self.blocked)
      state.review = review
    }
  }

  @Test(arguments: sizes) func settings(_ size: Size) {
    check("settings", size) { state in
      state.screen = .settings
      state.allParameters = Fixture.parameters
      state.parameterCursor = "smtpd_helo_required"
    }
  }

  @Test(arguments: sizes) func history(_ size: Size) {
    check("history", size) { state in
      state.screen = .history
      state.changes = Fixture.changes
      state.changeCursor = 2
    }
  }

  @Test(arguments: sizes) func client(_ size: Size) {
    check("client", size) { state in
      _ = reduce(&state, .key(.character("2")))
      _ = reduce(&state, .key(.enter))
      _ = reduce(&state, .client(Fixture.client))
    }
  }

  @Test(arguments: sizes) func explainedLine(_ size: Size) {
    check("log-line", size) { state in
      // A name that the catalog does not have: its words may change.
      var row = Fixture.rows[2]
      row.candidates = [CauseCandidate(name: "reject_of_this_test")]
      state.screen = .log
      state.popup = .logLine(row)
    }
  }

  @Test(arguments: sizes) func filteredLog(_ size: Size) {
    check("log-filtered", size) { state in
      for character in "3\\event=reject" { _ = reduce(&state, .key(.character(character))) }
      _ = reduce(&state, .key(.enter))
    }
  }

  @Test(arguments: sizes) func picking(_ size: Size) {
    check("pick", size) { state in
      var prompt = Prompt(.restriction(.helo), title: "insert into smtpd_helo_restrictions: ")
      prompt.input = TextInput("helo")
      prompt.candidates = [
        Candidate("reject_a", detail: "Does this.", warning: "Hurts those."),
        Candidate("check_b", label: "check_b type:table", detail: "Looks it up."),
      ]
      prompt.note = Notice("smtp/inet helo: reject_a is added")
      state.prompt = prompt
    }
  }

  @Test(arguments: sizes) func commandLine(_ size: Size) {
    check("command-line", size) { state in
      for character in ":re" { _ = reduce(&state, .key(.character(character))) }
    }
  }

  @Test(arguments: sizes) func rehearsal(_ size: Size) {
    check("rehearsal", size) { state in
      state.popup = .rehearsal
      state.rehearsal = .finished(Fixture.rehearsal)
    }
  }

  @Test func formerCountsAndMarks() {
    check("former-state", Size(width: 80, height: 24)) { state in
      var snapshot = Fixture.snapshot
      var count = RowCount(rejects: 3, trial: 88)
      count.since = Fixture.now
      count.rejectsSinceChange = 3
      snapshot.rows[RowKey(tag: "postfix", restriction: "reject_non_fqdn_helo_hostname")] = count
      snapshot.series.marks = [7]
      state.snapshot = snapshot
    }
  }

  @Test func stillReading() {
    check("reading", Size(width: 80, height: 24)) { state in
      var snapshot = Fixture.snapshot
      snapshot.coverage.isComplete = false
      snapshot.coverage.progress = 0.4
      state.snapshot = snapshot
    }
  }

  private static let blocked = ReviewResult(
    edits: [],
    diff: """
      --- main.cf
      +++ main.cf
      @@ -48,5 +48,5 @@
       smtpd_recipient_restrictions =
      -    reject_unauth_destination,
      +    # reject_unauth_destination,
           permit

      """,
    findings: [
      Finding(
        severity: .error, findingClass: .openToStrangers, code: "no-relay-protection",
        location: SourceLocation(file: .main, line: 50),
        message: "Nothing refuses relaying any more: switch reject_unauth_destination on.",
        addedByDraft: true),
      Finding(
        severity: .hint, findingClass: .style, code: "deprecated",
        location: SourceLocation(file: .main, line: 12), message: "Old spelling."),
    ],
    preflight: .blocked([
      Problem(
        file: "main.cf", line: 50, reason: "an outsider may relay",
        remedy: "Keep reject_unauth_destination on.")
    ]))
}
