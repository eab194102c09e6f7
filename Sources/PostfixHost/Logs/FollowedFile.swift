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
  /// Where reading stops; `Int64.max` for a file that is followed.
  private let limit: Int64

  init(descriptor: Int32, identity: FileFacts, offset: Int64, limit: Int64 = .max) {
    self.descriptor = descriptor
    self.identity = identity
    self.limit = limit
    reader = BlockReader(offset: offset)
  }

  var offset: Int64 { reader.offset }
  var countedOffset: Int64 { reader.countedOffset }
  var fingerprint: [UInt8] { reader.fingerprint }

  func read(into tally: LogTally, ring: LineRing) -> Outcome {
    guard let facts = FileFacts(descriptor: descriptor), facts.size >= reader.offset else {
      return .truncated
    }
    let count = reader.read(
      descriptor, isSeekable: true, limit: limit, checksFingerprint: true, into: tally, ring: ring)
    switch count {
    case BlockReader.contentChanged: return .truncated
    case 0: return .nothingNew
    case let count where count < 0: return .failed(Errno(rawValue: errno))
    default: return .data
    }
  }

  /// Begins again at the start of a file that was cut; a partial line is lost with it.
  func restart() { reader.reset(to: 0) }

  /// Counts a last line without newline, and closes.
  func finish(into tally: LogTally, ring: LineRing) {
    reader.finish(into: tally, ring: ring)
    Glibc.close(descriptor)
  }

  func close() { Glibc.close(descriptor) }
}
