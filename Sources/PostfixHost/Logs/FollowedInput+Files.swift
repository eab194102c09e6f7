import Glibc
import HostSystem
import MailLog

// A log file and its rotations.
extension FollowedInput {
  func openFiles(_ path: String, now: LogTime, ring: LineRing, preloads: Bool) {
    openLive(path)
    let backlog = FollowedBacklog(
      path: path, zone: zone, start: margin, live: live?.identity, head: live?.head ?? [])
    totalBytes += backlog.totalBytes
    files = backlog.files + files
    if problem == nil { problem = backlog.problem }
    self.backlog = backlog
    counted = backlog.heads
    // A log that was rotated just now has few lines: then the rotated ones fill the ring.
    if preloads, let live, live.identity.size > 16_384 {
      let scratch = LogTally(
        window: .sliding(seconds: 1), zone: zone, reference: now, isLive: true)
      live.preload(ring, with: scratch)
      isPreloaded = true
    }
  }

  private func openLive(_ path: String) {
    retryAt = monotonicSeconds() + 0.1
    do throws(SystemError) {
      let descriptor = try openLog(path)
      guard let facts = FileFacts(descriptor: descriptor), facts.isRegular else {
        Glibc.close(descriptor)
        throw SystemError("read \(path)", .invalidArgument, remedy: "it is not a regular file")
      }
      var search = LogSearch(descriptor: descriptor, zone: zone, reference: facts.modified)
      // What comes after a rotation is new as a whole.
      let start = files.contains(path) ? 0 : search.offset(of: margin, size: facts.size)
      live = FollowedFile(descriptor: descriptor, identity: facts, offset: start)
      totalBytes += facts.size
      problem = nil
      if !files.contains(path) { files.append(path) }
    } catch {
      problem = "\(error)"
    }
  }

  func readFiles(_ path: String, into tally: LogTally, ring: LineRing?, now: LogTime) -> Bool {
    if let backlog, backlog.readBlock(into: tally, ring: isPreloaded ? nil : ring) {
      problem = problem ?? backlog.problem
      return true
    }
    // A rotated file is read to its end before what follows it.
    if readDraining(into: tally, ring: ring) { return true }
    guard let live else {
      isCaughtUp = true
      if monotonicSeconds() >= retryAt { openLive(path) }
      return self.live != nil
    }
    beginLive(tally, now)
    var didRead = false
    switch live.read(into: tally, ring: ring) {
    case .data: didRead = true
    case .truncated:
      recover(live, path)
      didRead = true
    case .failed(let reason): problem = "cannot read \(path): \(reason)"
    case .nothingNew: isCaughtUp = true
    }
    if monotonicSeconds() >= checkAt { checkRotation(path, live) }
    return didRead
  }

  /// Sees to it that stamps without a year are read against the present, for as long as the log is
  /// followed.
  private func beginLive(_ tally: LogTally, _ now: LogTime) {
    if isLiveBegun { tally.advanceReference(to: now) } else { tally.setReference(now) }
    isLiveBegun = true
  }

  private func readDraining(into tally: LogTally, ring: LineRing?) -> Bool {
    let clock = monotonicSeconds()
    for index in draining.indices {
      if case .data = draining[index].file.read(into: tally, ring: ring) {
        draining[index].lastGrowth = clock
        return true
      }
    }
    // The newest stays open until the next rotation: its writer may wake up late.
    while let first = draining.first, draining.count > 1,
      clock - first.lastGrowth > Self.drainSeconds || draining.count > 8
    {
      counted[first.file.identity.identity] = first.file.head
      draining.removeFirst().file.finish(into: tally, ring: ring)
    }
    return false
  }

  /// Looks whether another file has the log's name now.
  private func checkRotation(_ path: String, _ old: FollowedFile) {
    checkAt = monotonicSeconds() + 0.05
    guard let facts = FileFacts(path: path), facts.isRegular,
      !facts.isSameFile(as: old.identity)
    else { return }
    draining.append((old, monotonicSeconds()))
    live = nil
    openLive(path)
    openMissed(path, after: old)
  }

  /// Files that had the log's name between two looks: rotated twice within a moment.
  private func openMissed(_ path: String, after old: FollowedFile) {
    let rotated = RotatedLogs.set(of: path).files.filter {
      $0.path != path && $0.decompressor == nil
    }
    let facts = rotated.compactMap { file in FileFacts(path: file.path).map { (file, $0) } }
    let present = Set(facts.map(\.1.identity))
    counted = counted.filter { present.contains($0.key) }
    guard let place = facts.firstIndex(where: { $0.1.isSameFile(as: old.identity) }) else { return }
    for (file, identity) in facts[(place + 1)...]
    where !draining.contains(where: { $0.file.identity.isSameFile(as: identity) }) {
      guard let descriptor = try? openLog(file.path) else { continue }
      let missed = FollowedFile(descriptor: descriptor, identity: identity, offset: 0)
      if isKnown(missed) {
        missed.close()
      } else {
        draining.append((missed, monotonicSeconds()))
      }
    }
  }

  /// True for a file whose lines are counted elsewhere.
  private func isKnown(_ file: FollowedFile) -> Bool {
    if let live, RotatedLogs.isCopy(file.head, of: live.head) { return true }
    // A writer that woke up late makes a file the newest that was counted long before.
    guard let head = counted[file.identity.identity], !head.isEmpty else { return false }
    return file.head.starts(with: head)
  }

  /// After a truncation: takes the unread rest from the copy, then begins at the file's start.
  private func recover(_ file: FollowedFile, _ path: String) {
    truncations += 1
    if let copy = copy(of: file, path) {
      draining.append((copy, monotonicSeconds()))
    } else {
      lostRests += 1
    }
    file.restart()
  }

  /// The copy that holds what was last read of a file, opened behind it.
  private func copy(of file: FollowedFile, _ path: String) -> FollowedFile? {
    for candidate in RotatedLogs.set(of: path).files.reversed()
    where candidate.path != path && candidate.decompressor == nil {
      guard let descriptor = try? openLog(candidate.path) else { continue }
      if let facts = FileFacts(descriptor: descriptor), facts.size >= file.offset,
        holds(file.mark.bytes, at: file.mark.end, descriptor)
      {
        return FollowedFile(descriptor: descriptor, identity: facts, offset: file.countedOffset)
      }
      Glibc.close(descriptor)
    }
    return nil
  }

  private func holds(_ mark: [UInt8], at end: Int64, _ descriptor: Int32) -> Bool {
    guard !mark.isEmpty else { return false }
    var bytes = [UInt8](repeating: 0, count: mark.count)
    let count = pread(descriptor, &bytes, bytes.count, off_t(end - Int64(mark.count)))
    return count == mark.count && bytes == mark
  }
}
