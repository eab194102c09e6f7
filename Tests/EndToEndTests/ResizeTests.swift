import Glibc
import HostSystem
import Sandbox
import TestSupport
import Testing

/// The screen is right after every change of size, every stop and every continuation.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct ResizeTests {
  /// tmux takes a quarter of a second for each size; `make torture` tries 500.
  private static let sizes = setting("POSTGATE_RESIZES", 60)

  @Test func everySizeLeavesARightScreen() throws {
    try withSandbox { sandbox, _ in
      let terminal = try Postgate.console(on: sandbox)
      var random = SeededRandom(2026)
      for round in 1...Self.sizes {
        let columns = Int.random(in: 20...200, using: &random)
        let rows = Int.random(in: 5...60, using: &random)
        if round % 7 < 3 { try terminal.send("\(round % 7 + 1)") }
        try terminal.resize(columns: columns, rows: rows)
        try terminal.wait("round \(round), \(columns)x\(rows)") {
          isRight($0, columns: columns, rows: rows)
        }
        if round % 20 == 0 { try expectSameAfterRedraw(terminal) }
      }
      try terminal.send("1", "q")
      #expect(waitUntil { (try? terminal.isDead()) == true })
    }
  }

  @Test func stoppedAndContinuedItDrawsAgain() throws {
    try withSandbox { sandbox, _ in
      let shell = try Tmux(
        ["/bin/bash", "--norc", "-i"], columns: 90, rows: 30,
        environment: ["POSTGATE_STATE_DIRECTORY": sandbox.directory + "/../history", "PS1": "$ "])
      try shell.send(
        "\(Postgate.path) -c \(sandbox.instance.configurationDirectory)", "Enter")
      try shell.wait("the console") { $0.contains("permit_mynetworks") }
      try shell.send("C-z")
      try shell.wait("the shell") { $0.contains("Stopped") }
      try shell.send("clear", "Enter", "fg", "Enter")
      try shell.wait("the console again") { isRight($0, columns: 90, rows: 30) }
      // From outside, and resized while it could not notice.
      let pid = try #require(foreground(of: try shell.pid()))
      kill(pid, SIGSTOP)
      try shell.wait("the shell again") { $0.contains("Stopped") }
      try shell.resize(columns: 100, rows: 28)
      try shell.send("fg", "Enter")
      try shell.wait("the console in its new size") { isRight($0, columns: 100, rows: 28) }
      try expectSameAfterRedraw(shell)
      try shell.send("q", "echo ended $?", "Enter")
      try shell.wait("the end") { $0.contains("ended 0") }
    }
  }

  /// The header's clock in the last columns, the hints in the last row, and no row too many.
  private func isRight(_ screen: String, columns: Int, rows: Int) -> Bool {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard columns >= 60, rows >= 15 else {
      let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
      return text.contains("60x15") && text.contains("\(columns)x\(rows)")
    }
    guard lines.count >= rows, let first = lines.first, first.count == columns - 1 else {
      return false
    }
    let clock = first.suffix(5)
    return clock.contains(":") && lines[rows - 1].contains("? help") && first.contains("postfix")
  }

  private func expectSameAfterRedraw(_ terminal: Tmux) throws {
    let before = body(try terminal.screen())
    try terminal.send("C-l")
    try terminal.wait("the same screen") { body($0) == before }
  }

  /// Without the header, which goes with the time.
  private func body(_ screen: String) -> [Substring] {
    Array(screen.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2))
  }

  /// The child of the shell that runs postgate.
  private func foreground(of shell: pid_t) -> pid_t? {
    (try? readProcFile("/proc/\(shell)/task/\(shell)/children"))?
      .split(separator: " ").last.flatMap { pid_t($0) }
  }
}
