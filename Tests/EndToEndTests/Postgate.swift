import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// The program under test, run as its user runs it.
enum Postgate {
  /// The binary that was built with these tests.
  static let path = postgateProgram

  /// Runs a command to its end.
  static func run(
    _ arguments: [String], state: String, input: [UInt8] = []
  ) throws -> CommandResult {
    var environment = Command.cleanEnvironment
    environment["POSTGATE_STATE_DIRECTORY"] = state
    environment["LC_ALL"] = "C.UTF-8"
    return try Command(path, arguments, environment: environment, input: input, timeout: 60).run()
  }

  /// Opens the console on a sandbox in a terminal, and waits until it shows the lists and the counts.
  static func console(
    on sandbox: SandboxInstance, columns: Int = 80, rows: Int = 24
  ) throws -> Tmux {
    let terminal = try Tmux(
      [path, "-c", sandbox.instance.configurationDirectory], columns: columns, rows: rows,
      environment: ["POSTGATE_STATE_DIRECTORY": sandbox.directory + "/../history"])
    try terminal.wait("the first screen") {
      $0.contains("permit_mynetworks") && !$0.contains("reading")
    }
    return terminal
  }
}

extension Tmux {
  /// Moves the cursor of the list down until it stands on a row with this text, and stays there.
  func moveTo(_ text: String) throws {
    for _ in 0..<4 {
      try send("Home")
      usleep(100_000)
      for _ in 0..<80 {
        let row = try cursorRow()
        if row.contains(text) { break }
        try send("Down")
        // A busy machine shows a key's effect late; the last row has none.
        var polls = 0
        while polls < 100, try cursorRow() == row {
          usleep(10_000)
          polls += 1
        }
      }
      usleep(300_000)
      if try cursorRow().contains(text) { return }
    }
    Issue.record("no row with \(text):\n\(try screen())")
  }

  private func cursorRow() throws -> String {
    try rows().first { $0.hasPrefix(">") }.map { String($0.prefix(51)) } ?? ""
  }

  /// The row of the list that holds this text.
  func row(_ text: String) throws -> String {
    try rows().first { $0.contains(text) }.map { String($0.prefix(51)) } ?? ""
  }
}

/// An SMTP client of the world with a HELO name, sending to a user of the sandbox up to RCPT.
///
/// Ends orderly afterwards.
func askSandbox(_ status: SandboxStatus, helo: String, address: String = "203.0.113.99") throws
  -> SMTPReply
{
  let client = try SMTPClient(
    connectingTo: .tcp(address: "127.0.0.1", port: status.smtpPort), timeout: 20)
  defer { client.close() }
  _ = try client.xclient(SMTPPretendedClient(address: address, name: .unavailable))
  _ = try client.ehlo(helo)
  _ = try client.mail(from: "office@example.com")
  let reply = try client.rcpt(to: "info@example.org")
  _ = try client.quit()
  return reply
}

/// The bytes of a sandbox's main.cf.
func mainCF(_ sandbox: SandboxInstance) throws -> [UInt8] {
  try readFile(sandbox.instance.mainCF).bytes
}

/// The lines that differ, as `-line` and `+line`.
func changedLines(_ old: [UInt8], _ new: [UInt8]) -> [String] {
  let before = old.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  let after = new.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  return after.difference(from: before).map { change in
    switch change {
    case .remove(_, let line, _): "-" + line
    case .insert(_, let line, _): "+" + line
    }
  }
}

let canRunEndToEnd = SystemTests.arePossible && access(Tmux.executable, X_OK) == 0
let endToEndReason: Comment = "needs root, Postfix, dnsmasq and tmux"
