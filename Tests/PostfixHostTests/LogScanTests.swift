import Glibc
import HostSystem
import MailLog
import Testing

@testable import PostfixHost

@Suite struct LogScanTests {
  @Test func rotatedSetIsReadInItsOrder() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    for (index, name) in ["mail.log.2", "mail.log.1", "mail.log"].enumerated() {
      let start = now - 300 + Int64(index) * 100
      try folder.write(name, (0..<10).map { folder.reject(at: start + Int64($0)) }.joined())
      folder.setTime(name, start + 10)
    }
    try folder.pack("mail.log.2", with: "gzip")
    folder.setTime("mail.log.2.gz", now - 290)
    let source = LogSource.file(path: folder.path("mail.log"))
    let inputs = try source.inputs(since: nil)
    #expect(inputs.inputs.count == 3)
    let whole = try scanLogs(LogScanRequest(sources: inputs.inputs, zone: .utc))
    #expect(whole.rejects == 30)
    #expect(
      whole.coverage.files
        == ["mail.log.2.gz", "mail.log.1", "mail.log"].map { folder.path($0) })
    let part = try scanLogs(
      LogScanRequest(
        sources: inputs.inputs, since: LogTime(seconds: now - 195),
        until: LogTime(seconds: now - 98), zone: .utc))
    #expect(part.rejects == 7)
  }

  @Test(arguments: ["gzip", "xz", "zstd", "bzip2"])
  func packedFilesAreRead(_ program: String) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("x.log", (0..<500).map { folder.reject(at: 1_790_000_000 + $0) }.joined())
    let packed = try folder.pack("x.log", with: program)
    let inputs = try logInputs(paths: [packed])
    #expect(try scanLogs(LogScanRequest(sources: inputs, zone: .utc)).rejects == 500)
  }

  /// A shell gives `mail.log*` newest first: a message begins in one file and ends in the next.
  @Test(arguments: [false, true]) func filesAreReadOldestFirstAndOnce(_ packs: Bool) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let head = "2026-09-21T10:00:0"
    try folder.write(
      "mail.log.1", head + "1.5+00:00 mx postfix/smtpd[7]: 3AF0E5460ED: client=x[192.0.2.1]\n")
    try folder.write(
      "mail.log",
      head + "2+00:00 mx postfix/qmgr[8]: 3AF0E5460ED: from=<a@b>, size=9, nrcpt=1 (queue active)\n"
    )
    // The times of the files say nothing once they were copied.
    folder.setTime("mail.log", 1_000_000)
    symlink(folder.path("mail.log"), folder.path("link"))
    var names = ["mail.log", "link", "mail.log.1", "mail.log"]
    if packs {
      try folder.pack("mail.log.1", with: "gzip")
      names[2] = "mail.log.1.gz"
    }
    let inputs = try logInputs(paths: names.map(folder.path))
    let counted = try scanLogs(LogScanRequest(sources: inputs, zone: .utc))
    #expect(counted.accepted == 1 && counted.coverage.lines == 2)
    #expect(counted.coverage.files == [names[2], "mail.log"].map(folder.path))
  }

  @Test func windowBeginsWithTheEarliestLineInAnyOrder() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let start: Int64 = 1_790_000_000
    try folder.write("x.log", folder.reject(at: start + 7200) + folder.reject(at: start))
    let inputs = try logInputs(paths: [folder.path("x.log")])
    let counted = try scanLogs(LogScanRequest(sources: inputs, zone: .utc))
    #expect(counted.since.seconds == start && counted.coverage.readFrom?.seconds == start)
  }

  @Test func damagedPackedFileIsAnError() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("x.log.gz", "this is no gzip file")
    let inputs = try logInputs(paths: [folder.path("x.log.gz")])
    #expect(throws: SystemError.self) { try scanLogs(LogScanRequest(sources: inputs)) }
  }

  /// One file that is damaged, empty or cannot be opened hides nothing of the others.
  @Test func restOfASetIsCountedBesideADamagedFile() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log", folder.reject(at: now - 10))
    try folder.write("mail.log.1", folder.reject(at: now - 100))
    try folder.write("mail.log.2.gz", "")
    try folder.write("mail.log.4", (0..<900).map { folder.reject(at: now - 9000 + $0) }.joined())
    rename(try folder.pack("mail.log.4", with: "gzip"), folder.path("mail.log.3.gz"))
    truncate(folder.path("mail.log.3.gz"), 9000)
    let source = LogSource.file(path: folder.path("mail.log"))
    let inputs = try source.inputs(since: nil).inputs
    let counted = try scanLogs(LogScanRequest(sources: inputs, zone: .utc))
    #expect(counted.rejects > 300 && counted.rejects < 800)
    #expect(!counted.coverage.isComplete)
    let damaged = Set(["mail.log.2.gz", "mail.log.3.gz"].map(folder.path))
    #expect(Set(counted.coverage.skipped.map(\.file)) == damaged)
    var (rows, skipped) = (0, Set<String>())
    try readLogRows(inputs, since: nil, skipped: { skipped.insert($0.file) }) { _ in rows += 1 }
    #expect(rows >= counted.rejects && skipped == damaged)
    #expect(throws: SystemError.self) { try readLogRows(inputs, since: nil) { _ in } }
  }

  @Test func packedLogIsReadWithTheYearOfItsFile() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let line = "Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[192.0.2.1]\n"
    try folder.write("mail.log", line)
    let packed = try folder.pack("mail.log", with: "gzip")
    // 2023-11-23
    folder.setTime("mail.log.gz", 1_700_697_600)
    let source = LogSource.file(path: packed)
    #expect(source.isPacked && !LogSource.file(path: folder.path("mail.log")).isPacked)
    var times: [Int64?] = []
    for inputs in [try source.inputs(since: nil).inputs, try logInputs(paths: [packed])] {
      try readLogRows(inputs, since: nil, zone: .utc) { times.append($0.time?.seconds) }
      #expect(try scanLogs(LogScanRequest(sources: inputs, zone: .utc)).connections == 1)
    }
    #expect(times == [1_700_643_600, 1_700_643_600])
  }

  @Test func missingFileSaysWhatToDo() throws {
    #expect {
      try logInputs(paths: ["/nonexistent/mail.log"])
    } throws: { error in
      "\(error)".contains("--log")
    }
  }

  @Test func searchFindsTheFirstLineOfAMoment() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let start: Int64 = 1_790_000_000
    let lines = (0..<20_000).map { folder.reject(at: start + Int64($0 / 3)) }
    try folder.write("x.log", lines.joined())
    let descriptor = try openLog(folder.path("x.log"))
    defer { close(descriptor) }
    let size = try #require(FileFacts(descriptor: descriptor)).size
    var search = LogSearch(
      descriptor: descriptor, zone: .utc, reference: LogTime(seconds: start + 100_000))
    let offsets = lines.reduce(into: [Int64(0)]) {
      $0.append(($0.last ?? 0) + Int64($1.utf8.count))
    }
    for second in [0, 1, 17, 3000, 6666] {
      let moment = LogTime(seconds: start + Int64(second))
      #expect(search.offset(of: moment, size: size) == offsets[second * 3])
    }
    #expect(search.offset(of: LogTime(seconds: start - 5), size: size) == 0)
    #expect(search.offset(of: LogTime(seconds: start + 9000), size: size) == size)
  }

  @Test func rotationsAreToldFromOtherFiles() {
    for name in ["mail.log.1", "mail.log.2.gz", "mail.log-20261122", "mail.log-20261122.xz"] {
      #expect(RotatedLogs.isRotation(name, of: "mail.log"))
    }
    for name in ["mail.log", "mail.log.old", "mail.log.1.bak", "mail.logs", "mail.log.gz", "x.1"] {
      #expect(!RotatedLogs.isRotation(name, of: "mail.log"))
    }
  }
}
