import Attribution
import Glibc
import HostSystem
import MailLog
import TestSupport
import Testing

@testable import PostfixHost

/// The systemd journal, through a stand-in for journalctl and through the real one.
@Suite struct JournalTests {
  /// The tool that makes journal files out of text; Debian: systemd-journal-remote.
  private static let importer = "/lib/systemd/systemd-journal-remote"
  private static let canImport =
    access(importer, X_OK) == 0 && programPath("journalctl") != nil

  private let now = wallClockMicroseconds() / 1_000_000

  /// A stand-in that notes its arguments and prints a file; `tail` is what it does afterwards.
  private func standIn(_ folder: LogFolder, tail: String = "") throws -> JournalSource {
    try folder.write(
      "journalctl",
      """
      #!/bin/sh
      printf '%s\\n' "$@" >\(folder.path("arguments"))
      cat \(folder.path("lines"))
      \(tail)

      """)
    chmod(folder.path("journalctl"), 0o755)
    var journal = JournalSource()
    journal.program = folder.path("journalctl")
    return journal
  }

  /// As `--output=short-iso-precise` of systemd 252 (`+0000`) and 256 (`+00:00`) print them.
  private func lines(_ folder: LogFolder, zone: String) -> String {
    (0..<50).map { number in
      // The stamp's date and time are 19 characters, its zone six more.
      let line = folder.reject(at: now - 50 + Int64(number))
      return line.prefix(19) + ".123456" + zone + line.dropFirst(25)
    }.joined()
  }

  @Test(arguments: ["+0000", "+00:00"])
  func isCountedAndAskedForTheWindow(_ zone: String) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("lines", lines(folder, zone: zone) + "-- Boot 0123 --\n     a second line\n")
    let source = LogSource.journal(try standIn(folder))
    let since = LogTime(seconds: now - 3600)
    let counted = try scanLogs(
      LogScanRequest(sources: source.inputs(since: since).inputs, since: since, zone: .utc))
    #expect(counted.rejects == 50)
    #expect(counted.coverage.files == ["journal"])
    #expect(counted.coverage.postfixLines == 50 && counted.coverage.lines == 52)
    let arguments = String(decoding: try readFile(folder.path("arguments")).bytes, as: UTF8.self)
    #expect(
      arguments.split(separator: "\n") == [
        "--no-pager", "--quiet", "--all", "--output=short-iso-precise", "SYSLOG_FACILITY=2",
        "--since=@\(now - 3600)",
      ])
    var rows = 0
    try readLogRows(source.inputs(since: since).inputs, since: since) { row in
      if row.kind == .reject { rows += 1 }
    }
    #expect(rows == 50)
    // What comes behind the window is not asked for.
    let until = LogTime(microseconds: (now - 25) * 1_000_000 + 500_000)
    let inputs = try source.inputs(since: nil).inputs
    #expect(try scanLogs(LogScanRequest(sources: inputs, until: until, zone: .utc)).rejects == 26)
    for way in ["count", "rows"] {
      if way == "rows" { try readLogRows(inputs, since: nil, until: until) { _ in } }
      let asked = String(decoding: try readFile(folder.path("arguments")).bytes, as: UTF8.self)
      #expect(asked.contains("SYSLOG_FACILITY=2\n--until=@\(now - 24)\n"), "\(asked)")
      unlink(folder.path("arguments"))
    }
  }

  @Test func isFollowedAndReadAgainWhenItsReaderDies() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("lines", lines(folder, zone: "+0000"))
    let journal = try standIn(
      folder,
      tail: "while [ ! -e \(folder.path("more")) ]; do sleep 0.05; done; cat \(folder.path("more"))"
    )
    let monitor = LogMonitor(
      source: .journal(journal), windowSeconds: 3600, zone: .utc, refreshSeconds: 0.02)
    try monitor.start {}
    defer { monitor.stop() }
    #expect(waitUntil(10) { monitor.snapshot().rejects == 50 })
    try folder.write("more.part", folder.rejectNow())
    rename(folder.path("more.part"), folder.path("more"))
    #expect(waitUntil(10) { monitor.snapshot().rejects == 51 })
    #expect(waitUntil(10) { monitor.problem()?.contains("journalctl ended") == true })
    // Read again as a whole: nothing is counted twice.
    #expect(waitUntil(10) { monitor.problem() == nil })
    #expect(waitUntil(10) { monitor.snapshot().rejects == 51 })
    let arguments = String(decoding: try readFile(folder.path("arguments")).bytes, as: UTF8.self)
    #expect(arguments.contains("--follow\n--lines=all\n"))
  }

  @Test func failureOfItsReaderIsAnError() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("lines", "")
    let source = LogSource.journal(try standIn(folder, tail: "exit 1"))
    #expect(throws: SystemError.self) {
      try scanLogs(LogScanRequest(sources: source.inputs(since: nil).inputs))
    }
  }

  @Test func optionNamesEverySource() {
    #expect(LogSource(option: "-") == .standardInput)
    #expect(LogSource(option: "journal") == .journal(JournalSource()))
    #expect(LogSource(option: "journal:/x") == .journal(JournalSource(path: "/x")))
    #expect(LogSource(option: "/var/log/journal") == .file(path: "/var/log/journal"))
  }

  @Test(
    .enabled(
      if: canImport, "SKIPPED: needs journalctl and systemd-journal-remote to make a journal"))
  func realJournalIsRead() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let long =
      "NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 5.7.1 <r@x>: Relay access denied; from=<"
      + String(repeating: "ä", count: 600) + "@x> to=<r@x> proto=SMTP helo=<h>"
    let fake =
      "warning: two\nNov 22 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 5"
    let messages = [
      (2, "connect from x[192.0.2.1]"), (2, long), (2, fake), (3, "NOQUEUE: reject: RCPT"),
    ]
    var text: [UInt8] = []
    for (index, message) in messages.enumerated() {
      text += Array(
        """
        __REALTIME_TIMESTAMP=\((now - 60 + Int64(index)) * 1_000_000)
        __MONOTONIC_TIMESTAMP=\(1000 + index)
        _BOOT_ID=0123456789abcdef0123456789abcdef
        _HOSTNAME=mx
        SYSLOG_FACILITY=\(message.0)
        SYSLOG_IDENTIFIER=postfix/submission/smtpd
        SYSLOG_PID=77
        MESSAGE

        """.utf8)
      let bytes = Array(message.1.utf8)
      text +=
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) } + bytes + [10, 10]
    }
    try folder.write("x.journal", "")
    unlink(folder.path("x.journal"))
    let made = try Command(Self.importer, ["-o", folder.path("x.journal"), "-"], input: text).run()
    try #require(made.succeeded, "\(made.errorText)")
    for path in [folder.path("x.journal"), folder.directory] {
      let source = LogSource(option: "journal:" + path)
      let counted = try scanLogs(
        LogScanRequest(
          sources: source.inputs(since: nil).inputs, since: LogTime(seconds: now - 3600)))
      #expect(counted.connections == 1)
      #expect(
        counted.rows.map(\.key) == [
          RowKey(tag: "postfix/submission", restriction: "reject_unauth_destination")
        ])
      #expect(counted.byService == ["postfix/submission": 1])
    }
  }
}
