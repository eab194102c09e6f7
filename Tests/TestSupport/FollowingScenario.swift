import Glibc
import HostSystem
import MailLog
import PostfixHost

/// A busy log that is renamed, copied and cut, and deleted while it is followed.
public struct FollowingScenario {
  /// What was counted, and what it cost.
  public struct Result {
    /// Lines written, and lines counted.
    public var (written, counted) = (0, 0)
    /// The lines that the copy-and-truncate may have destroyed, by their numbers.
    public var destroyed = 0..<0
    /// Chunks of lines whose count is not their size: a line was lost or counted twice.
    public var wrongChunks: [String] = []
    /// Cuts that the reader reported.
    public var cuts = 0
    /// What the reader said at the end, nil when nothing.
    public var problem: String?
    /// Seconds of processor time that the reader used for each second.
    public var load = 0.0
    /// Seconds from the last line's writing to its count.
    public var lag = 0.0

    /// True when every line was counted once, but those that are destroyed.
    public var isExact: Bool {
      wrongChunks.isEmpty && counted <= written && counted >= written - destroyed.count
    }
  }

  private let seconds: Int
  private let total: Int
  private let rate: Int
  private let directory: String

  /// - Parameters:
  ///   - directory: an empty directory of the caller's.
  ///   - seconds: how long to write.
  ///   - rate: lines a second.
  public init(directory: String, seconds: Int, rate: Int) {
    self.directory = directory
    self.seconds = seconds
    self.rate = rate
    total = rate * seconds / LoadWriter.chunks * LoadWriter.chunks
  }

  private var path: String { directory + "/mail.log" }

  /// Writes, rotates, follows.
  ///
  /// - Throws: ``SystemError`` when a file cannot be made.
  public func run() throws -> Result {
    let writer = LoadWriter(path: path, total: total, rate: rate)
    let monitor = LogMonitor(
      source: .file(path: path), windowSeconds: 3600, zone: .utc, refreshSeconds: 0.25)
    try monitor.start {}
    defer { monitor.stop() }
    let before = processSeconds()
    writer.start()
    let destroyed = try rotate(writer)
    _ = waitUntil(120) { writer.isDone }
    let end = monotonicSeconds()
    _ = waitUntil(30) { monitor.snapshot().rejects >= total - destroyed.count }
    var result = Result()
    result.lag = monotonicSeconds() - end
    // A moment more, so that a line counted twice would be seen.
    usleep(600_000)
    let snapshot = monitor.snapshot()
    result.load = (processSeconds() - before - writer.cpuSeconds) / Double(seconds)
    result.written = writer.written
    result.counted = snapshot.rejects
    result.destroyed = destroyed
    result.cuts = snapshot.coverage.truncations
    result.problem = monitor.problem()
    result.wrongChunks = wrongChunks(snapshot.byService, writer, destroyed)
    return result
  }

  /// Rotates at a quarter, a half and three quarters; the lines that are destroyed.
  private func rotate(_ writer: LoadWriter) throws -> Range<Int> {
    _ = waitUntil(120) { writer.written >= total / 4 }
    rename(path, path + ".1")
    // The daemon goes on with the renamed file until it is told.
    usleep(100_000)
    writer.reopen()
    _ = waitUntil(120) { writer.written >= total / 2 }
    rename(path + ".1", path + ".2")
    let destroyed = try copyAndCut(writer)
    _ = waitUntil(120) { writer.written >= total * 3 / 4 }
    unlink(path)
    usleep(50_000)
    writer.reopen()
    return destroyed
  }

  /// What logrotate(8) does with `copytruncate`, the writer going on all the time; the lines that
  /// were in the log but not in the copy.
  private func copyAndCut(_ writer: LoadWriter) throws -> Range<Int> {
    _ = try Command("/bin/cp", [path, path + ".1"]).run()
    let kept = try FileStatus(of: path + ".1").size / LoadWriter.lineBytes
    let (lines, written) = writer.cut()
    return (written - (lines - kept))..<written
  }

  private func wrongChunks(
    _ counts: [String: Int], _ writer: LoadWriter, _ destroyed: Range<Int>
  ) -> [String] {
    let size = total / LoadWriter.chunks
    let touched = writer.chunk(of: destroyed.lowerBound)...writer.chunk(of: destroyed.upperBound)
    return (0..<LoadWriter.chunks).compactMap { chunk in
      let count = counts[LoadWriter.tag(of: chunk)] ?? 0
      let isRight = touched.contains(chunk) ? count <= size : count == size
      return isRight ? nil : "chunk \(chunk): \(count) of \(size)"
    }
  }

  private func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
