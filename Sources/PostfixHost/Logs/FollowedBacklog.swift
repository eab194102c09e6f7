import Glibc
import HostSystem
import MailLog

/// The rotated files that hold the beginning of a window, read one after the other.
///
/// They may be renamed, packed and deleted while we read: plain files are opened at once, packed ones
/// are found again under another name by their inode.
final class FollowedBacklog {
  private struct Entry {
    var file: LogFile
    var identity: FileFacts
    /// Open for a plain file.
    var descriptor: Int32?
  }

  private let path: String
  private let zone: LocalZone
  private let start: LogTime
  private var entries: [Entry] = []
  private var current: FollowedFile?
  private var stream: FollowedStream?
  private var doneBytes: Int64 = 0

  /// The files in the order of reading.
  let files: [String]
  /// Bytes of all files as they lie on the disk.
  let totalBytes: Int64
  /// The plain ones with their first bytes.
  private(set) var heads: [FileFacts.Identity: [UInt8]] = [:]
  /// Why a file is left out; nil while none is.
  private(set) var problem: String?

  /// - Parameters:
  ///   - path: the log.
  ///   - start: lines before it are not needed.
  ///   - live: the log itself, so that it is not taken for a rotated file when it was renamed just now.
  init(path: String, zone: LocalZone, start: LogTime, live: FileFacts?) {
    self.path = path
    self.zone = zone
    self.start = start
    let (set, skipped) = RotatedLogs.set(of: path)
    for file in set where file.path != path {
      guard let facts = FileFacts(path: file.path), facts.modified >= start else { continue }
      var entry = Entry(file: file, identity: facts, descriptor: nil)
      if file.decompressor == nil {
        guard let descriptor = try? openLog(file.path),
          let opened = FileFacts(descriptor: descriptor)
        else { continue }
        entry.identity = opened
        entry.descriptor = descriptor
      }
      if let live, live.isSameFile(as: entry.identity) {
        if let descriptor = entry.descriptor { Glibc.close(descriptor) }
        continue
      }
      if let descriptor = entry.descriptor {
        heads[entry.identity.identity] = FollowedFile.head(of: descriptor)
      }
      entries.append(entry)
    }
    files = entries.map(\.file.path)
    totalBytes = entries.map(\.identity.size).reduce(0, +)
    if let missing = skipped.first {
      problem = "\(missing) is left out: the program that unpacks it is not installed"
    }
  }

  /// True when all files are read.
  var isDone: Bool { entries.isEmpty && current == nil && stream == nil }

  /// Bytes read so far, of the files as they lie on the disk.
  var readBytes: Int64 { doneBytes + (current?.offset ?? 0) }

  /// Reads one block; false when all files are read.
  func readBlock(into tally: LogTally, ring: LineRing?) -> Bool {
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
    guard !entries.isEmpty else { return false }
    open(entries.removeFirst(), tally)
    return true
  }

  func close() {
    current?.close()
    stream?.close()
    for entry in entries { if let descriptor = entry.descriptor { Glibc.close(descriptor) } }
    (current, stream, entries) = (nil, nil, [])
  }

  private func open(_ entry: Entry, _ tally: LogTally) {
    tally.setReference(entry.identity.modified)
    if let descriptor = entry.descriptor {
      var search = LogSearch(
        descriptor: descriptor, zone: zone, reference: entry.identity.modified)
      let offset = search.offset(of: start, size: entry.identity.size)
      current = FollowedFile(descriptor: descriptor, identity: entry.identity, offset: offset)
      return
    }
    do throws(SystemError) {
      guard let file = presentName(of: entry), let program = file.decompressor else {
        throw SystemError("read \(entry.file.path)", .noSuchFileOrDirectory)
      }
      stream = try FollowedStream(Command(program, ["-dc", "--", file.path], timeout: .infinity))
      doneBytes += entry.identity.size
    } catch {
      problem = "\(error)"
    }
  }

  /// The name under which a packed file lies now.
  private func presentName(of entry: Entry) -> LogFile? {
    let names = [entry.file] + RotatedLogs.set(of: path).files
    return names.first { file in
      FileFacts(path: file.path).map { $0.isSameFile(as: entry.identity) } ?? false
    }
  }
}
