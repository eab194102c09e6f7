import ConsoleCore
import CursesBackend
import Glibc
import Testing
import TextGrid

/// One terminal at a time: ncurses keeps its state in globals.
@Suite(.serialized) struct TerminalTests {
  private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains(text)
  }

  private func screen(_ text: String, size: Size) -> Screen {
    var screen = Screen(size: size, charset: .ascii)
    screen.write(text, x: 2, y: 3, role: .title)
    return screen
  }

  @Test func drawsOnlyWhatChangedAndGivesTheTerminalBack() throws {
    let pty = try #require(PseudoTerminal())
    let before = pty.modes()
    let terminal = try Terminal(term: "xterm", input: pty.terminal, output: pty.terminal)
    #expect(terminal.size == Size(width: 80, height: 24))
    #expect(pty.modes() != before)
    terminal.draw(screen("hello postmaster", size: terminal.size))
    let first = pty.output()
    #expect(contains(first, "hello postmaster"))
    #expect(contains(first, "\u{1B}[?1049h") && contains(first, "\u{1B}[?2004h"))
    terminal.draw(screen("hello postmaster", size: terminal.size))
    #expect(pty.output().isEmpty)
    terminal.draw(screen("hello hostmaster", size: terminal.size))
    let change = pty.output()
    #expect(!change.isEmpty && change.count < 60)
    terminal.stop()
    terminal.stop()
    #expect(pty.modes() == before)
    let last = pty.output()
    #expect(contains(last, "\u{1B}[?1049l") && contains(last, "\u{1B}[?2004l"))
  }

  @Test func reportsKeysAndTheEnd() throws {
    let pty = try #require(PseudoTerminal())
    let terminal = try Terminal(term: "xterm", input: pty.terminal, output: pty.terminal)
    defer { terminal.stop() }
    pty.type("j\u{1B}[A")
    let events = terminal.wait(timeout: 2000).events
    #expect(keys(of: events) == [.character("j"), .up])
    pty.type("\u{1B}")
    var seen: [Key] = []
    for _ in 0..<3 where seen.isEmpty { seen = keys(of: terminal.wait(timeout: 2000).events) }
    #expect(seen == [.escape])
  }

  @Test func anotherThreadWakesTheLoop() throws {
    let pty = try #require(PseudoTerminal())
    let terminal = try Terminal(term: "xterm", input: pty.terminal, output: pty.terminal)
    defer { terminal.stop() }
    let wakeUp = try WakeUp()
    #expect(terminal.wait(timeout: 0, wakeUp: wakeUp).isWoken == false)
    wakeUp.notify()
    wakeUp.notify()
    #expect(terminal.wait(timeout: 2000, wakeUp: wakeUp).isWoken)
    #expect(terminal.wait(timeout: 0, wakeUp: wakeUp).isWoken == false)
  }

  @Test func signalsAreEvents() throws {
    let pty = try #require(PseudoTerminal())
    let terminal = try Terminal(term: "xterm", input: pty.terminal, output: pty.terminal)
    defer { terminal.stop() }
    kill(getpid(), SIGTERM)
    guard case .terminate? = terminal.wait(timeout: 2000).events.first else {
      Issue.record("SIGTERM was not reported")
      return
    }
    pty.resize(columns: 100, rows: 30)
    kill(getpid(), SIGWINCH)
    guard case .resize(let size)? = terminal.wait(timeout: 2000).events.first else {
      Issue.record("SIGWINCH was not reported")
      return
    }
    #expect(size == Size(width: 100, height: 30))
    terminal.draw(screen("larger", size: size))
    #expect(contains(pty.output(), "larger"))
  }

  @Test func unusableTerminalsAreSaidAndLeftAlone() throws {
    let pty = try #require(PseudoTerminal())
    let before = pty.modes()
    #expect(throws: TerminalError.unknownTerminal("no-such-terminal")) {
      try Terminal(term: "no-such-terminal", input: pty.terminal, output: pty.terminal)
    }
    #expect(throws: TerminalError.cannotMoveCursor("dumb")) {
      try Terminal(term: "dumb", input: pty.terminal, output: pty.terminal)
    }
    let wakeUp = try WakeUp()
    #expect(throws: TerminalError.notATerminal) {
      try Terminal(term: "xterm", input: wakeUp.descriptor, output: wakeUp.descriptor)
    }
    #expect(pty.modes() == before)
    #expect(pty.output().isEmpty)
  }

  @Test("Every kind of terminal draws", arguments: ["xterm-256color", "linux", "vt100", "screen"])
  func kinds(_ term: String) throws {
    let pty = try #require(PseudoTerminal())
    let terminal = try Terminal(
      term: term, input: pty.terminal, output: pty.terminal, noColor: term == "linux")
    terminal.draw(screen("plain", size: terminal.size))
    terminal.stop()
    let bytes = pty.output()
    #expect(contains(bytes, "plain"))
    if term == "linux" { #expect(!contains(bytes, "\u{1B}[31")) }
  }

  private func keys(of events: [Event]) -> [Key] {
    events.compactMap { if case .key(let key) = $0 { key } else { nil } }
  }
}
