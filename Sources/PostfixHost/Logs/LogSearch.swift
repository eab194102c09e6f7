import Glibc
import MailLog

/// Finds a moment in a plain log file by binary search on time stamps.
struct LogSearch {
  private let descriptor: Int32
  private var clock: LineClock

  init(descriptor: Int32, zone: LocalZone, reference: LogTime) {
    self.descriptor = descriptor
    clock = LineClock(zone: zone, reference: reference, isForSearch: true)
  }

  /// Where to begin, in a file of `size` bytes, to read everything from `moment` on: the first line
  /// that is not older.
  ///
  /// What cannot be told errs towards an earlier place: an hour that comes twice, a long stretch
  /// without stamps. Lines out of order within a few seconds cost nothing: callers start a margin
  /// earlier.
  mutating func offset(of moment: LogTime, size: Int64) -> Int64 {
    var (low, high): (Int64, Int64) = (0, size)
    while high - low > 65_536 {
      let middle = low + (high - low) / 2
      guard let (start, time) = stampedLine(after: middle, before: high) else {
        high = middle
        continue
      }
      if time < moment { low = start } else { high = middle }
    }
    return scan(from: low, to: high, for: moment)
  }

  /// Where one may stop reading, in a file of `size` bytes, to have read everything before `moment`;
  /// what cannot be told errs towards a later place.
  mutating func end(of moment: LogTime, size: Int64) -> Int64 {
    // The clock reads an hour that comes twice as the later one.
    let limit = LogTime(microseconds: moment.microseconds + 3_600_000_000)
    var (low, high): (Int64, Int64) = (0, size)
    while high - low > 65_536 {
      let middle = low + (high - low) / 2
      guard let (start, time) = stampedLine(after: middle, before: high), time >= limit else {
        low = middle
        continue
      }
      high = min(high - 1, start)
    }
    return high
  }

  /// The stamp of the first line that has one, of a file of `size` bytes.
  mutating func firstTime(size: Int64) -> LogTime? {
    var found: LogTime?
    eachLine(from: 0, to: size, skippingFirst: false) { _, time in
      found = time
      return time == nil
    }
    return found
  }

  /// The first stamped line that begins after `position`.
  private mutating func stampedLine(after position: Int64, before end: Int64) -> (Int64, LogTime)? {
    var found: (Int64, LogTime)?
    eachLine(from: position, to: end, skippingFirst: true) { start, time in
      if let time { found = (start, time) }
      return time == nil
    }
    return found
  }

  private mutating func scan(from start: Int64, to end: Int64, for moment: LogTime) -> Int64 {
    var found: Int64?
    // Without a line that is new enough: the end of the last whole line, since what follows may be a
    // line that is still being written.
    let stopped = eachLine(from: start, to: end, skippingFirst: false) { position, time in
      guard let time, time >= moment else { return true }
      found = position
      return false
    }
    return found ?? stopped
  }

  /// Calls `body` with the position and stamp of each line until it returns false; looks at 1 MiB at
  /// most, so that a file without newlines costs no more. The position where it stopped.
  @discardableResult
  private mutating func eachLine(
    from start: Int64, to end: Int64, skippingFirst: Bool, _ body: (Int64, LogTime?) -> Bool
  ) -> Int64 {
    var position = start
    var skipping = skippingFirst
    var block = [UInt8](repeating: 0, count: 65_536)
    while position < end && position - start < 1 << 20 {
      let wanted = min(block.count, Int(clamping: end - position))
      let count = pread(descriptor, &block, wanted, off_t(position))
      guard count > 0 else { return position }
      var line = 0
      while let newline = block[line..<count].firstIndex(of: 0x0A) {
        let time = skipping ? nil : clock.time(of: block.span.extracting(line..<newline))
        if !skipping && !body(position + Int64(line), time) { return position }
        skipping = false
        line = newline + 1
      }
      if line == 0 {
        guard count == block.count else { return position }
        // A line longer than the block: passed over.
        skipping = true
        line = count
      }
      position += Int64(line)
    }
    return position
  }
}
