import Glibc
import HostSystem
import MailLog
import SystemPackage

/// One open log file that is read to its end and beyond, as it grows.
final class FollowedFile {
  /// What a read found.
  enum Outcome {
    case data
    case nothingNew
    /// The file was cut: it is shorter than what was read, or other bytes stand there.
    case truncated
    case failed(Errno)
  }

  let descriptor: Int32
  let identity: FileFacts
  private let reader: BlockReader
  /// Lines before this position are counted but not put into the ring: it has the newest of them.
  private var quietUntil: Int64 = 0
  /// The largest size that was seen: a file gets smaller only by being cut.
  private var seenSize: Int64
  /// The first bytes, to tell a file that was cut before anything was read of it.
  private(set) var head: [UInt8]

  init(descriptor: Int32, identity: FileFacts, offset: Int64) {
    self.descriptor = descriptor
    self.identity = identity
    seenSize = identity.size
    head = Self.head(of: descriptor)
    reader = BlockReader(offset: offset)
  }

  /// The first bytes of a file, enough for two lines.
  static func head(of descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  /// Puts the newest lines into the ring before the window is counted, so that the screen has them
  /// at once however long the window is.
  ///
  /// - Parameter tally: knows Postfix lines; its counts are thrown away.
  func preload(_ ring: LineRing, with tally: LogTally) {
    let start = max(0, identity.size - 65_536)
    let tail = BlockReader(offset: start)
    while tail.read(descriptor, isSeekable: true, limit: identity.size, into: tally, ring: ring) > 0
    {
    }
    quietUntil = tail.countedOffset
  }

  /// Lines before this position are counted but not put into the ring, which has them.
  func staysQuiet(until position: Int64) { quietUntil = position }

  var offset: Int64 { reader.offset }
  var countedOffset: Int64 { reader.countedOffset }

  /// Bytes that the file has at the position behind them: those last read, or its first ones.
  var mark: (bytes: [UInt8], end: Int64) {
    reader.fingerprint.isEmpty ? (head, Int64(head.count)) : (reader.fingerprint, offset)
  }

  func read(into tally: LogTally, ring: LineRing?) -> Outcome {
    guard let facts = FileFacts(descriptor: descriptor), facts.size >= reader.offset,
      facts.size >= seenSize
    else { return .truncated }
    if facts.size > 0 && reader.fingerprint.isEmpty {
      let now = Self.head(of: descriptor)
      guard now.starts(with: head) else { return .truncated }
      head = now
    }
    seenSize = facts.size
    let isQuiet = reader.offset < quietUntil
    let count = reader.read(
      descriptor, isSeekable: true, limit: isQuiet ? quietUntil : .max, checksFingerprint: true,
      into: tally, ring: isQuiet ? nil : ring)
    switch count {
    case BlockReader.contentChanged: return .truncated
    case 0: return .nothingNew
    case let count where count < 0: return .failed(Errno(rawValue: errno))
    default: return .data
    }
  }

  /// Begins again at the start of a file that was cut; a partial line is lost with it.
  func restart() {
    quietUntil = 0
    seenSize = 0
    head = Self.head(of: descriptor)
    reader.reset(to: 0)
  }

  /// Counts a last line without newline, and closes.
  func finish(into tally: LogTally, ring: LineRing?) {
    reader.finish(into: tally, ring: ring)
    Glibc.close(descriptor)
  }

  func close() { Glibc.close(descriptor) }
}
