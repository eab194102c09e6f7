import Glibc
import HostSystem
import MailLog
import TestSupport
import Testing

@testable import PostfixHost

/// Every line once while a busy log is rotated in every way in the middle.
///
/// `POSTGATE_FOLLOW_SECONDS` and `POSTGATE_FOLLOW_RATE` make it longer and faster; the figures that it
/// prints are not judged, the counts are.
@Suite(.serialized) struct FollowingLoadTests {
  private static func number(_ name: String, _ standard: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
  }

  private let seconds = number("POSTGATE_FOLLOW_SECONDS", 2)
  private let rate = number("POSTGATE_FOLLOW_RATE", 20_000)

  @Test func everyRotationUnderLoadIsExact() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let path = folder.path("mail.log")
    let total = rate * seconds / LoadWriter.chunks * LoadWriter.chunks
    let writer = LoadWriter(path: path, total: total, rate: rate)
    let monitor = LogMonitor(
      source: .file(path: path), windowSeconds: 3600, zone: .utc, refreshSeconds: 0.25)
    try monitor.start {}
    defer { monitor.stop() }
    let cpuBefore = processSeconds()
    let started = monotonicSeconds()
    writer.start()
    wait(writer, total / 4)
    rename(path, folder.path("mail.log.1"))
    // The daemon goes on with the renamed file until it is told.
    usleep(100_000)
    writer.reopen()
    wait(writer, total / 2)
    let destroyed = try copyAndCut(folder, writer)
    wait(writer, total * 3 / 4)
    unlink(path)
    usleep(50_000)
    writer.reopen()
    _ = waitUntil(60) { writer.isDone }
    _ = waitUntil(30) { monitor.snapshot().rejects >= total - destroyed.count }
    let lag = monotonicSeconds() - started - Double(total) / Double(rate)
    usleep(600_000)
    let snapshot = monitor.snapshot()
    let cpu = processSeconds() - cpuBefore - writer.cpuSeconds
    print(
      "following: \(total) lines at \(rate)/s through 3 rotations: counted \(snapshot.rejects), "
        + "destroyed by copy-and-truncate at most \(destroyed.count), reported cuts "
        + "\(snapshot.coverage.truncations); reader \(cpu / Double(seconds)) of one core, "
        + "\(lag) s behind at the end")
    check(snapshot.byService, writer, total, destroyed)
    #expect(snapshot.coverage.truncations == 1)
    #expect(monitor.problem()?.contains("cut") == true)
  }

  /// What `logrotate` does with `copytruncate`; the lines that were in the log but not in the copy.
  private func copyAndCut(_ folder: LogFolder, _ writer: LoadWriter) throws -> Range<Int> {
    rename(folder.path("mail.log.1"), folder.path("mail.log.2"))
    _ = try Command("/bin/cp", [folder.path("mail.log"), folder.path("mail.log.1")]).run()
    let kept = try readFile(folder.path("mail.log.1")).status.size / LoadWriter.lineBytes
    let before = writer.written
    let lines = writer.cut()
    // The lines of that file ended no later than here and no earlier than `before`.
    let end = writer.written
    return (min(before, end) - (lines - kept))..<end
  }

  private func check(
    _ counts: [String: Int], _ writer: LoadWriter, _ total: Int, _ destroyed: Range<Int>
  ) {
    let size = total / LoadWriter.chunks
    let touched = writer.chunk(of: destroyed.lowerBound)...writer.chunk(of: destroyed.upperBound)
    var wrong: [String] = []
    for chunk in 0..<LoadWriter.chunks {
      let count = counts["c" + String(String(1000 + chunk).dropFirst())] ?? 0
      if touched.contains(chunk) ? count > size : count != size {
        wrong.append("chunk \(chunk): \(count) of \(size)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    let sum = counts.values.reduce(0, +)
    #expect(sum <= total && sum >= total - destroyed.count)
  }

  private func wait(_ writer: LoadWriter, _ count: Int) {
    _ = waitUntil(120) { writer.written >= count }
  }

  private func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
