import Glibc
import HostSystem
import Sandbox
import TestSupport
import Testing

/// The console starts, draws, answers a key and gives every kind of terminal back.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct TerminalKindTests {
  private struct Kind {
    var term: String
    var environment: [String: String] = [:]
    /// The longest colour sequence that may come; nil where none may.
    var colours: ClosedRange<Int>?
  }

  private static let kinds: [Kind] = [
    Kind(term: "xterm", colours: 8...8), Kind(term: "xterm-256color", colours: 8...256),
    Kind(term: "screen", colours: 8...8),
    Kind(term: "screen-256color", colours: 8...256), Kind(term: "tmux", colours: 8...8),
    Kind(term: "tmux-256color", colours: 8...256), Kind(term: "linux", colours: 8...8),
    Kind(term: "vt100"), Kind(term: "xterm-mono"),
    Kind(term: "xterm-256color", environment: ["NO_COLOR": "1"]),
    Kind(term: "xterm-256color", environment: ["LC_ALL": "C"], colours: 8...256),
  ]

  @Test func eachKindWorks() throws {
    try withSandbox { sandbox, _ in
      for kind in Self.kinds { try check(kind, sandbox) }
      // Debian's basic set has none with sixteen colours.
      let terminfo = sandbox.directory + "/../terminfo"
      let made = try Command(
        "/usr/bin/tic", ["-o", terminfo, "-"],
        input: Array("sixteen|test,\n\tcolors#16, pairs#256, use=xterm,\n".utf8)
      ).run()
      #expect(made.succeeded, "\(made.errorText)")
      try check(
        Kind(term: "sixteen", environment: ["TERMINFO": terminfo], colours: 8...16), sandbox)
    }
  }

  private func check(_ kind: Kind, _ sandbox: SandboxInstance) throws {
    let name = "\(kind.term) \(kind.environment)"
    let environment = kind.environment.merging([
      "TERM": kind.term, "POSTGATE_STATE_DIRECTORY": sandbox.directory + "/../history",
    ]) { $1 }
    let program = try #require(
      TerminalProgram(
        [Postgate.path, "-c", sandbox.instance.configurationDirectory], environment: environment))
    var seen = try #require(
      program.output { text($0).contains("permit_mynetworks") }, "\(name) shows the lists")
    program.type("?")
    seen += try #require(
      program.output { text($0).contains("Everywhere") }, "\(name) answers a key")
    program.type("qq")
    #expect(waitUntil { program.ended() == 0 }, "\(name) ends")
    let colours = colours(in: seen)
    #expect(kind.colours == nil ? colours.isEmpty : !colours.isEmpty, "\(name): \(colours)")
    #expect(colours.allSatisfy { $0 < kind.colours?.upperBound ?? 0 }, "\(name): \(colours)")
    if kind.environment["LC_ALL"] == "C" {
      #expect(seen.allSatisfy { $0 < 0x80 }, "\(name): nothing but ASCII")
    }
  }

  /// Bytes that are not UTF-8 are of no interest here.
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The foreground colours that were asked for: `CSI 3N m`, `CSI 9N m`, `CSI 38;5;N m`.
  private func colours(in bytes: [UInt8]) -> Set<Int> {
    var found: Set<Int> = []
    for sequence in text(bytes).split(separator: "\u{1B}[").dropFirst() {
      guard let end = sequence.firstIndex(where: { !$0.isNumber && $0 != ";" }),
        sequence[end] == "m"
      else { continue }
      let numbers = sequence[..<end].split(separator: ";").compactMap { Int($0) }
      if let start = numbers.firstIndex(of: 38), numbers.count > start + 2 {
        found.insert(numbers[start + 2])
        continue
      }
      for number in numbers where (30...37).contains(number) { found.insert(number - 30) }
      for number in numbers where (90...97).contains(number) { found.insert(number - 82) }
    }
    return found
  }
}
