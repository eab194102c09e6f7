import ConsoleViews
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
    expectSnapshot(render(state, size: size), "\(name)-\(size.width)x\(size.height)")
    let ascii = render(state, size: size, charset: .ascii)
    #expect(ascii.cells.allSatisfy { $0.text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
    if size.width == 80 { expectSnapshot(ascii, "\(name)-ascii") }
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
