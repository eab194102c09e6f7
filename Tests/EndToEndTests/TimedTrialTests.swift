import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// A trial with an end, by command, on a real Postfix with its own guard process.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct TimedTrialTests {
  @Test func itEndsWithoutAnyoneAndTellsWhomItWouldHaveRefused() throws {
    try withSandbox { sandbox, status in
      let state = sandbox.directory + "/../history"
      func run(_ arguments: [String]) throws -> CommandResult {
        try Postgate.run(
          arguments + ["-c", sandbox.instance.configurationDirectory, "--log", status.logFile],
          state: state)
      }
      let original = try mainCF(sandbox)
      let begun = try run(["trial", "reject_unknown_helo_hostname", "--for", "8s"])
      #expect(begun.succeeded, "\(begun.errorText)")
      #expect(begun.outputText.contains("ends by itself in 8s"))
      #expect(try askSandbox(status, helo: "mail.nowhere.invalid").isPositive)
      // Its guard is killed; the next start of postgate sees that it is watched again.
      let lock =
        "\(try StateDirectory(state).path)/\(sandbox.instance.stateName)/changes/000001/trial-guard"
      let guardProcess = try #require(lockHolder(ofFile: lock))
      #expect(kill(guardProcess, SIGKILL) == 0)
      #expect(waitUntil { lockHolder(ofFile: lock) == nil })
      let shown = try run(["status"]).outputText
      #expect(lockHolder(ofFile: lock) != nil)
      #expect(shown.contains("trial     1  reject_unknown_helo_hostname"), "\(shown)")
      #expect(try waitUntil { try mainCF(sandbox) == original })
      #expect(
        try waitUntil {
          try run(["history", "1"]).outputText.contains(
            "reject_unknown_helo_hostname would have refused 1 message from 1 distinct")
        })
      let history = try run(["history"]).outputText
      #expect(history.split(separator: "\n").count == 2)
      #expect(history.contains("the trial of reject_unknown_helo_hostname is over"))
      #expect(
        try run(["trial", "reject_unknown_helo_hostname", "--for", "soon"]).ending == .exited(64))
    }
  }

  /// The same by key: `T`, a length, and the screen shows it until it is over.
  @Test func theKeyPutsOnTrialForATime() throws {
    try withSandbox { sandbox, status in
      let strict = "reject_unknown_helo_hostname"
      let original = try mainCF(sandbox)
      let terminal = try Postgate.console(on: sandbox)
      try terminal.moveTo(strict)
      try terminal.send("T")
      try terminal.wait("the question") { $0.contains("on trial for: 1d") }
      try terminal.send("C-u", "10s", "Enter")
      try terminal.wait("the draft") { $0.contains("1 edit not applied") }
      try terminal.send("a")
      try terminal.wait("the review") { $0.contains("Postfix accepts it") }
      try terminal.send("Enter")
      try terminal.wait("the change") { $0.contains("Change 1 is live") }
      #expect(try mainCF(sandbox) != original)
      #expect(try askSandbox(status, helo: "mail.nowhere.invalid").isPositive)
      try terminal.wait("the trial's count") { screen in
        screen.split(separator: "\n").contains {
          $0.contains("◐ \(strict)") && $0.contains(" 1 ")
        }
      }
      // It ends without anybody.
      #expect(try waitUntil { try mainCF(sandbox) == original })
      try terminal.send("6")
      try terminal.wait("the end in the history") { $0.contains("is over") }
      try terminal.send("End")
      try terminal.wait("the verdict") { $0.contains("would have refused 1 message") }
    }
  }
}
