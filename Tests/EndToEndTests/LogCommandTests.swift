import Glibc
import HostSystem
import TestSupport
import Testing

/// What `report` and `log` read, and for which window, without any Postfix.
@Suite struct LogCommandTests {
  private static let hasPostfix = access("/etc/postfix/main.cf", F_OK) == 0

  private func line(_ stamp: String, _ address: String = "192.0.2.1") -> String {
    "\(stamp) mx postfix/smtpd[7]: connect from x[\(address)]\n"
  }

  /// Runs commands in a folder with these files.
  private func run(
    _ files: [String: String], _ body: (String, ([String]) throws -> CommandResult) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      for (name, text) in files {
        let file = try OpenFile("\(directory)/\(name)", 0o101, mode: 0o644)  // O_CREAT | O_WRONLY
        try file.writeAll(Array(text.utf8))
      }
      try body(directory) { try Postgate.run($0, state: directory + "/state") }
    }
  }

  @Test func endAloneMakesAWindow() throws {
    let text = ["20T10", "21T10", "21T20", "22T10"].map { line("2025-11-\($0):00:00Z") }.joined()
    try run(["mail.log": text]) { directory, run in
      let path = directory + "/mail.log"
      let named = try run(["report", "--json", "--until", "2025-11-21T12:00:00Z", path])
      #expect(named.succeeded && named.outputText.contains("\"connections\": 2,"))
      #expect(named.outputText.contains("\"since\": \"2025-11-20T10:00:00Z\""))
      let follow = try run(["log", "--follow", "--until", "1h", "--log", path])
      #expect(follow.ending == .exited(64) && follow.errorText.contains("--until"))
      let both = try run(["report", "--log", path, path])
      #expect(both.ending == .exited(64) && both.errorText.contains("--log"))
    }
  }

  @Test(.enabled(if: !hasPostfix, "a Postfix is configured on this machine"))
  func namedLogNeedsNoPostfix() throws {
    let text = ["20T10", "21T10", "21T20", "22T10"].map { line("2025-11-\($0):00:00Z") }.joined()
    try run(["mail.log": text]) { directory, run in
      let log = ["--log", directory + "/mail.log", "--until", "2025-11-22T09:00:00Z"]
      let rows = try run(["log"] + log)
      #expect(rows.succeeded, "\(rows.errorText)")
      #expect(rows.outputText.split(separator: "\n").count == 2)
      let counts = try run(["report", "--json"] + log)
      #expect(counts.succeeded && counts.outputText.contains("\"connections\": 2,"))
      #expect(try run(["log"]).ending == .exited(1))
    }
  }

  @Test func numbersThatAreTooLargeAreNoCrash() throws {
    try run(["mail.log": line("2025-11-21T10:00:00Z")]) { directory, run in
      let path = directory + "/mail.log"
      for length in ["999999999w", "999999999d", "999999999h"] {
        #expect(try run(["report", "--since", length, path]).ending == .exited(64), "\(length)")
      }
      guard !Self.hasPostfix else { return }
      let rows = try run(
        ["log", "--log", path, "--since", "2025-11-01", "--lines", "9223372036854775807"])
      #expect(rows.succeeded && rows.outputText.contains("192.0.2.1"))
    }
  }

  @Test(.enabled(if: !hasPostfix, "a Postfix is configured on this machine"))
  func damagedFileIsNamedAndTheRestIsShown() throws {
    let text = line("2025-11-21T10:00:00Z")
    try run(["mail.log": text, "mail.log.1.gz": "", "x.gz": ""]) { directory, run in
      let paths = ["mail.log", "mail.log.1.gz"].map { "\(directory)/\($0)" }
      let report = try run(["report", "--json"] + paths)
      #expect(report.ending == .exited(1) && report.errorText.contains(paths[1]))
      for part in ["\"connections\": 1,", "\"complete\": false", "\"file\": \"\(paths[1])\""] {
        #expect(report.outputText.contains(part), "\(report.outputText)")
      }
      let rows = try run(["log", "--log", paths[0], "--since", "2025-11-01"])
      #expect(rows.ending == .exited(1) && rows.errorText.contains(paths[1]))
      #expect(rows.outputText.contains("192.0.2.1"))
      let follow = try run(["log", "--follow", "--log", paths[1]])
      #expect(follow.ending == .exited(64) && follow.errorText.contains("packed"))
      let alone = try run(["report", "--json", directory + "/x.gz"])
      #expect(alone.ending == .exited(1) && alone.outputText.contains("exit_status"))
    }
  }
}
