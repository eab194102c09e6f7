import ChangeControl
import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// The console's end in the confirm window of a change: the change goes back by itself.
///
/// The window of the console is a minute, so these wait that long, side by side.
@Suite(.enabled(if: canRunEndToEnd, endToEndReason))
struct DroppedLineTests {
  @Test(arguments: ["the line drops", "the console is killed"])
  func whatNobodyConfirmedGoesBack(_ how: String) throws {
    try withSandbox { sandbox, _ in
      let original = try mainCF(sandbox)
      var terminal: Tmux? = try Postgate.console(on: sandbox)
      try terminal?.moveTo("reject_unknown_helo_hostname")
      try terminal?.send("Space", "a")
      try terminal?.wait("the review") { $0.contains("Postfix accepts it") }
      try terminal?.send("c", "Enter")
      let transaction = Transaction(
        instance: sandbox.instance, state: try StateDirectory(sandbox.directory + "/../history"),
        commands: CommandLog())
      let history = try transaction.history()
      #expect(waitUntil(30) { history.records().last?.phase == .waiting })
      #expect(try mainCF(sandbox) != original)
      let deadline = try #require(history.records().last?.window?.deadline)
      if how == "the console is killed", let pid = try terminal?.pid() { kill(pid, SIGKILL) }
      // The multiplexer's end closes the terminal's other side, as sshd's does.
      terminal = nil
      #expect(
        waitUntil(Double(deadline - monotonicSeconds()) + 10) {
          history.records().last?.phase == .timedOut
        })
      let late = monotonicSeconds() - deadline
      #expect(late < 2, "it took \(late) s after the deadline")
      #expect(try mainCF(sandbox) == original)
      let record = try history.record(1)
      #expect(record.commands.filter { $0.command.hasSuffix(" reload") }.count == 2)
      print("\(how): taken back \(late) s after the deadline")
    }
  }
}
