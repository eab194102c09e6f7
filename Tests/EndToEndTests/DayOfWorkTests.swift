import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// A day's work at the screen, with a real Postfix, a real terminal and real clients.
///
/// With `POSTGATE_RECORD_DAY=1` in the environment (`make screens`) the screen of each step goes into
/// the README.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct DayOfWorkTests {
  private let strict = "reject_unknown_helo_hostname"
  private let unresolvable = "mail.nowhere.invalid"
  private let offender = "203.0.113.66"

  @Test func fromTheTopOffenderToAnUndo() throws {
    try withSandbox { sandbox, status in
      let original = try mainCF(sandbox)
      try send(status)
      let terminal = try Postgate.console(on: sandbox, rows: 20)
      var record = DayRecord()
      try findTheOffender(terminal, &record)
      try seeWhyItIsRefused(terminal, &record)
      try putOnTrial(terminal, &record)
      let onTrial = try mainCF(sandbox)
      #expect(changedLines(original, onTrial) == ["+    warn_if_reject \(strict),"])
      try watchTheTrial(terminal, status, &record)
      try switchOn(terminal, &record)
      #expect(changedLines(original, try mainCF(sandbox)) == ["+    \(strict),"])
      #expect(try askSandbox(status, helo: unresolvable).isPermanent)
      try keep(terminal, &record)
      try undo(terminal, &record)
      #expect(try mainCF(sandbox) == onTrial)
      #expect(try askSandbox(status, helo: unresolvable).isPositive)
      try record.finish()
    }
  }

  /// A little traffic, and one client that does not give up.
  private func send(_ status: SandboxStatus) throws {
    let traffic = TrafficRunner(status, limits: .init(rate: 60, sessions: 120))
    traffic.start()
    for _ in 0..<25 { _ = try askSandbox(status, helo: "ylmf-pc", address: offender) }
    #expect(traffic.wait().lastFailure == nil)
  }

  private func findTheOffender(_ terminal: Tmux, _ record: inout DayRecord) throws {
    try terminal.send("O")
    let screen = try terminal.wait("who is refused most") { $0.contains("Refused most") }
    #expect(try terminal.rows().first { $0.hasPrefix(">") }?.contains(offender) == true)
    record.add("`O` shows who is refused most.", screen)
    try terminal.send("Enter")
    let client = try terminal.wait("the client") {
      $0.contains("Client \(offender)") && $0.contains("read back")
    }
    #expect(client.contains("reject_non_fqdn_helo_hostname  25"))
    record.add(
      "Enter tells what the log knows of that client: what refused it, and how often.", client)
    try terminal.send("Escape")
    try terminal.wait("the list again") { !$0.contains("Client \(offender)") }
  }

  private func seeWhyItIsRefused(_ terminal: Tmux, _ record: inout DayRecord) throws {
    try terminal.send("3", "\\")
    try terminal.wait("the filter") { $0.contains("show only:") }
    try terminal.send("client=\(offender)", "Space", "event=reject", "Enter")
    try terminal.wait("the filtered log with its rows") { screen in
      screen.contains("Log, only client=")
        && screen.split(separator: "\n").filter { $0.contains(offender) }.count > 2
    }
    try terminal.send("Up")
    try terminal.wait("the cursor") { $0.contains("(G newest)") }
    try terminal.send("Enter")
    let screen = try terminal.wait("the explanation") {
      $0.contains("The cause is reject_non_fqdn_helo_hostname")
    }
    record.add(
      "`3`, `\\` and `client=\(offender) event=reject` leave its refusals; Enter explains one in words.",
      screen)
    try terminal.send("Escape", "\\", "C-u", "Enter", "1")
  }

  private func putOnTrial(_ terminal: Tmux, _ record: inout DayRecord) throws {
    try terminal.moveTo(strict)
    try terminal.send("t", "a")
    let review = try terminal.wait("the review") { $0.contains("Postfix accepts it") }
    #expect(review.contains("+    warn_if_reject \(strict),"))
    record.add(
      "Back on the Gate, `t` puts a strict option on trial; `a` shows the change, tried on a private Postfix.",
      review)
    try terminal.send("Enter")
    try terminal.wait("the change") { $0.contains("Change 1 is live") }
  }

  private func watchTheTrial(
    _ terminal: Tmux, _ status: SandboxStatus, _ record: inout DayRecord
  ) throws {
    for _ in 0..<3 { #expect(try askSandbox(status, helo: unresolvable).isPositive) }
    let counted = try terminal.wait("the trial count") { _ in
      let row = (try? terminal.row(strict)) ?? ""
      return row.contains("◐ \(strict)") && row.contains(" 3 ")
    }
    record.add("On trial it refuses nobody; what it would have refused is counted.", counted)
    try terminal.send("r")
    let answer = try terminal.wait("the rehearsal") { $0.contains("Judged:") }
    record.add(
      "`r` asks whom it would have refused, and says what it cannot know: `H` has HELO names recorded.",
      answer)
    try terminal.send("Escape")
  }

  private func switchOn(_ terminal: Tmux, _ record: inout DayRecord) throws {
    try terminal.send("t", "a")
    try terminal.wait("the review") { $0.contains("Postfix accepts it") }
    try terminal.send("c")
    let review = try terminal.wait("the confirm window") { $0.contains("the change goes back") }
    record.add("`t` again switches it on; `c` in the Review opens a confirm window.", review)
    try terminal.send("Enter")
    try terminal.wait("the change") { $0.contains("Change 2 is live: c keeps it") }
    try terminal.wait("the countdown") { $0.contains("change 2 goes back in") }
    // A key takes the news away, and the keys that decide stand there.
    try terminal.send("Down", "Up")
    let waiting = try terminal.wait("the keys of the countdown") {
      $0.contains("c keep  b go back")
    }
    record.add("It is live, and goes back by itself unless somebody keeps it.", waiting)
  }

  private func keep(_ terminal: Tmux, _ record: inout DayRecord) throws {
    try terminal.send("6")
    try terminal.wait("the countdown on another screen") { $0.contains("goes back in") }
    try terminal.send("c")
    let kept = try terminal.wait("the yes") {
      $0.contains("Change 2 is kept") && !$0.contains("goes back in") && !$0.contains("waiting")
    }
    record.add("`c` keeps it, from every screen; here from the history.", kept)
  }

  private func undo(_ terminal: Tmux, _ record: inout DayRecord) throws {
    try terminal.wait("the history") { $0.contains("2  20") && $0.contains("  kept ") }
    try terminal.send("Home", "U")
    try terminal.wait("the question") { $0.contains("Take change 2 back") }
    try terminal.send("y")
    let undone = try terminal.wait("the undo") {
      $0.contains("Change 2 is taken back") && $0.contains("undone")
    }
    record.add("`U` takes a change back, byte for byte.", undone)
  }
}

/// The screens of a day's work, with a sentence each.
private struct DayRecord {
  private var steps: [(sentence: String, screen: String)] = []

  mutating func add(_ sentence: String, _ screen: String) { steps.append((sentence, screen)) }

  /// Holds the README's sentences against these, or writes them with their screens.
  func finish() throws {
    let path =
      #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/README.md"
    let text = String(decoding: try readFile(path).bytes, as: UTF8.self)
    let (begin, end) = ("<!-- a day: begin -->\n", "<!-- a day: end -->\n")
    let first = try #require(text.firstRange(of: begin))
    let last = try #require(text.firstRange(of: end))
    guard getenv("POSTGATE_RECORD_DAY") != nil else {
      let section = text[first.upperBound..<last.lowerBound]
      for step in steps {
        #expect(section.contains(step.sentence), "make screens records them anew")
      }
      return
    }
    let body = steps.map { "\($0.sentence)\n\n```\n\(Self.trimmed($0.screen))\n```\n\n" }
    let new = text[..<first.upperBound] + "\n" + body.joined() + text[last.lowerBound...]
    let file = try #require(fopen(path, "w"))
    fputs(String(new), file)
    fclose(file)
  }

  /// Without blanks at the ends of lines, nor empty lines at the end.
  private static func trimmed(_ screen: String) -> String {
    var lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
