import HostSystem
import Sandbox
import TestSupport
import Testing

/// The main job on the screen, with a real Postfix, a real terminal and real clients.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct DailyJobTests {
  private let strict = "reject_unknown_helo_hostname"
  private let unresolvable = "mail.nowhere.invalid"

  @Test func switchedOnItRefusesAndTheCountAnswers() throws {
    try withSandbox { sandbox, status in
      let original = try mainCF(sandbox)
      #expect(try askSandbox(status, helo: unresolvable).isPositive)
      let terminal = try Postgate.console(on: sandbox)
      try terminal.moveTo(strict)
      try terminal.send("Space", "a")
      let review = try terminal.wait("the review") { $0.contains("Postfix accepts it") }
      let announced = announcedLines(review)
      try terminal.send("Enter")
      try terminal.wait("the change") { $0.contains("Change 1 is live") }

      #expect(changedLines(original, try mainCF(sandbox)) == announced)
      #expect(announced == ["+    \(strict),"])
      let reply = try askSandbox(status, helo: unresolvable)
      #expect(reply.isPermanent && reply.text.contains("Host not found"))
      let refused = monotonicSeconds()
      try terminal.wait("the count") { _ in
        (try? terminal.row(strict))?.contains("● \(strict)") == true
          && (try? terminal.row(strict))?.contains(" 1 ") == true
      }
      print("the count rose \(monotonicSeconds() - refused) s after the refusal")

      try terminal.send("U")
      try terminal.wait("the question") { $0.contains("y take it back") }
      try terminal.send("y")
      try terminal.wait("the undo") { $0.contains("Change 1 is taken back") }
      #expect(try mainCF(sandbox) == original)
      #expect(try askSandbox(status, helo: unresolvable).isPositive)
    }
  }

  @Test func onTrialItLetsThroughAndCounts() throws {
    try withSandbox { sandbox, status in
      let terminal = try Postgate.console(on: sandbox)
      try terminal.moveTo(strict)
      try terminal.send("t", "a")
      try terminal.wait("the review") { $0.contains("Postfix accepts it") }
      try terminal.send("Enter")
      try terminal.wait("the change") { $0.contains("Change 1 is live") }
      #expect(try askSandbox(status, helo: unresolvable).isPositive)
      try terminal.wait("the trial count") { _ in
        (try? terminal.row(strict))?.contains("◐ \(strict)") == true
          && (try? terminal.row(strict))?.contains(" 1 ") == true
      }
    }
  }

  @Test func aDraftIsUndoneBeforeItIsAppliedAndLeavingAsks() throws {
    try withSandbox { sandbox, _ in
      let original = try mainCF(sandbox)
      let terminal = try Postgate.console(on: sandbox)
      try terminal.moveTo(strict)
      try terminal.send("Space")
      try terminal.wait("the draft") { $0.contains("1 edit not applied") }
      try terminal.send("q")
      try terminal.wait("the question") { $0.contains("?") && !$0.contains("● \(strict)  ") }
      #expect(try !terminal.isDead())
      try terminal.send("n", "z")
      try terminal.wait("an empty draft") { !$0.contains("not applied") }
      try terminal.send("q")
      #expect(try waitUntil { try terminal.isDead() })
      #expect(try mainCF(sandbox) == original)
    }
  }

  /// The added and removed lines of the diff on the screen.
  private func announcedLines(_ screen: String) -> [String] {
    screen.split(separator: "\n").compactMap { row in
      guard let start = row.firstIndex(of: "│"), let end = row.lastIndex(of: "│"), start < end
      else {
        return nil
      }
      var text = row[row.index(after: start)..<end].dropFirst()
      while text.last == " " { text.removeLast() }
      let isChange = text.hasPrefix("+") || text.hasPrefix("-")
      return isChange && !text.hasPrefix("+++") && !text.hasPrefix("---") ? String(text) : nil
    }
  }
}
