import Glibc
import HostSystem
import MailLog
import SystemPackage

/// Feeds a descriptor's bytes to a tally in blocks, keeping the line that a block's end cuts.
///
/// Lines longer than the buffer are skipped and counted, so that memory stays bounded.
final class BlockReader {
  static let blockSize = 256 * 1024

  private var buffer = [UInt8](repeating: 0, count: BlockReader.blockSize)
  /// Bytes at the buffer's start that belong to a line without its newline so far.
  private(set) var carried = 0
  private var skipped = 0
  /// Position in the file of the next byte to read.
  var offset: Int64

  init(offset: Int64 = 0) { self.offset = offset }

  /// The last bytes that were read, to tell a file that was cut and written anew.
  private(set) var fingerprint: [UInt8] = []

  /// What ``read`` returns when other bytes stand where the last ones were read.
  static let contentChanged = -2

  /// Position in the file of the first byte that was not yet counted.
  var countedOffset: Int64 { offset - Int64(carried) }

  /// Reads one block into `tally`.
  ///
  /// - Parameters:
  ///   - isSeekable: true for a file (`pread`), false for a pipe.
  ///   - limit: position in the file to stop at.
  ///   - ring: gets the Postfix lines of the block.
  ///   - checksFingerprint: look whether the file was cut before the read.
  /// - Returns: the bytes read; 0 at the end, -1 when the read failed (`errno` says why),
  ///   ``contentChanged`` when the file was cut.
  func read(
    _ descriptor: Int32, isSeekable: Bool, limit: Int64 = .max, checksFingerprint: Bool = false,
    into tally: LogTally, ring: LineRing? = nil
  ) -> Int {
    let room = min(buffer.count - carried, Int(clamping: limit - offset))
    guard room > 0 else { return 0 }
    let carried = self.carried
    let offset = self.offset
    var count = -1
    repeat {
      count = buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return 0 }
        return isSeekable
          ? pread(descriptor, base + carried, room, off_t(offset))
          : Glibc.read(descriptor, base + carried, room)
      }
    } while count < 0 && errno == EINTR
    // After the read: what was cut later does no harm to what was read.
    if checksFingerprint && count >= 0 && !holdsFingerprint(descriptor) {
      return Self.contentChanged
    }
    guard count > 0 else { return count }
    self.offset += Int64(count)
    if checksFingerprint { takeFingerprint(carried + count) }
    consume(carried + count, tally, ring)
    return count
  }

  /// Enough bytes for two lines: the stamp of one must be among them.
  private func takeFingerprint(_ filled: Int) {
    fingerprint = Array(buffer[max(0, filled - 512)..<filled])
  }

  private func holdsFingerprint(_ descriptor: Int32) -> Bool {
    guard !fingerprint.isEmpty else { return true }
    var bytes = [UInt8](repeating: 0, count: fingerprint.count)
    let start = offset - Int64(fingerprint.count)
    return start < 0
      || (pread(descriptor, &bytes, bytes.count, off_t(start)) == bytes.count
        && bytes == fingerprint)
  }

  /// Counts the next block that another thread has read; returns what ``read`` does.
  ///
  /// Lines are cut and skipped just as when they are read here, so that the counts are the same.
  func read(_ ahead: ReadAhead, into tally: LogTally) -> Int {
    let (block, count) = ahead.next()
    defer { ahead.release() }
    guard count > 0 else { return count }
    offset += Int64(count)
    // What the former block's end cut goes in front.
    var start = block - carried
    buffer.withUnsafeBytes { kept in
      UnsafeMutableRawBufferPointer(start: start, count: carried).copyBytes(from: kept[..<carried])
    }
    var filled = carried + count
    if skipped + carried > 0 {
      let newline = memchr(block, 0x0A, count).map {
        UnsafeRawPointer($0) - UnsafeRawPointer(block)
      }
      let length = skipped + carried + (newline ?? 0) + 1
      if let newline, length > Self.blockSize {
        tally.skipLongLine(byteCount: length)
        skipped = 0
        start = block + newline + 1
        filled = count - newline - 1
      } else if skipped > 0 {
        skipped += count
        return count
      }
    }
    let bytes = UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: UInt8.self), count: filled)
    let used = tally.consume(bytes.span)
    carried = filled - used
    if carried >= Self.blockSize { (skipped, carried) = (carried, 0) }
    buffer.withUnsafeMutableBytes { kept in
      kept.copyBytes(from: UnsafeRawBufferPointer(start: start + used, count: carried))
    }
    return count
  }

  /// Counts what is left at the very end of a source as a line.
  func finish(into tally: LogTally, ring: LineRing? = nil) {
    if skipped > 0 {
      tally.skipLongLine(byteCount: skipped + carried)
    } else if carried > 0 {
      Self.feedRest(buffer.span.extracting(0..<carried), tally, ring)
    }
    (carried, skipped) = (0, 0)
  }

  /// Forgets a partial line, for a file that was truncated.
  func reset(to offset: Int64) {
    (carried, skipped) = (0, 0)
    fingerprint = []
    self.offset = offset
  }

  private func consume(_ filled: Int, _ tally: LogTally, _ ring: LineRing?) {
    var start = 0
    if skipped > 0 {
      guard let newline = buffer[..<filled].firstIndex(of: 0x0A) else {
        skipped += filled
        carried = 0
        return
      }
      tally.skipLongLine(byteCount: skipped + newline + 1)
      skipped = 0
      start = newline + 1
    }
    let rest = start + Self.feed(buffer.span.extracting(start..<filled), tally, ring)
    carried = filled - rest
    if carried == buffer.count {
      skipped = carried
      carried = 0
    } else if carried > 0 && rest > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + rest, carried)
      }
    }
  }

  private static func feed(_ block: Span<UInt8>, _ tally: LogTally, _ ring: LineRing?) -> Int {
    let used = tally.consume(block)
    ring?.append(block, tally.blockLines)
    return used
  }

  private static func feedRest(_ rest: Span<UInt8>, _ tally: LogTally, _ ring: LineRing?) {
    tally.consumeRest(rest)
    ring?.append(rest, tally.blockLines)
  }
}
