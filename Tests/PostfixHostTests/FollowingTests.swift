import Glibc
import HostSystem
import MailLog
import TestSupport
import Testing

@testable import PostfixHost

/// What happens to logs besides rotation in the open.
@Suite struct FollowingTests {
  private func monitor(_ path: String, windowSeconds: Int = 3600) throws -> LogMonitor {
    let monitor = LogMonitor(
      source: .file(path: path), windowSeconds: windowSeconds, zone: .utc, refreshSeconds: 0.02)
    try monitor.start {}
    return monitor
  }

  private func reaches(_ monitor: LogMonitor, _ wanted: Int) -> Bool {
    let reached = waitUntil(10) { monitor.snapshot().rejects >= wanted }
    usleep(120_000)
    return reached && monitor.snapshot().rejects == wanted
  }

  /// Rotated files are packed, renamed and deleted between the look at the folder and the reading.
  @Test func rotatedFilesMayBePackedWhileTheyAreRead() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log.2", (0..<40).map { folder.reject(at: now - 900 + $0) }.joined())
    try folder.write("mail.log.1", (0..<30).map { folder.reject(at: now - 600 + $0) }.joined())
    try folder.write("mail.log", folder.rejectNow())
    try folder.pack("mail.log.2", with: "gzip")
    folder.setTime("mail.log.2.gz", now - 800)
    let backlog = FollowedBacklog(
      path: folder.path("mail.log"), zone: .utc, start: LogTime(seconds: now - 3600), live: nil)
    #expect(backlog.files == ["mail.log.2.gz", "mail.log.1"].map(folder.path))
    rename(folder.path("mail.log.2.gz"), folder.path("mail.log.3.gz"))
    rename(folder.path("mail.log.1"), folder.path("mail.log.2"))
    try folder.pack("mail.log.2", with: "gzip")
    let tally = LogTally(
      window: .fixed(since: nil, until: nil), reference: LogTime(seconds: now + 60))
    while backlog.readBlock(into: tally, ring: nil) {}
    backlog.close()
    #expect(backlog.problem == nil)
    #expect(tally.summary(now: LogTime(seconds: now)).signatures.map(\.count) == [70])
  }

  @Test func logThatIsALinkIsFollowedThroughItsTarget() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("real.log", folder.rejectNow())
    try folder.write("real.log.1", folder.rejectNow())
    symlink(folder.path("real.log"), folder.path("mail.log"))
    let monitor = try monitor(folder.path("mail.log"))
    defer { monitor.stop() }
    #expect(reaches(monitor, 2))
    rename(folder.path("real.log"), folder.path("real.log.2"))
    try folder.write("real.log", folder.rejectNow())
    #expect(reaches(monitor, 3))
    // The link itself is set to another file.
    try folder.write("other.log", folder.rejectNow())
    symlink(folder.path("other.log"), folder.path("new"))
    rename(folder.path("new"), folder.path("mail.log"))
    #expect(reaches(monitor, 4))
  }

  /// A writer that woke up late wrote to a rotated file last, which makes it the newest of them.
  @Test(arguments: [3600, 60])
  func rotatedFileThatWasWrittenToLastIsCountedOnce(_ windowSeconds: Int) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log", folder.rejectNow())
    try folder.write("mail.log.1", folder.reject(at: now - 30))
    try folder.write("mail.log.2", folder.reject(at: now - 40))
    folder.setTime("mail.log", now - 20)
    folder.setTime("mail.log.1", now - 10)
    let monitor = try monitor(folder.path("mail.log"), windowSeconds: windowSeconds)
    defer { monitor.stop() }
    #expect(reaches(monitor, 3))
    rename(folder.path("mail.log.2"), folder.path("mail.log.3"))
    rename(folder.path("mail.log.1"), folder.path("mail.log.2"))
    rename(folder.path("mail.log"), folder.path("mail.log.1"))
    try folder.write("mail.log", folder.rejectNow())
    #expect(reaches(monitor, 4))
    // The number of a file that is gone is given to one that had the log's name for a moment.
    rename(folder.path("mail.log.2"), folder.path("mail.log.3"))
    try folder.write("mail.log.2", folder.rejectNow())
    rename(folder.path("mail.log"), folder.path("mail.log.1"))
    try folder.write("mail.log", folder.rejectNow())
    #expect(reaches(monitor, 6))
  }

  /// A full disk cuts a line; the writer goes on behind the cut when there is room again.
  @Test func lineCutByAFullDiskCostsThatLineOnly() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", folder.rejectNow())
    let monitor = try monitor(folder.path("mail.log"))
    defer { monitor.stop() }
    #expect(reaches(monitor, 1))
    try folder.write("mail.log", String(folder.rejectNow().prefix(60)), append: true)
    usleep(100_000)
    // What follows stands on the same line, and must not become an event by that.
    try folder.write("mail.log", folder.rejectNow() + folder.rejectNow(), append: true)
    #expect(reaches(monitor, 2))
  }

  @Test(.enabled(if: geteuid() == 0, "needs root, to give up the right to read every file"))
  func lostPermissionIsSaidAndNothingIsLostWhenItComesBack() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    chmod(folder.directory, 0o755)
    try folder.write("mail.log", folder.rejectNow())
    chmod(folder.path("mail.log"), 0o644)
    // Rights are a thread's own on Linux, and the reader's thread inherits them.
    let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "setfsuid"))
    typealias SetFileSystemUser = @convention(c) (UInt32) -> Int32
    let setFileSystemUser = unsafeBitCast(symbol, to: SetFileSystemUser.self)
    _ = setFileSystemUser(65_534)
    let started = Result { try self.monitor(folder.path("mail.log")) }
    _ = setFileSystemUser(0)
    let monitor = try started.get()
    defer { monitor.stop() }
    #expect(reaches(monitor, 1))
    rename(folder.path("mail.log"), folder.path("mail.log.1"))
    try folder.write("mail.log", folder.rejectNow())
    #expect(waitUntil(10) { monitor.problem()?.contains("root") == true })
    #expect(monitor.snapshot().rejects == 1)
    chmod(folder.path("mail.log"), 0o644)
    #expect(reaches(monitor, 2))
    #expect(monitor.problem() == nil)
  }

  /// Cut before anything was read of it: only its size or its first bytes can tell.
  @Test(arguments: [true, false])
  func cutOfALogThatWasNotYetReadIsSeen(_ growsAgain: Bool) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let path = folder.path("mail.log")
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log", (0..<9).map { folder.reject(at: now - 20 + Int64($0)) }.joined())
    let ring = LineRing()
    let moment = LogTime(seconds: now)
    let input = FollowedInput(
      source: .file(path: path), zone: .utc, since: LogTime(seconds: now - 3600), now: moment,
      ring: ring)
    defer { input.close() }
    _ = try Command("/bin/cp", [path, path + ".1"]).run()
    truncate(path, 0)
    let lines = growsAgain ? 12 : 2
    try folder.write(
      "mail.log", (0..<lines).map { folder.reject(at: now - 10 + Int64($0)) }.joined(), append: true
    )
    let tally = LogTally(window: .sliding(seconds: 3600), reference: moment, isLive: true)
    for _ in 0..<50 { _ = input.readBlock(into: tally, ring: ring, now: moment) }
    #expect(tally.summary(now: moment).signatures.map(\.count).reduce(0, +) == 9 + lines)
    #expect(input.truncations == 1 && input.lostRests == 0)
  }

  /// Stamps without a year are read against the present, not against the moment of the start: a console
  /// stays open for weeks.
  @Test func stampsWithoutAYearAreReadForWeeks() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    // 2026-12-20T10:00:00Z: the year ends on the way.
    let start: Int64 = 1_797_760_800
    try folder.write("mail.log", folder.traditionalReject(at: start - 60))
    folder.setTime("mail.log", start)
    let ring = LineRing()
    let begin = LogTime(seconds: start)
    let input = FollowedInput(
      source: .file(path: folder.path("mail.log")), zone: .utc,
      since: LogTime(seconds: start - 3600), now: begin, ring: ring)
    defer { input.close() }
    let tally = LogTally(window: .sliding(seconds: 3600), reference: begin, isLive: true)
    func read(at moment: LogTime) {
      for _ in 0..<4 {
        // Rotations are looked for twenty times a second.
        while input.readBlock(into: tally, ring: ring, now: moment) {}
        usleep(30_000)
      }
    }
    read(at: begin)
    #expect(tally.newestLine == LogTime(seconds: start - 60))
    for day in 1...20 {
      let moment = LogTime(seconds: start + Int64(day) * 86_400)
      if day % 7 == 0 {
        rename(folder.path("mail.log"), folder.path("mail.log.\(day)"))
      }
      try folder.write("mail.log", folder.traditionalReject(at: moment.seconds - 5), append: true)
      read(at: moment)
      #expect(tally.newestLine == LogTime(seconds: moment.seconds - 5), "day \(day)")
      #expect(tally.summary(now: moment).signatures.map(\.count) == [1], "day \(day)")
    }
    var rows = LogRowReader(zone: .utc, reference: begin)
    rows.advanceReference(to: LogTime(seconds: start + 40 * 86_400))
    let line = folder.traditionalReject(at: start + 39 * 86_400)
    #expect(rows.row(Array(line.utf8.dropLast()).span).time?.seconds == start + 39 * 86_400)
  }

  @Test func lateWriterOfARenamedFileIsStillRead() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", folder.rejectNow())
    let monitor = try monitor(folder.path("mail.log"))
    defer { monitor.stop() }
    #expect(reaches(monitor, 1))
    let old = open(folder.path("mail.log"), O_WRONLY | O_APPEND)
    defer { close(old) }
    rename(folder.path("mail.log"), folder.path("mail.log.1"))
    // No new log yet: the old file goes on.
    folder.put(folder.rejectNow(), to: old)
    #expect(reaches(monitor, 2))
    try folder.write("mail.log", folder.rejectNow())
    #expect(reaches(monitor, 3))
    folder.put(folder.rejectNow(), to: old)
    #expect(reaches(monitor, 4))
  }

  @Test func retentionIsAMinuteForADayAndAnHourForSixtyDays() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    let text = (0..<59).map { folder.reject(at: now - (59 - $0) * 86_400) }.joined()
    try folder.write("mail.log", text + folder.reject(at: now - 7200) + folder.reject(at: now))
    let monitor = try monitor(folder.path("mail.log"), windowSeconds: 60 * 86_400)
    defer { monitor.stop() }
    #expect(reaches(monitor, 61))
    #expect(monitor.snapshot().series.rejects.reduce(0, +) == 61)
    monitor.setWindow(seconds: 86_400)
    #expect(waitUntil(10) { monitor.snapshot().rejects <= 3 })
    // The window of a day goes by whole minutes, so that the one of yesterday may still be in it.
    #expect(monitor.snapshot().series.stepSeconds <= 3600)
    #expect(monitor.snapshot().since.seconds % 60 == 0)
  }

  private struct Stop: Error {}

  /// Rows of a followed log come in order and once, through a rotation.
  @Test func rowsAreGivenOnceAndInOrder() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    let texts = (0..<40).map { folder.reject(at: now - 40 + $0) }
    try folder.write("mail.log.1", texts[..<10].joined())
    try folder.write("mail.log", texts[10..<20].joined())
    var seen: [String] = []
    var wasCaughtUp = 0
    #expect(throws: Stop.self) {
      try followLogRows(
        .file(path: folder.path("mail.log")), since: LogTime(seconds: now - 35), zone: .utc
      ) { news in
        switch news {
        case .row(let row): seen.append(row.line + "\n")
        case .caughtUp:
          wasCaughtUp = seen.count
          rename(folder.path("mail.log"), folder.path("mail.log.2"))
          try folder.write("mail.log.2", texts[20..<30].joined(), append: true)
          try folder.write("mail.log", texts[30...].joined())
        case .problem(let problem): Issue.record("\(problem)")
        }
        if seen.count == 35 { throw Stop() }
      }
    }
    #expect(wasCaughtUp == 15)
    #expect(seen == Array(texts[5...]))
  }
}
