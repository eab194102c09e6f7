import Glibc
import HostSystem
import MailLog
import SystemPackage

/// Feeds a descriptor's bytes to a tally in blocks, keeping the line that a block's end cuts.
///
/// Lines longer than ``LogTally/longestLine`` are skipped and counted, so that memory stays bounded.
final class BlockReader {
  /// Of a follower, which shows what it reads.
  static let smallBlock = 256 * 1024
  /// Of whole files: the kernel hands out a megabyte sooner than four quarters of it.
  static let largeBlock = 1024 * 1024
  private static let hugePage = 2 * 1024 * 1024

  /// Bytes that are read at a time, at most.
  private let blockSize: Int
  /// What the former block's end cut lies in front of the place into which the next one is read.
  private let memory: UnsafeMutableRawPointer
  /// Not where a page begins: the kernel copies whole pages, and how soon depends on how far apart the
  /// places in both pages are. On Zen 4 it takes 5% longer from the beginning of one to that of another, and
  /// from half as long again to six times as long to one of the 28 bytes behind that, where malloc puts large
  /// blocks.
  private var block: UnsafeMutableRawPointer { memory + LogTally.longestLine + Self.shift }
  private static let shift = 1024 + 16
  private static let page = 4096
  /// Bytes in front of the block that belong to a line without its newline so far.
  private(set) var carried = 0
  private var skipped = 0
  /// Position in the file of the next byte to read.
  var offset: Int64

  init(offset: Int64 = 0, blockSize: Int = BlockReader.smallBlock) {
    self.offset = offset
    self.blockSize = blockSize
    let size = LogTally.longestLine + Self.shift + blockSize
    guard blockSize >= Self.largeBlock else {
      memory = .allocate(byteCount: size, alignment: Self.page)
      return
    }
    // One page where the system has large ones, for the price of some forty small ones.
    let rounded = (size + Self.hugePage - 1) & ~(Self.hugePage - 1)
    memory = .allocate(byteCount: rounded, alignment: Self.hugePage)
    madvise(memory, rounded, MADV_HUGEPAGE)
  }

  deinit { memory.deallocate() }

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
    // Up to the end of a page of the file, so that the next one is read from its beginning.
    let room = min(blockSize - Int(offset) % Self.page, Int(clamping: limit - offset))
    guard room > 0 else { return 0 }
    var count = -1
    repeat {
      count =
        isSeekable
        ? pread(descriptor, block, room, off_t(offset)) : Glibc.read(descriptor, block, room)
    } while count < 0 && errno == EINTR
    // After the read: what was cut later does no harm to what was read.
    if checksFingerprint && count >= 0 && !holdsFingerprint(descriptor) {
      return Self.contentChanged
    }
    guard count > 0 else { return count }
    offset += Int64(count)
    if checksFingerprint { takeFingerprint(count) }
    consume(block, count, tally, ring)
    return count
  }

  /// Enough bytes for two lines: the stamp of one must be among them.
  private func takeFingerprint(_ count: Int) {
    let length = min(512, carried + count)
    fingerprint = Array(UnsafeRawBufferPointer(start: block + count - length, count: length))
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
  func read(_ ahead: ReadAhead, into tally: LogTally) -> Int {
    let (block, count) = ahead.next()
    defer { ahead.release() }
    guard count > 0 else { return count }
    offset += Int64(count)
    // What the former block's end cut goes in front.
    memcpy(block - carried, self.block - carried, carried)
    consume(block, count, tally, nil)
    return count
  }

  /// Counts what is left at the very end of a source as a line.
  func finish(into tally: LogTally, ring: LineRing? = nil) {
    if skipped > 0 {
      tally.skipLongLine(byteCount: skipped + carried)
    } else if carried > 0 {
      feed(block - carried, carried) { rest in
        tally.consumeRest(rest)
        ring?.append(rest, tally.blockLines, start: countedOffset)
      }
    }
    (carried, skipped) = (0, 0)
  }

  /// Forgets a partial line, for a file that was truncated.
  func reset(to offset: Int64) {
    (carried, skipped) = (0, 0)
    fingerprint = []
    self.offset = offset
  }

  /// Counts a block's lines, the first with what was cut in front of it, and keeps what its end cuts.
  private func consume(
    _ block: UnsafeMutableRawPointer, _ count: Int, _ tally: LogTally, _ ring: LineRing?
  ) {
    var start = block - carried
    let end = block + count
    if skipped + carried > 0 {
      let newline = memchr(block, 0x0A, count).map {
        UnsafeRawPointer($0) - UnsafeRawPointer(block)
      }
      let length = skipped + carried + (newline ?? 0) + 1
      if let newline, length > LogTally.longestLine {
        tally.skipLongLine(byteCount: length)
        skipped = 0
        start = block + newline + 1
      } else if skipped > 0 {
        skipped += count
        return
      }
    }
    let used = feed(start, end - start) { lines in
      let used = tally.consume(lines)
      ring?.append(lines, tally.blockLines, start: offset - Int64(lines.count))
      return used
    }
    carried = end - start - used
    if carried >= LogTally.longestLine { (skipped, carried) = (carried, 0) }
    memmove(self.block - carried, end - carried, carried)
  }

  private func feed<Result>(
    _ start: UnsafeMutableRawPointer, _ count: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    let bytes = UnsafeBufferPointer(
      start: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count: count)
    return body(bytes.span)
  }
}
