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

  /// More rotated files than a process may have open at first.
  @Test func hundredsOfRotatedFilesAreReadAtOnce() throws {
    var files = ["mail.log": line("2025-11-20T10:00:00Z")]
    for form in 1...400 { files["mail.log.\(form)"] = line("2025-11-20T09:00:00Z") + "\(form)\n" }
    try run(files) { directory, _ in
      let report = ["report", "--json", "--since", "2025-11-01", "--log", directory + "/mail.log"]
      let counted = try Command(
        "/usr/bin/prlimit", ["--nofile=300:4096", Postgate.path] + report,
        environment: ["POSTGATE_STATE_DIRECTORY": directory + "/state"]
      ).run()
      #expect(counted.outputText.contains("\"connections\": 401,"), "\(counted.errorText)")
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

  @Test func reportOfAFileSaysNothingOfAStartThatNobodyAskedFor() throws {
    let text = line("2025-11-21T10:00:00.250000Z") + line("2025-11-21T11:00:00.250000Z")
    let reject =
      "2025-11-21T10:30:00Z mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 504 5.5.2 "
      + "<h>: Helo command rejected: need fully-qualified hostname; from=<> to=<r@x.example> "
      + "proto=SMTP helo=<h>\n"
    try run(["mail.log": text + reject]) { directory, run in
      let path = directory + "/mail.log"
      let whole = try run(["report", path]).outputText
      #expect(!whole.contains("reaches back"), "\(whole)")
      #expect(whole.contains("1  <>\n"), "\(whole)")
      let exact = try run(["report", "--since", "2025-11-21T10:00:00Z", path]).outputText
      #expect(!exact.contains("reaches back"), "\(exact)")
      let early = try run(["report", "--since", "2025-11-21T09:00Z", path]).outputText
      #expect(early.contains("reaches back"), "\(early)")
    }
  }

  /// Nine hours east of UTC a day begins at 15:00 UTC.
  @Test func barsAreThoseOfLocalDays() throws {
    let stamps = ["20T14:00", "20T16:00", "20T23:00", "21T14:59", "25T03:00"]
    try run(["mail.log": stamps.map { line("2025-11-\($0):00Z") }.joined()]) { directory, _ in
      var environment = Command.cleanEnvironment
      environment["TZ"] = "JST-9"
      let result = try Command(
        Postgate.path, ["report", directory + "/mail.log"], environment: environment
      ).runOnTerminal()
      let bars = result.outputText.split(separator: "\n").filter { $0.contains(" 00:00 ") }
        .map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
      #expect(
        bars == [
          "2025-11-20 00:00 1", "2025-11-21 00:00 3", "2025-11-22 00:00 0", "2025-11-23 00:00 0",
          "2025-11-24 00:00 0", "2025-11-25 00:00 1",
        ], "\(result.outputText)")
    }
  }

  @Test(.enabled(if: !hasPostfix, "a Postfix is configured on this machine"))
  func rowsOfMoreThanADayHaveTheirDate() throws {
    let now = wallClockMicroseconds() / 1_000_000
    var moment = time_t(now - 3600)
    var fields = tm()
    gmtime_r(&moment, &fields)
    var text = [CChar](repeating: 0, count: 40)
    let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S", &fields)
    let stamp = String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try run(["mail.log": line(stamp + "Z")]) { directory, run in
      let log = ["log", "--log", directory + "/mail.log"]
      #expect(try run(log).outputText.hasPrefix(stamp.suffix(8)))
      let dated = try run(log + ["--since", "3d"]).outputText
      #expect(dated.hasPrefix("\(stamp.prefix(10)) \(stamp.suffix(8)) open"), "\(dated)")
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
