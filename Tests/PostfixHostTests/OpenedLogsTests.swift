import Glibc
import HostSystem
import MailLog
import Synchronization
import TestSupport
import Testing

@testable import PostfixHost

/// What happens to a rotated set between the look at the folder and the reading.
@Suite struct OpenedLogsTests {
  private let now = wallClockMicroseconds() / 1_000_000

  private func fill(_ folder: LogFolder, _ name: String, _ count: Int, age: Int64) throws {
    let start = now - age
    try folder.write(name, (0..<count).map { folder.reject(at: start + Int64($0)) }.joined())
    folder.setTime(name, start + Int64(count))
  }

  private func count(_ inputs: [LogInput]) throws -> Int {
    try scanLogs(LogScanRequest(sources: inputs, zone: .utc)).rejects
  }

  private func rows(_ inputs: [LogInput]) throws -> Int {
    var rows = 0
    try readLogRows(inputs, since: nil) { _ in rows += 1 }
    return rows
  }

  private func rotate(_ folder: LogFolder, _ forms: Int) throws {
    for form in stride(from: forms, to: 0, by: -1) {
      rename(folder.path("mail.log.\(form)"), folder.path("mail.log.\(form + 1)"))
    }
    rename(folder.path("mail.log"), folder.path("mail.log.1"))
    try folder.write("mail.log", "")
  }

  @Test func rotationBetweenTheOpeningAndTheReadingChangesNothing() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "mail.log.2", 7, age: 300)
    try folder.pack("mail.log.2", with: "gzip")
    rename(folder.path("mail.log.2.gz"), folder.path("mail.log.3.gz"))
    try fill(folder, "mail.log.1", 5, age: 200)
    try fill(folder, "mail.log", 3, age: 100)
    let source = LogSource.file(path: folder.path("mail.log"))
    let inputs = try source.inputs(since: nil).inputs
    try rotate(folder, 1)
    try folder.write("mail.log", folder.rejectNow())
    unlink(folder.path("mail.log.3.gz"))
    #expect(try count(inputs) == 15)
    #expect(try rows(inputs) == 15)
    #expect(try rows(source.inputs(since: nil).inputs) == 9)
  }

  @Test func setIsOpenedAsItLayAtOneMoment() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "mail.log.2", 7, age: 300)
    try fill(folder, "mail.log.1", 5, age: 200)
    try fill(folder, "mail.log", 3, age: 100)
    let isDone = Atomic(false)
    let thread = startThread {
      for form in 2..<60 where !isDone.load(ordering: .relaxed) {
        try? self.rotate(folder, form)
        usleep(3000)
      }
    }
    let source = LogSource.file(path: folder.path("mail.log"))
    for _ in 0..<60 {
      let (inputs, skipped) = try source.inputs(since: nil)
      guard skipped.isEmpty else { continue }
      #expect(try count(inputs) == 15)
    }
    isDone.store(true, ordering: .relaxed)
    if let thread { pthread_join(thread, nil) }
  }

  /// For the seconds of the packing both forms are there, the packed one in part.
  @Test func packedFormBesideThePlainOneIsLeftOut() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "mail.log.1", 50, age: 200)
    let whole = try readFile(folder.path("mail.log.1")).bytes
    let packed = try folder.pack("mail.log.1", with: "gzip")
    truncate(packed, 300)
    try folder.write("mail.log.1", String(decoding: whole, as: UTF8.self))
    folder.setTime("mail.log.1", now - 150)
    try fill(folder, "mail.log", 3, age: 100)
    let source = LogSource.file(path: folder.path("mail.log"))
    let (inputs, skipped) = try source.inputs(since: nil)
    #expect(inputs.count == 2 && skipped.isEmpty)
    #expect(try count(inputs) == 53)
    let backlog = FollowedBacklog(
      path: folder.path("mail.log"), zone: .utc, start: LogTime(seconds: now - 3600), live: nil)
    #expect(backlog.files == [folder.path("mail.log.1")])
    backlog.close()
  }

  @Test func copyInTheMakingIsCountedOnce() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "mail.log.2", 4, age: 300)
    try fill(folder, "mail.log", 20, age: 100)
    let log = try readFile(folder.path("mail.log")).bytes
    try folder.write("mail.log.1", String(decoding: log.prefix(1500), as: UTF8.self))
    let source = LogSource.file(path: folder.path("mail.log"))
    #expect(try count(source.inputs(since: nil).inputs) == 24)
    let monitor = LogMonitor(source: source, windowSeconds: 3600, zone: .utc, refreshSeconds: 0.02)
    try monitor.start {}
    defer { monitor.stop() }
    #expect(waitUntil(10) { monitor.snapshot().coverage.isComplete })
    #expect(monitor.snapshot().rejects == 24)
    // A log that was cut before we came has another beginning: its copy counts.
    try folder.write("mail.log", "")
    #expect(try count(source.inputs(since: nil).inputs) > 4)
  }

  /// As cronolog and others leave it: today's file has a date, and the log is a link to it.
  @Test func logThatIsALinkToADatedFileIsCountedOnce() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "mail.log-20261121", 4, age: 300)
    try fill(folder, "mail.log-20261122", 3, age: 100)
    symlink(folder.path("mail.log-20261122"), folder.path("mail.log"))
    let source = LogSource.file(path: folder.path("mail.log"))
    #expect(try count(source.inputs(since: nil).inputs) == 7)
  }

  /// The follower has opened the log; then it is cut, and only the copy begins as it did.
  @Test func copyOfTheLogThatIsFollowedIsNotInTheBacklog() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "mail.log.1", 20, age: 100)
    try folder.write("mail.log", "")
    let head = try OpenedLog(LogFile(path: folder.path("mail.log.1"), decompressor: nil)).head
    let backlog = FollowedBacklog(
      path: folder.path("mail.log"), zone: .utc, start: LogTime(seconds: now - 3600), live: nil,
      head: head)
    #expect(head.count == 512 && backlog.files.isEmpty)
    backlog.close()
  }

  @Test(arguments: [0, 2000, 9_000_000])
  func logThatIsCutWhileItIsReadIsSaid(_ left: Int) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    // Both ways of reading: on one thread, and ahead on another.
    let count = left > 2000 ? 60_000 : 500
    try fill(folder, "mail.log", count, age: 100_000)
    let inputs = try LogSource.file(path: folder.path("mail.log")).inputs(since: nil).inputs
    truncate(folder.path("mail.log"), left)
    var problem = ""
    do {
      let coverage = try scanLogs(LogScanRequest(sources: inputs, zone: .utc)).coverage
      #expect(!coverage.isComplete)
      problem = "\(coverage.skipped)"
    } catch {
      problem = "\(error)"
    }
    #expect(problem.contains("run again"))
    #expect(throws: SystemError.self) { try rows(inputs) }
  }

  @Test func filesOlderThanTheWindowAreNotOpened() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    for form in 1...40 { try fill(folder, "mail.log.\(form)", 1, age: 1000 * Int64(form)) }
    try fill(folder, "mail.log", 1, age: 10)
    let source = LogSource.file(path: folder.path("mail.log"))
    let since = LogTime(seconds: now - 2500)
    #expect(try source.inputs(since: since).inputs.count == 3)
    #expect(try count(source.inputs(since: nil).inputs) == 41)
  }

  /// A name is no option of the program that unpacks the file.
  @Test func nameOfAPackedFileIsNoArgument() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try fill(folder, "x.log", 9, age: 100)
    let packed = try folder.pack("x.log", with: "gzip")
    let log = try OpenedLog(LogFile(path: packed, decompressor: "/usr/bin/gzip"))
    unlink(packed)
    #expect(try count([.file(log)]) == 9)
    #expect(try rows([.file(log)]) == 9)
  }
}
