import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// The mouse in a real terminal: reports as xterm sends them (mode 1006).
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct MouseTests {
  private let chosen = "reject_non_fqdn_helo_hostname"

  @Test func itPicksAndOpensOnceItIsOn() throws {
    try withSandbox { sandbox, _ in
      let terminal = try Postgate.console(on: sandbox)
      try terminal.send("Home")
      // Off: a report is no key, and moves nothing.
      try click(terminal, try place(of: chosen, terminal))
      try terminal.send("Down", "Up")
      #expect(try !cursorRow(terminal).contains(chosen))
      try terminal.send("F2")
      try terminal.wait("the mouse") { $0.contains("Mouse on") }
      let line = try place(of: chosen, terminal)
      try click(terminal, line)
      try terminal.wait("the picked row") { screen in
        screen.split(separator: "\n").contains { $0.hasPrefix(">") && $0.contains(chosen) }
      }
      try terminal.sendBytes("\u{1B}[<65;6;\(line)M")
      try terminal.wait("the wheel") { screen in
        !screen.split(separator: "\n").contains { $0.hasPrefix(">") && $0.contains(chosen) }
      }
      try terminal.sendBytes("\u{1B}[<64;6;\(line)M")
      try terminal.wait("the wheel back") { screen in
        screen.split(separator: "\n").contains { $0.hasPrefix(">") && $0.contains(chosen) }
      }
      // A second click opens what is picked.
      try click(terminal, try place(of: chosen, terminal))
      try terminal.wait("what is known of it") { $0.contains("┌─") && $0.contains("Esc back") }
      try terminal.send("Escape", "F2")
      try terminal.wait("the mouse to be off") { $0.contains("Mouse off") }
    }
  }

  /// The line of the screen, from 1, that shows a text.
  private func place(of text: String, _ terminal: Tmux) throws -> Int {
    try terminal.wait("the row of \(text)") { $0.contains(text) }
    return try #require(try terminal.rows().firstIndex { $0.contains(text) }) + 1
  }

  private func click(_ terminal: Tmux, _ line: Int) throws {
    try terminal.sendBytes("\u{1B}[<0;6;\(line)M\u{1B}[<0;6;\(line)m")
  }

  private func cursorRow(_ terminal: Tmux) throws -> String {
    try terminal.rows().first { $0.hasPrefix(">") } ?? ""
  }
}
