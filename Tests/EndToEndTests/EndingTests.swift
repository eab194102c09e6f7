import Glibc
import HostSystem
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
      #expect(try waitUntil(5) { processName(pid) == nil })
      try shell.send("clear; stty -g; echo last", "Enter")
      let after = try shell.wait("an echoing shell") { $0.contains("\nlast") }
      #expect(after.contains(modes), "modes were \(modes):\n\(after)")
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
