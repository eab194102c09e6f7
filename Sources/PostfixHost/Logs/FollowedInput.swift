import Glibc
import HostSystem
import MailLog
import SystemPackage

/// The stream of lines of a source from a moment on: rotated files first, then the live end, through
/// every kind of rotation, without losing or doubling a line.
///
/// - Rename and create: the old file stays open until it has been silent for a while, since its
///   writer may still hold it; the new one is read beside it.
/// - Copy and truncate: the rest that was not yet read is taken from the copy when it can be found;
///   else it is lost, which `truncations` says.
/// - Delete and re-create: as rename and create.
final class FollowedInput {
  private let source: LogSource
  private let zone: LocalZone
  private let since: LogTime
  private var backlog: [LogFile] = []
  private var current: FollowedFile?
  private var live: FollowedFile?
  /// Files that were rotated away and may still grow, with the clock time of their last growth.
  private var draining: [(file: FollowedFile, lastGrowth: Double)] = []
  private var stream: FollowedStream?
  private var isPreloaded = false
  private var retryAt = 0.0
  private var checkAt = 0.0
  private var totalBytes: Int64 = 0
  private var doneBytes: Int64 = 0

  /// Seconds without growth after which a rotated file is closed.
  private static let drainSeconds = 10.0

  private(set) var files: [String] = []
  private(set) var isCaughtUp = false
  private(set) var truncations = 0
  private(set) var problem: String?

  /// - Parameter ring: gets the newest lines at once.
  init(source: LogSource, zone: LocalZone, since: LogTime, now: LogTime, ring: LineRing) {
    self.source = source
    self.zone = zone
    self.since = since
    open(now: now, ring: ring)
  }

  /// 0…1 while the window is being read.
  var progress: Double {
    guard !isCaughtUp else { return 1 }
    let read = doneBytes + (current?.offset ?? 0) + (backlog.isEmpty ? live?.offset ?? 0 : 0)
    return totalBytes == 0 ? 0 : min(0.99, Double(read) / Double(totalBytes))
  }

  func close() {
    current?.close()
    live?.close()
    for entry in draining { entry.file.close() }
    stream?.close()
    (current, live, draining, stream) = (nil, nil, [], nil)
  }

  /// Reads one block; false when there is nothing new.
  func readBlock(into tally: LogTally, ring: LineRing, now: LogTime) -> Bool {
    if case .file(let path) = source {
      return readFiles(path, into: tally, ring: ring, now: now)
    }
    return readStream(into: tally, ring: ring, now: now)
  }

  private func open(now: LogTime, ring: LineRing) {
    switch source {
    case .file(let path):
      openLive(path)
      listBacklog(path)
      // A log that was rotated just now has few lines: then the rotated ones fill the ring.
      if let live, live.identity.size > 16_384 {
        let scratch = LogTally(
          window: .sliding(seconds: 1), zone: zone, reference: now, isLive: true)
        live.preload(ring, with: scratch)
        isPreloaded = true
      }
    case .journal, .standardInput:
      openStream()
    }
  }
}

// Files.
extension FollowedInput {
  private func openLive(_ path: String) {
    retryAt = monotonicSeconds() + 0.1
    do throws(SystemError) {
      let descriptor = try openLog(path)
      guard let facts = FileFacts(descriptor: descriptor), facts.isRegular else {
        Glibc.close(descriptor)
        throw SystemError("read \(path)", .invalidArgument, remedy: "it is not a regular file")
      }
      var search = LogSearch(descriptor: descriptor, zone: zone, reference: facts.modified)
      let start = files.isEmpty ? search.offset(of: margin, size: facts.size) : 0
      live = FollowedFile(descriptor: descriptor, identity: facts, offset: start)
      totalBytes += facts.size
      problem = nil
      if !files.contains(path) { files.append(path) }
    } catch {
      problem = "\(error)"
    }
  }

  /// Sessions that began before the window are followed from a little earlier.
  private var margin: LogTime { LogTime(microseconds: since.microseconds - 600_000_000) }

  private func listBacklog(_ path: String) {
    for file in RotatedLogs.set(of: path).files where file.path != path {
      guard let facts = FileFacts(path: file.path), facts.modified >= since,
        live.map({ !$0.identity.isSameFile(as: facts) }) ?? true
      else { continue }
      backlog.append(file)
      totalBytes += facts.size
      files.insert(file.path, at: max(0, files.count - (live == nil ? 0 : 1)))
    }
  }

  private func readFiles(_ path: String, into tally: LogTally, ring: LineRing, now: LogTime)
    -> Bool
  {
    if readBacklog(into: tally, ring: isPreloaded ? nil : ring) { return true }
    guard let live else {
      isCaughtUp = true
      if monotonicSeconds() >= retryAt { openLive(path) }
      if self.live != nil { tally.setReference(now) }
      return self.live != nil
    }
    if !isCaughtUp { tally.setReference(now) }
    var didRead = readDraining(into: tally, ring: ring)
    switch live.read(into: tally, ring: ring) {
    case .data: didRead = true
    case .truncated:
      recover(live, path, into: tally, ring: ring)
      didRead = true
    case .failed(let reason): problem = "cannot read \(path): \(reason)"
    case .nothingNew: break
    }
    if !didRead { isCaughtUp = true }
    if monotonicSeconds() >= checkAt { checkRotation(path, live) }
    return didRead
  }

  /// Reads the rotated files of the window, one after the other.
  private func readBacklog(into tally: LogTally, ring: LineRing?) -> Bool {
    if let stream {
      if stream.readBlock(into: tally, ring: ring) { return true }
      guard stream.isAtEnd else {
        usleep(1000)
        return true
      }
      stream.finish(into: tally, ring: ring)
      self.stream = nil
      return true
    }
    if let current {
      if case .data = current.read(into: tally, ring: ring) { return true }
      doneBytes += current.offset
      current.finish(into: tally, ring: ring)
      self.current = nil
      return true
    }
    guard !backlog.isEmpty else { return false }
    openBacklog(backlog.removeFirst(), tally)
    return true
  }

  private func openBacklog(_ file: LogFile, _ tally: LogTally) {
    do throws(SystemError) {
      let descriptor = try openLog(file.path)
      guard let facts = FileFacts(descriptor: descriptor) else { return }
      tally.setReference(facts.modified)
      if let program = file.decompressor {
        Glibc.close(descriptor)
        stream = try FollowedStream(Command(program, ["-dc", "--", file.path]))
        doneBytes += facts.size
        return
      }
      var search = LogSearch(descriptor: descriptor, zone: zone, reference: facts.modified)
      let start = search.offset(of: margin, size: facts.size)
      current = FollowedFile(descriptor: descriptor, identity: facts, offset: start)
    } catch {
      problem = "\(error)"
    }
  }

  private func readDraining(into tally: LogTally, ring: LineRing) -> Bool {
    var didRead = false
    let clock = monotonicSeconds()
    for index in draining.indices.reversed() {
      if case .data = draining[index].file.read(into: tally, ring: ring) {
        draining[index].lastGrowth = clock
        didRead = true
      } else if clock - draining[index].lastGrowth > Self.drainSeconds {
        draining.remove(at: index).file.finish(into: tally, ring: ring)
      }
    }
    return didRead
  }

  /// Looks whether another file has the log's name now.
  private func checkRotation(_ path: String, _ old: FollowedFile) {
    checkAt = monotonicSeconds() + 0.05
    guard let facts = FileFacts(path: path), facts.isRegular,
      !facts.isSameFile(as: old.identity)
    else { return }
    draining.append((old, monotonicSeconds()))
    openMissed(path, after: old)
    openLive(path)
    if live === old { live = nil }
  }

  /// Files that had the log's name between two looks: rotated twice within a moment.
  private func openMissed(_ path: String, after old: FollowedFile) {
    let rotated = RotatedLogs.set(of: path).files.filter {
      $0.path != path && $0.decompressor == nil
    }
    let facts = rotated.compactMap { file in FileFacts(path: file.path).map { (file, $0) } }
    guard let place = facts.firstIndex(where: { $0.1.isSameFile(as: old.identity) }) else { return }
    for (file, identity) in facts[(place + 1)...]
    where !draining.contains(where: { $0.file.identity.isSameFile(as: identity) }) {
      guard let descriptor = try? openLog(file.path) else { continue }
      draining.append(
        (
          FollowedFile(descriptor: descriptor, identity: identity, offset: 0), monotonicSeconds()
        ))
    }
  }

  /// After a truncation: takes the unread rest from the copy, then begins at the file's start.
  private func recover(
    _ file: FollowedFile, _ path: String, into tally: LogTally, ring: LineRing
  ) {
    let position = file.countedOffset
    let mark = file.fingerprint
    for candidate in RotatedLogs.set(of: path).files.reversed()
    where candidate.path != path && candidate.decompressor == nil {
      guard let descriptor = try? openLog(candidate.path) else { continue }
      guard let facts = FileFacts(descriptor: descriptor), facts.size >= file.offset,
        holds(mark, at: file.offset, descriptor)
      else {
        Glibc.close(descriptor)
        continue
      }
      let copy = FollowedFile(descriptor: descriptor, identity: facts, offset: position)
      draining.append((copy, monotonicSeconds()))
      file.restart()
      return
    }
    truncations += 1
    file.restart()
  }

  private func holds(_ mark: [UInt8], at end: Int64, _ descriptor: Int32) -> Bool {
    guard !mark.isEmpty else { return end == 0 }
    var bytes = [UInt8](repeating: 0, count: mark.count)
    let count = pread(descriptor, &bytes, bytes.count, off_t(end - Int64(mark.count)))
    return count == mark.count && bytes == mark
  }
}

// The journal and standard input.
extension FollowedInput {
  private func openStream() {
    retryAt = monotonicSeconds() + 5
    files = [source.label]
    do throws(SystemError) {
      switch source {
      case .journal:
        stream = try FollowedStream(try JournalCommand.make(since: since, follow: true))
      default: stream = FollowedStream(standardInput: 0)
      }
      problem = nil
    } catch {
      problem = "\(error)"
    }
  }

  /// True once the journal's reader has ended: everything must be read again, since the journal
  /// cannot be asked for exactly the lines that are missing.
  var needsRestart: Bool {
    source == .journal && (stream?.isAtEnd ?? true) && monotonicSeconds() >= retryAt
  }

  private func readStream(into tally: LogTally, ring: LineRing, now: LogTime) -> Bool {
    guard let stream else {
      isCaughtUp = true
      return false
    }
    if stream.readBlock(into: tally, ring: ring) { return true }
    isCaughtUp = true
    if stream.isAtEnd && !stream.isFinished {
      stream.finish(into: tally, ring: ring)
      if source == .journal { problem = "journalctl ended; reading the journal again" }
    }
    return false
  }
}
