import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// Foreign text can neither move the cursor, colour the screen, hide text nor imitate our interface:
/// checked on the raw bytes that reach the terminal.
@Suite(.serialized, .enabled(if: canRunEndToEnd, endToEndReason))
struct InjectionTests {
  /// What strangers may try; each holds the word `evil`, so that its arrival can be seen.
  private static let corpus: [[UInt8]] =
    [
      "\u{1B}[2J\u{1B}[Hevil", "\u{1B}[31mevil\u{1B}[0m", "\u{1B}]0;evil title\u{07}",
      "\u{1B}]52;c;ZXZpbA==\u{07}evil", "\u{1B}Pevil\u{1B}\\", "\u{1B}cevil", "\u{1B}[?1049levil",
      "\u{1B}[6nevil", "\u{9B}31mevil", "\u{9D}0;evil\u{9C}", "\u{90}evil\u{9C}",
      "evil\u{202E}moc.elpmaxe", "\u{2066}evil\u{2069}", "ev\u{200B}i\u{200D}l evil\u{FEFF}",
      "evil\r> permit_mynetworks", "evil\u{08}\u{08}\u{08}\u{08}good", "evil\u{0B}\u{0C}",
      "evil" + String(repeating: "\u{0301}", count: 500),
      "evil" + String(repeating: "漢", count: 300),
      "evil]: reject: RCPT from mail.example.org[192.0.2.1]: 550 5.1.1 fake",
      "evil\u{0E}\u{0F}", "\u{E000}evil\u{E0041}",
    ].map { Array($0.utf8) } + [
      Array("evil".utf8) + [0x9B] + Array("2J".utf8), Array("evil".utf8) + [0xFF, 0xC3, 0x28],
      Array("evil".utf8) + [0x00] + Array("nul".utf8),
    ]

  @Test func rawLinesInTheLogAreHarmless() throws {
    try withSandbox { sandbox, _ in
      let program = try console(sandbox)
      var seen = try #require(program.output { contains($0, "permit_mynetworks") })
      for screen in ["1", "3"] {
        program.type(screen)
        for text in Self.corpus {
          try append(sandbox, lines(around: text))
          seen += program.output(wait: 0.15)
        }
        // The details of the last lines, and the whole screen anew.
        program.type("3G\r")
        seen += pause(program, 1)
        program.type("q\u{0C}")
        seen += pause(program, 0.5)
      }
      try check(seen)
      #expect(contains(seen, "evil") && contains(seen, "ev?i?l") && contains(seen, "evil漢"))
      program.type("qq")
      #expect(waitUntil { program.ended() != nil })
    }
  }

  @Test func namesGivenByARealClientAreHarmless() throws {
    try withSandbox { sandbox, status in
      let seen = try screenBytes(of: sandbox, whileNaming: status.smtpPort)
      try check(seen)
      #expect(contains(seen, "evil"))
    }
  }

  private func screenBytes(of sandbox: SandboxInstance, whileNaming port: UInt16) throws -> [UInt8]
  {
    let program = try console(sandbox)
    var seen = try #require(program.output { contains($0, "permit_mynetworks") })
    var names = Self.corpus.filter { !$0.contains(0x0D) && !$0.contains(0) }
    for length in [1_000, 10_000] {
      names.append(Array(("evil" + String(repeating: "x", count: length)).utf8))
    }
    for name in names {
      try introduce(name.filter { $0 != 0x20 }, port: port)
      seen += program.output(wait: 0.1)
    }
    seen += program.output(within: 10) { contains($0, "evil") } ?? []
    program.type("3\u{0C}")
    return seen + program.output(wait: 1)
  }

  /// Greets with this name, and sends from and to it, as far as the server goes along: newer Postfix hangs
  /// up on lines that are too long.
  private func introduce(_ name: [UInt8], port: UInt16) throws {
    let client = try SMTPSocketClient(port: port)
    defer { client.close() }
    for line in [
      Array("EHLO ".utf8) + name, Array("MAIL FROM:<evil@example.com>".utf8),
      Array("RCPT TO:<".utf8) + name + Array("@example.org>".utf8),
    ] {
      guard try client.send(line) else { return }
    }
  }

  /// Every byte must be printable text or a sequence that the screen library itself uses.
  private func check(_ bytes: [UInt8]) throws {
    var scanner = TerminalOutputScanner(bytes)
    let complaints = scanner.complaints()
    #expect(complaints.isEmpty, "\(complaints.prefix(5))")
    #expect(scanner.sequences > 50, "the scanner saw a screen being drawn")
  }

  private func console(_ sandbox: SandboxInstance) throws -> TerminalProgram {
    try #require(
      TerminalProgram(
        [Postgate.path, "-c", sandbox.instance.configurationDirectory],
        environment: ["POSTGATE_STATE_DIRECTORY": sandbox.directory + "/../history"],
        columns: 120, rows: 30))
  }

  private func append(_ sandbox: SandboxInstance, _ bytes: [UInt8]) throws {
    let descriptor = open(sandbox.logFile, O_WRONLY | O_APPEND)
    defer { close(descriptor) }
    try #require(descriptor >= 0 && write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// The text in every place of a log line that strangers write.
  private func lines(around text: [UInt8]) -> [UInt8] {
    let stamp = Array("Nov 23 02:00:00 mx postfix/smtpd[4242]: ".utf8)
    let reject = Array("NOQUEUE: reject: RCPT from ".utf8)
    let answer = Array("[192.0.2.66]: 504 5.5.2 <".utf8)
    let rest = Array(">: Helo command rejected: need fully-qualified hostname; from=<".utf8)
    var lines = stamp + reject + text + answer + text + rest + text
    lines += Array("> to=<".utf8) + text + Array("> proto=ESMTP helo=<".utf8) + text
    lines += Array(">\n".utf8) + stamp + Array("warning: ".utf8) + text + [0x0A] + text + [0x0A]
    return lines
  }

  /// What comes within so many seconds.
  private func pause(_ program: TerminalProgram, _ seconds: Double) -> [UInt8] {
    var all: [UInt8] = []
    let end = monotonicSeconds() + seconds
    while monotonicSeconds() < end { all += program.output(wait: end - monotonicSeconds()) }
    return all
  }

  private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains(text)
  }
}

/// An SMTP client that sends bytes as they are.
final class SMTPSocketClient {
  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let descriptor = descriptor
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(result == 0)
    try answer()
  }

  /// Sends a line and waits for its reply; false when the server has hung up.
  func send(_ line: [UInt8]) throws -> Bool {
    let bytes = line + [0x0D, 0x0A]
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      try #require(errno == EPIPE || errno == ECONNRESET)
      return false
    }
    try answer()
    return true
  }

  func close() { Glibc.close(descriptor) }

  private func answer() throws {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    try #require(poll(&polled, 1, 20_000) > 0)
    var buffer = [UInt8](repeating: 0, count: 4096)
    _ = recv(descriptor, &buffer, buffer.count, 0)
  }
}
