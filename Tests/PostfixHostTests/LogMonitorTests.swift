import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Synchronization
import Testing

/// Following through every kind of rotation: nothing lost, nothing twice.
@Suite struct LogMonitorTests {
  private func monitor(_ folder: LogFolder, windowSeconds: Int = 3600) throws -> LogMonitor {
    let monitor = LogMonitor(
      source: .file(path: folder.path("mail.log")), windowSeconds: windowSeconds, zone: .utc,
      refreshSeconds: 0.02)
    try monitor.start {}
    return monitor
  }

  /// Waits up to some seconds for the count; the last count that was seen.
  private func rejects(_ monitor: LogMonitor, reach wanted: Int, seconds: Double = 5) -> Int {
    let deadline = monotonicSeconds() + seconds
    while monotonicSeconds() < deadline {
      let count = monitor.snapshot().rejects
      if count >= wanted { break }
      usleep(10_000)
    }
    // A moment more, so that a line counted twice would be seen.
    usleep(120_000)
    return monitor.snapshot().rejects
  }

  @Test func readsTheWindowThenFollows() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log", folder.reject(at: now - 7000) + folder.reject(at: now - 100))
    let notified = Mutex(0)
    let monitor = LogMonitor(
      source: .file(path: folder.path("mail.log")), windowSeconds: 3600, zone: .utc,
      refreshSeconds: 0.02)
    try monitor.start { notified.withLock { $0 += 1 } }
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 1) == 1)
    try folder.write("mail.log", folder.rejectNow(), append: true)
    let started = monotonicSeconds()
    #expect(rejects(monitor, reach: 2) == 2)
    #expect(monotonicSeconds() - started < 1)
    #expect(notified.withLock { $0 } > 0)
    #expect(monitor.snapshot().coverage.isComplete)
    let rows = monitor.news(after: 0, limit: 10).rows
    #expect(rows.count == 2)
    #expect(rows.last?.kind == .reject)
    let newest = rows.last?.sequence ?? 0
    #expect(monitor.news(after: newest, limit: 10).rows.isEmpty)
    monitor.setWindow(seconds: 10_000)
    #expect(rejects(monitor, reach: 3) == 3)
  }

  /// While a longer window is read, what is known of the shorter one stays and goes on growing.
  @Test func aLongerWindowGrowsOutOfTheShorterOne() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    let old = (0..<20_000).map { folder.reject(at: now - 86_000 + $0 / 1000) }.joined()
    try folder.write("mail.log", old + folder.reject(at: now - 100) + folder.reject(at: now - 50))
    let monitor = LogMonitor(
      source: .file(path: folder.path("mail.log")), windowSeconds: 3600, zone: .utc,
      refreshSeconds: 0.005)
    let seen = Mutex<[LogSnapshot]>([])
    try monitor.start { [weak monitor] in
      guard let monitor else { return }
      seen.withLock { $0.append(monitor.snapshot()) }
    }
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 2) == 2)
    let generation = monitor.news(after: 0, limit: 0).generation
    seen.withLock { $0 = [] }
    monitor.setWindow(seconds: 7 * 86_400)
    try folder.write("mail.log", folder.rejectNow(), append: true)
    #expect(rejects(monitor, reach: 20_003, seconds: 20) == 20_003)
    try folder.write("mail.log", folder.rejectNow(), append: true)
    #expect(rejects(monitor, reach: 20_004) == 20_004)
    // An hour, 8 hours, 64 hours, a week: what is known never becomes less.
    let snapshots = seen.withLock { $0 }
    #expect(snapshots.map(\.rejects) == snapshots.map(\.rejects).sorted())
    for snapshot in snapshots where !snapshot.coverage.isComplete {
      #expect((2...3).contains(snapshot.rejects) || snapshot.rejects > 20_000)
      #expect(snapshot.coverage.progress < 1)
    }
    // How many of the steps are published before the next one is there, the machine's load decides.
    #expect(Set(snapshots.map { ($0.until.seconds - $0.since.seconds) / 3600 }).count >= 2)
    // The newest lines stay in the ring as they were; none comes twice.
    #expect(monitor.news(after: 0, limit: 0).generation == generation)
    let rows = monitor.news(after: 0, limit: 5000).rows
    #expect(rows.map(\.sequence) == Array(1...UInt64(rows.count)))
    #expect(rows.suffix(4).map { $0.time?.seconds ?? 0 }.prefix(2) == [now - 100, now - 50])
  }

  @Test func newestLinesAreInTheRingAtOnceAndOnlyOnce() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log", (0..<3000).map { folder.reject(at: now - 3000 + $0) }.joined())
    let monitor = try monitor(folder, windowSeconds: 7200)
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 3000) == 3000)
    try folder.write("mail.log", folder.reject(at: now), append: true)
    #expect(rejects(monitor, reach: 3001) == 3001)
    let rows = monitor.news(after: 0, limit: 5000).rows
    #expect(rows.count > 100 && rows.count < 3001)
    #expect(Set(rows.map(\.line)).count == rows.count)
    #expect(rows.map(\.sequence) == Array(1...UInt64(rows.count)))
    let seconds = rows.compactMap { $0.time?.seconds }
    #expect(seconds == Array((now - Int64(rows.count) + 1)...now))
  }

  @Test func partialLineIsCountedOnceItIsWhole() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", "")
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    let line = folder.rejectNow()
    try folder.write("mail.log", String(line.prefix(90)), append: true)
    usleep(200_000)
    #expect(monitor.snapshot().rejects == 0)
    try folder.write("mail.log", String(line.dropFirst(90)), append: true)
    #expect(rejects(monitor, reach: 1) == 1)
  }

  @Test func renameAndCreateLosesNothing() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", folder.rejectNow())
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 1) == 1)
    let old = open(folder.path("mail.log"), O_WRONLY | O_APPEND)
    defer { close(old) }
    for round in 1...5 {
      rename(folder.path("mail.log"), folder.path("mail.log.\(round)"))
      // The writer still holds the first file, as before its SIGHUP.
      folder.put(folder.rejectNow(), to: old)
      try folder.write("mail.log", folder.rejectNow())
      try folder.write("mail.log", folder.rejectNow(), append: true)
      #expect(rejects(monitor, reach: 1 + 3 * round) == 1 + 3 * round)
    }
  }

  @Test func copyAndTruncateLosesOnlyWhatItDestroys() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", folder.rejectNow())
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 1) == 1)
    for round in 1...5 {
      let text = (0..<50).map { _ in folder.rejectNow() }.joined()
      try folder.write("mail.log", text, append: true)
      _ = try Command("/bin/cp", [folder.path("mail.log"), folder.path("mail.log.1")]).run()
      truncate(folder.path("mail.log"), 0)
      try folder.write("mail.log", folder.rejectNow(), append: true)
      #expect(rejects(monitor, reach: 1 + 51 * round) == 1 + 51 * round)
      #expect(monitor.snapshot().coverage.truncations == round)
      #expect(monitor.snapshot().coverage.lostRests == 0)
    }
  }

  @Test func truncatedAndGrownBeyondTheOldEndIsSeen() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", folder.rejectNow())
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 1) == 1)
    sleep(1)
    try folder.write("mail.log", (0..<10).map { _ in folder.rejectNow() }.joined())
    #expect(rejects(monitor, reach: 11) == 11)
    #expect(monitor.snapshot().coverage.lostRests == 1)
    #expect(monitor.problem()?.contains("cut") == true)
  }

  @Test func deleteAndRecreateLosesNothing() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", folder.rejectNow())
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    #expect(rejects(monitor, reach: 1) == 1)
    try folder.write("mail.log", folder.rejectNow(), append: true)
    unlink(folder.path("mail.log"))
    usleep(150_000)
    try folder.write("mail.log", folder.rejectNow())
    #expect(rejects(monitor, reach: 3) == 3)
  }

  @Test func missingLogIsSaidAndFoundLater() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    usleep(300_000)
    #expect(monitor.problem()?.contains("--log") == true)
    try folder.write("mail.log", folder.rejectNow())
    #expect(rejects(monitor, reach: 1) == 1)
    #expect(monitor.problem() == nil)
  }

  @Test func policyChangeBeginsAnEpoch() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", "")
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    let service = self.service("reject_non_fqdn_hostname")
    monitor.setPolicy(Policy(services: [service]), since: LogTime(seconds: 0))
    try folder.write("mail.log", folder.rejectNow(), append: true)
    #expect(rejects(monitor, reach: 1) == 1)
    let key = RowKey(tag: "postfix", restriction: "reject_non_fqdn_hostname")
    #expect(monitor.snapshot().rows[key]?.rejects == 1)
    #expect(counts(for: service, in: monitor.snapshot())[0][0].rejects == 1)
  }

  private func service(_ name: String) -> ServicePolicy {
    let restriction = Restriction(
      name: name, state: .on,
      origin: Origin(
        location: SourceLocation(file: .main, line: 1), parameter: "smtpd_helo_restrictions"),
      target: RestrictionTarget(parameter: "smtpd_helo_restrictions", name: name))
    let list = RestrictionList(
      stage: .helo, originParameter: "smtpd_helo_restrictions", restrictions: [restriction])
    return ServicePolicy(service: ServiceID(name: "smtp"), tag: "postfix", lists: [list])
  }

  /// A change adds a policy; what was in force before it stays known, and nothing is read again.
  @Test func policiesBeforeAChangeStayKnown() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    try folder.write("mail.log", folder.reject(at: now - 60))
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    let old = PolicyEpoch(
      since: LogTime(seconds: now - 600),
      policy: Policy(services: [service("reject_non_fqdn_hostname")]))
    monitor.setPolicies([old])
    #expect(rejects(monitor, reach: 1) == 1)
    let generation = monitor.news(after: 0, limit: 0).generation
    let new = PolicyEpoch(
      since: LogTime(seconds: now),
      policy: Policy(services: [service("reject_non_fqdn_helo_hostname")]))
    let again = PolicyEpoch(since: LogTime(seconds: now + 1), policy: new.policy)
    monitor.setPolicies([new, again])
    try folder.write("mail.log", folder.reject(at: now + 2), append: true)
    #expect(rejects(monitor, reach: 2) == 2)
    let rows = monitor.snapshot().rows
    for name in ["reject_non_fqdn_hostname", "reject_non_fqdn_helo_hostname"] {
      #expect(rows[RowKey(tag: "postfix", restriction: name)]?.rejects == 1)
    }
    #expect(monitor.news(after: 0, limit: 0).generation == generation)
  }

  @Test func fullLoadThroughThreeRotationsIsExact() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", "")
    let monitor = try monitor(folder)
    defer { monitor.stop() }
    usleep(100_000)
    let chunk = (0..<500).map { _ in folder.rejectNow() }.joined()
    var written = 0
    for round in 0..<30 {
      try folder.write("mail.log", chunk, append: true)
      written += 500
      if round == 10 { rename(folder.path("mail.log"), folder.path("mail.log.1")) }
      if round == 20 {
        #expect(rejects(monitor, reach: written) == written)
        unlink(folder.path("mail.log"))
      }
      usleep(5000)
    }
    #expect(rejects(monitor, reach: written) == written)
  }
}
