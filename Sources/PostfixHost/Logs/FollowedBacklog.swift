import Glibc
import HostSystem
import MailLog

/// The rotated files that hold the beginning of a window, read one after the other.
///
/// All are open from the start: they may be renamed, packed and deleted while we read.
final class FollowedBacklog {
  private let zone: LocalZone
  private let start: LogTime
  private var logs: [OpenedLog]
  private var current: FollowedFile?
  private var stream: (reader: FollowedStream, log: OpenedLog)?
  private var doneBytes: Int64 = 0

  /// The files in the order of reading.
  let files: [String]
  /// Bytes of all files as they lie on the disk.
  let totalBytes: Int64
  /// The plain ones with their first bytes.
  let heads: [FileFacts.Identity: [UInt8]]
  /// Why a file is left out; nil while none is.
  private(set) var problem: String?

  /// - Parameters:
  ///   - path: the log.
  ///   - start: lines before it are not needed.
  ///   - live: the log itself, so that it is not taken for a rotated file when it was renamed just now.
  ///   - head: the first bytes of the log as it was opened, so that a copy of it is not counted besides.
  init(path: String, zone: LocalZone, start: LogTime, live: FileFacts?, head: [UInt8] = []) {
    self.zone = zone
    self.start = start
    var opened = OpenedLogs(path, since: start)
    opened.leaveOutCopies(of: head)
    logs = opened.rotated.filter { log in live.map { !$0.isSameFile(as: log.facts) } ?? true }
    files = logs.map(\.path)
    totalBytes = logs.map(\.facts.size).reduce(0, +)
    heads = Dictionary(
      logs.filter { $0.decompressor == nil }.map { ($0.facts.identity, $0.head) }
    ) { first, _ in first }
    problem = opened.skipped.first.map { "\($0.file) is left out: \($0.reason)" }
  }

  /// True when all files are read.
  var isDone: Bool { logs.isEmpty && current == nil && stream == nil }

  /// Bytes read so far, of the files as they lie on the disk.
  var readBytes: Int64 { doneBytes + (current?.offset ?? 0) }

  /// Reads one block; false when all files are read.
  func readBlock(into tally: LogTally, ring: LineRing?) -> Bool {
    if let stream {
      if stream.reader.readBlock(into: tally, ring: ring) { return true }
      guard stream.reader.isAtEnd else {
        usleep(1000)
        return true
      }
      if !stream.reader.finishWaiting(into: tally, ring: ring) {
        problem = "\(stream.log.damage)"
      }
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
    guard !logs.isEmpty else { return false }
    open(logs.removeFirst(), tally)
    return true
  }

  func close() {
    current?.close()
    stream?.reader.close()
    (current, stream, logs) = (nil, nil, [])
  }

  private func open(_ log: OpenedLog, _ tally: LogTally) {
    tally.setReference(log.facts.modified)
    guard log.decompressor != nil else {
      var search = LogSearch(
        descriptor: log.descriptor, zone: zone, reference: log.facts.modified)
      let offset = search.offset(of: start, size: log.facts.size)
      current = FollowedFile(descriptor: log.release(), identity: log.facts, offset: offset)
      return
    }
    do throws(SystemError) {
      stream = (try FollowedStream(unpacking: log), log)
      doneBytes += log.facts.size
    } catch {
      problem = "\(error)"
    }
  }
}
