import Glibc
import HostSystem
import MailLog
import SystemPackage

/// An open plain log file whose lines are fetched one by one, in either direction, through a block
/// that is kept.
final class LogPageFile: @unchecked Sendable {
  /// A line with its place in the file; `end` lies behind its newline. Of a long line only the
  /// beginning is kept.
  struct Line {
    var start: Int64
    var end: Int64
    var bytes: [UInt8]
  }

  private static let blockSize = 128 * 1024
  /// More of a line is not looked at: Postfix cuts its own at 2,000 bytes.
  private static let keptBytes = 8192

  let path: String
  let descriptor: Int32
  let identity: FileFacts

  // The block that was read last; guarded by the lock of the window that owns this file.
  private var block = [UInt8](repeating: 0, count: LogPageFile.blockSize)
  private var blockStart: Int64 = 0
  private var blockEnd: Int64 = 0

  /// - Throws: ``SystemError`` when it cannot be opened or is no regular file.
  init(path: String) throws(SystemError) {
    let descriptor = try openLog(path)
    guard let facts = FileFacts(descriptor: descriptor), facts.isRegular else {
      close(descriptor)
      throw SystemError("read \(path)", .invalidArgument, remedy: "it is not a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    identity = facts
  }

  deinit { close(descriptor) }

  /// What the file is now.
  var facts: FileFacts? { FileFacts(descriptor: descriptor) }

  /// Stamps without a year are read against this moment.
  var reference: LogTime { facts?.modified ?? identity.modified }

  /// The line that ends at `end` or holds the byte before it; nil at the file's start.
  func line(before end: Int64) -> Line? {
    let end = min(end, facts?.size ?? 0)
    guard end > 0 else { return nil }
    let start = lineStart(at: end - 1)
    return Line(start: start, end: end, bytes: bytes(from: start, to: end))
  }

  /// Where the line begins that holds the byte at `position`: behind the newline before it.
  func lineStart(at position: Int64) -> Int64 {
    var start = min(position, facts?.size ?? 0)
    while start > 0 {
      guard hold(start - 1, isForward: false) else { return start }
      let limit = Int(start - blockStart)
      if let newline = block[..<limit].lastIndex(of: 0x0A) {
        return blockStart + Int64(newline) + 1
      }
      start = blockStart
    }
    return 0
  }

  /// The line that begins at `start`; nil at the file's end.
  ///
  /// - Parameter takesUnfinished: also a last line without its newline.
  func line(from start: Int64, takesUnfinished: Bool) -> Line? {
    var end = start
    while true {
      guard hold(end, isForward: true) else {
        guard end > start && takesUnfinished else { return nil }
        break
      }
      let filled = Int(blockEnd - blockStart)
      if let newline = block[Int(end - blockStart)..<filled].firstIndex(of: 0x0A) {
        end = blockStart + Int64(newline) + 1
        break
      }
      end = blockEnd
    }
    return Line(start: start, end: end, bytes: bytes(from: start, to: end))
  }

  private func bytes(from start: Int64, to end: Int64) -> [UInt8] {
    guard hold(start, isForward: true) else { return [] }
    let kept = min(end, start + Int64(Self.keptBytes))
    if kept > blockEnd { guard load(start) else { return [] } }
    var stop = Int(min(kept, blockEnd) - blockStart)
    let begin = Int(start - blockStart)
    if stop > begin, block[stop - 1] == 0x0A { stop -= 1 }
    return Array(block[begin..<stop])
  }

  /// Reads anew what is asked for next, in case the file was cut and written anew.
  func forgetBlock() { blockEnd = blockStart }

  /// Makes the block hold the byte at `position`; false when the file has none there.
  private func hold(_ position: Int64, isForward: Bool) -> Bool {
    // The file may have grown behind a block that was read to its end.
    if position >= blockStart && position < blockEnd { return true }
    return load(isForward ? position : max(0, position + 1 - Int64(Self.blockSize)))
      && position < blockEnd
  }

  private func load(_ position: Int64) -> Bool {
    var count = -1
    repeat {
      count = pread(descriptor, &block, block.count, off_t(position))
    } while count < 0
      && errno == EINTR
    blockStart = position
    blockEnd = position + Int64(max(0, count))
    return count > 0
  }
}
