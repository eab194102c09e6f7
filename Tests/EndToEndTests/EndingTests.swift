import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// However the console ends, the terminal is usable and nothing of ours is left.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct EndingTests {
  @Test(arguments: ["q", "TERM", "HUP", "SEGV"]) func theTerminalIsUsableAfterwards(
    ending: String
  ) throws {
    try withSandbox { sandbox, _ in
      let shell = try Tmux(
        ["/bin/sh"], columns: 80, rows: 24,
        environment: ["POSTGATE_STATE_DIRECTORY": sandbox.directory + "/../history", "PS1": "$ "])
      try shell.send("stty -g; echo first", "Enter")
      let before = try shell.wait("the shell") { $0.contains("\nfirst") }
      let modes = try #require(
        before.split(separator: "\n").first { $0.contains(":") && !$0.contains("stty") })
      try shell.send("clear", "Enter")
      try shell.send(
        "\(Postgate.path) -c \(sandbox.instance.configurationDirectory); echo ended $?", "Enter")
      try shell.wait("the console") { $0.contains("permit_mynetworks") }
      let pid = try #require(child(of: try shell.pid()))
      if ending == "q" {
        try shell.send("q")
      } else {
        kill(pid, signal(ending))
      }
      try shell.wait("the prompt") { $0.contains("ended ") }
      #expect(waitUntil { processName(pid) == nil })
      try shell.send("clear; stty -g; echo last", "Enter")
      let after = try shell.wait("an echoing shell") { $0.contains("\nlast") }
      #expect(after.contains(modes), "modes were \(modes):\n\(after)")
    }
  }

  /// What `make run` opens where no Postfix is configured takes everything away, even when killed.
  @Test func theSandboxOfAKilledConsoleGoesWithIt() throws {
    try withTemporaryDirectory { directory in
      let sandbox = SandboxInstance(directory: directory + "/sandbox")
      let keeper = try ChildProcess(
        Command(Postgate.path, ["sandbox", "keep", "--directory", sandbox.directory]))
      let status = try sandbox.start()
      let pids = [status.masterPID, status.dnsPID].compactMap { $0 }
      #expect(pids.count == 2)
      // As the kernel does when the console dies.
      #expect(keeper.wait() == .exited(0))
      #expect(pids.allSatisfy { LiveProcess(pid: $0)?.isZombie != false })
      #expect(access(sandbox.directory, F_OK) != 0)
    }
  }

  private func signal(_ name: String) -> Int32 {
    switch name {
    case "TERM": SIGTERM
    case "HUP": SIGHUP
    default: SIGSEGV
    }
  }

  /// The program that the shell runs now.
  private func child(of pid: pid_t) -> pid_t? {
    (try? readProcFile("/proc/\(pid)/task/\(pid)/children"))?
      .split(separator: " ").last.flatMap { pid_t($0) }
  }
}
