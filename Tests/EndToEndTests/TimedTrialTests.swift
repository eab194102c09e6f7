import HostSystem
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
      let begun = try run(["trial", "reject_unknown_helo_hostname", "--for", "6s"])
      #expect(begun.succeeded, "\(begun.errorText)")
      #expect(begun.outputText.contains("ends by itself in 6s"))
      #expect(try askSandbox(status, helo: "mail.nowhere.invalid").isPositive)
      let shown = try run(["status"]).outputText
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
}
