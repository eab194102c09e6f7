import Glibc
import HostSystem
import MailLog

/// The stream of lines of a source from a moment on: rotated files first, then the live end, through
/// every kind of rotation, without losing or doubling a line.
///
/// - Rename and create: the old file stays open, since its writer may still hold it, and is read to
///   its end before the new one.
/// - Copy and truncate: the rest that was not yet read is taken from the copy when it can be found;
///   else it is lost. What was written between copy and cut is lost unseen; `truncations` counts.
/// - Delete and re-create: as rename and create.
final class FollowedInput {
  let source: LogSource
  let zone: LocalZone
  let since: LogTime
  var backlog: FollowedBacklog?
  var live: FollowedFile?
  /// Files that were rotated away and may still grow, with the clock time of their last growth.
  var draining: [(file: FollowedFile, lastGrowth: Double)] = []
  /// Rotated files that are counted and closed, with their first bytes: the system may give the number
  /// of one that is gone to another file.
  var counted: [FileFacts.Identity: [UInt8]] = [:]
  var stream: FollowedStream?
  var isPreloaded = false
  /// True once the log itself is read, behind its rotated files.
  var isLiveBegun = false
  var retryAt = 0.0
  var checkAt = 0.0
  var totalBytes: Int64 = 0

  /// Seconds without growth after which a rotated file is closed once there is a newer one.
  static let drainSeconds = 60.0

  var files: [String] = []
  var isCaughtUp = false
  /// How often the log was cut while it was followed, and how often no copy held what was unread.
  var (truncations, lostRests) = (0, 0)
  var problem: String?

  /// - Parameters:
  ///   - ring: gets the newest lines.
  ///   - preloads: fill the ring with the newest lines before the window is counted; the ring then
  ///     has none of the older ones.
  init(
    source: LogSource, zone: LocalZone, since: LogTime, now: LogTime, ring: LineRing,
    preloads: Bool = true
  ) {
    self.source = source
    self.zone = zone
    self.since = since
    switch source {
    case .file(let path): openFiles(path, now: now, ring: ring, preloads: preloads)
    case .journal, .standardInput: openStream()
    }
  }

  /// 0…1 while the window is being read.
  var progress: Double {
    guard !isCaughtUp else { return 1 }
    let isBacklog = backlog?.isDone == false
    let read = (backlog?.readBytes ?? 0) + (isBacklog ? 0 : live?.offset ?? 0)
    return totalBytes == 0 ? 0 : min(0.99, Double(read) / Double(totalBytes))
  }

  /// Takes over what was noted while `former` followed the same log.
  func inherit(_ former: FollowedInput) {
    truncations = max(truncations, former.truncations)
    lostRests = max(lostRests, former.lostRests)
  }

  func close() {
    backlog?.close()
    live?.close()
    for entry in draining { entry.file.close() }
    stream?.close()
    (backlog, live, draining, stream) = (nil, nil, [], nil)
  }

  /// Reads one block; false when there is nothing new.
  // Inlined, this makes the optimiser of Swift 6.3 fail.
  @inline(never)
  func readBlock(into tally: LogTally, ring: LineRing?, now: LogTime) -> Bool {
    if case .file(let path) = source {
      return readFiles(path, into: tally, ring: ring, now: now)
    }
    return readStream(into: tally, ring: ring, now: now)
  }

  /// Sessions that began before the window are followed from a little earlier.
  var margin: LogTime { LogTime(microseconds: since.microseconds - 600_000_000) }
}

// The journal and standard input.
extension FollowedInput {
  private func openStream() {
    retryAt = monotonicSeconds() + 5
    files = [source.label]
    do throws(SystemError) {
      if case .journal(let journal) = source {
        stream = try FollowedStream(try journal.command(since: since, follow: true))
      } else {
        stream = FollowedStream(standardInput: 0)
      }
      problem = nil
    } catch {
      problem = "\(error)"
    }
  }

  /// True once the journal's reader has ended: everything must be read again, since the journal
  /// cannot be asked for exactly the lines that are missing.
  var needsRestart: Bool {
    guard case .journal = source else { return false }
    return (stream?.isAtEnd ?? true) && monotonicSeconds() >= retryAt
  }

  /// True when standard input has ended and is read to its end.
  var isFinished: Bool { stream?.isFinished ?? false }

  private func readStream(into tally: LogTally, ring: LineRing?, now: LogTime) -> Bool {
    tally.advanceReference(to: now)
    guard let stream else {
      isCaughtUp = true
      return false
    }
    if stream.readBlock(into: tally, ring: ring) { return true }
    isCaughtUp = true
    if stream.isAtEnd && !stream.isFinished {
      stream.finish(into: tally, ring: ring)
      if case .journal = source { problem = "journalctl ended; reading the journal again" }
    }
    return false
  }
}
