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
}
