import Glibc
import HostSystem
import Sandbox
import TestSupport
import Testing

/// Without rights, without Postfix's files, without a log: one clear sentence and a way on.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct RightsTests {
  private let setpriv = "/usr/bin/setpriv"

  @Test func anOrdinaryUserReadsAndIsTold() throws {
    try withSandbox { sandbox, _ in
      let binary = try publicCopy(sandbox)
      let terminal = try Tmux(
        asNobody([binary, "-c", sandbox.instance.configurationDirectory]), columns: 100, rows: 30,
        environment: ["HOME": "/nonexistent"])
      try terminal.wait("a read-only console") {
        $0.contains("permit_mynetworks") && $0.lowercased().contains("read-only")
      }
      let original = try mainCF(sandbox)
      try terminal.moveTo("reject_unknown_helo_hostname")
      try terminal.send("Space", "a")
      try terminal.wait("the review") { $0.contains("reject_unknown_helo_hostname") }
      try terminal.send("Enter")
      try terminal.wait("the refusal") { $0.contains("root") }
      #expect(try mainCF(sandbox) == original)
      let show = try run(asNobody([binary, "show", "-c", sandbox.instance.configurationDirectory]))
      #expect(show.succeeded && show.outputText.contains("reject_non_fqdn_helo_hostname"))
      // Newer Postfix lets nobody but root read the log it writes (maillog_file_permissions).
      chmod(sandbox.logFile, 0o600)
      let kept = try run(
        asNobody([
          binary, "report", "-c", sandbox.instance.configurationDirectory, "--log", sandbox.logFile,
        ]))
      #expect(kept.ending == .exited(1) && kept.errorText.contains("Permission denied"))
      chmod(sandbox.logFile, 0o644)
      for command in ["status", "check", "report"] {
        let said = try run(
          asNobody([
            binary, command, "-c", sandbox.instance.configurationDirectory, "--log",
            sandbox.logFile,
          ]))
        // check exits 1 for warnings.
        #expect(said.errorText.isEmpty && !said.outputText.isEmpty, "\(command): \(said)")
      }
      let enable = try run(
        asNobody([
          binary, "enable", "reject_unknown_helo_hostname", "-c",
          sandbox.instance.configurationDirectory,
        ]))
      #expect(enable.ending == .exited(1) && enable.errorText.contains("root"))
    }
  }

  @Test func anUnreadableMainCFIsNamed() throws {
    try withSandbox { sandbox, _ in
      let binary = try publicCopy(sandbox)
      chmod(sandbox.instance.mainCF, 0o600)
      let result = try run(asNobody([binary, "-c", sandbox.instance.configurationDirectory]))
      #expect(result.ending == .exited(1))
      #expect(result.errorText.contains(sandbox.instance.mainCF))
      #expect(result.errorText.contains("sudo postgate"))
      #expect(result.errorText.split(separator: "\n").count == 1)
    }
  }

  @Test func aMissingConfigurationAndAMissingLogAreNamed() throws {
    try withTemporaryDirectory { directory in
      let none = try Postgate.run(["-c", directory], state: directory + "/state")
      #expect(none.ending == .exited(1))
      #expect(none.errorText.contains(directory) && none.errorText.contains("sandbox"))
    }
    try withSandbox { sandbox, _ in
      let report = try Postgate.run(
        [
          "report", "-c", sandbox.instance.configurationDirectory, "--log",
          sandbox.directory + "/no.log",
        ], state: sandbox.directory + "/../history")
      #expect(report.ending == .exited(1) && report.errorText.contains("no.log"))
      let terminal = try Tmux(
        [
          Postgate.path, "-c", sandbox.instance.configurationDirectory, "--log",
          sandbox.directory + "/no.log",
        ], columns: 120, rows: 30,
        environment: ["POSTGATE_STATE_DIRECTORY": sandbox.directory + "/../history"])
      try terminal.wait("the lists and the sentence") {
        $0.contains("permit_mynetworks") && $0.contains("no.log") && $0.contains("--log")
      }
    }
  }

  /// A copy of the binary where an ordinary user can run it.
  private func publicCopy(_ sandbox: SandboxInstance) throws -> String {
    let copy = sandbox.directory + "/../postgate"
    #expect(try run(["/bin/cp", Postgate.path, copy]).succeeded)
    chmod(copy, 0o755)
    return copy
  }

  private func asNobody(_ command: [String]) -> [String] {
    [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"] + command
  }

  private func run(_ words: [String]) throws -> CommandResult {
    try Command(words[0], Array(words.dropFirst()), timeout: 60).run()
  }
}
