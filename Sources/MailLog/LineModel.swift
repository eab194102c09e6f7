import CByteScan

/// The beginning of the last line of smtpd, up to the `[` in front of the process id: most lines differ
/// from it in second and fraction only, so that one comparison reads all the rest.
struct LineModel: ~Copyable {
  private static let longest = 64
  /// The parts of the model, which together are all of it; the first is the one that holds the seconds.
  private var beginning = FixedStore<1, cbytescan_beginning>(repeating: cbytescan_beginning())
  /// True for `SS.ffffff`, false for `SS`.
  private var hasFraction = false
  /// The digits of the latest line, turned round so that later ones are greater.
  private var latest: UInt64 = 0
  /// The moment at which the model's minute begins, microseconds since the epoch.
  private(set) var minute: Int64 = 0
  /// Where the process id begins; 0 without a model.
  private(set) var pid = 0
  private(set) var entry = PrefixCache.Entry()
  /// The counter of the model's connections; -1 before the first one, since there is none for what was
  /// never counted.
  var connections = -1
  /// True when all lines of the model's minute count alike: in the window, in its present pane and step,
  /// under the newest policy.
  var isSettled = false

  /// The digits of second and fraction in a line that begins as the model, as they stand there; 0 where it
  /// begins otherwise. 64 bytes of it must be readable.
  @inline(__always)
  func digits(of raw: UnsafeRawPointer) -> UInt64 {
    // Before the first model nothing can be compared.
    guard pid > 0 else { return 0 }
    let tail = Int64(pid &- 16)
    if hasFraction {
      guard cbytescan_begins_as(raw, beginning.start, 16, 0, 32, tail) != 0 else { return 0 }
      return raw.word(20) &<< 16 | raw.word(17) & 0xFFFF
    }
    let middle = max(16, tail &- 16)
    guard cbytescan_begins_as(raw, beginning.start, 0, 16, middle, tail) != 0 else { return 0 }
    return UInt64(raw.half(13) & 0xFFFF)
  }

  /// The moment that the digits of a line tell, in microseconds since the epoch.
  @inline(__always)
  func time(_ digits: UInt64) -> Int64 {
    let values = digits & 0x0F0F_0F0F_0F0F_0F0F
    if hasFraction { return minute &+ Int64(truncatingIfNeeded: joinedDigits(values)) }
    let seconds = (values & 0xFF) &* 10 &+ (values &>> 8)
    return minute &+ Int64(truncatingIfNeeded: seconds) &* 1_000_000
  }

  /// Notes that there was a line with these digits.
  @inline(__always)
  mutating func note(_ digits: UInt64) { latest = max(latest, digits.byteSwapped) }

  /// The moment of the latest line that was noted; at least the model's minute.
  var latestTime: Int64 { time(latest.byteSwapped) }

  /// Takes the beginning of a line with its moment, which a stamp that ends before `start` tells, and a
  /// process id that begins at `pid`.
  mutating func take(
    _ raw: UnsafeRawPointer, time: Int64, start: Int, pid: Int, _ entry: PrefixCache.Entry
  ) {
    forget()
    hasFraction = start == 33
    // The parts must not reach beyond the `[`.
    guard pid >= (hasFraction ? 48 : 32), pid <= Self.longest else { return }
    keep(raw, tail: pid - 16)
    self.pid = pid
    self.entry = entry
    connections = -1
    let tens = Int64(raw.byte(hasFraction ? 17 : 13) & 15)
    let seconds = tens * 10 + Int64(raw.byte(hasFraction ? 18 : 14) & 15)
    minute = time - seconds * 1_000_000
    if hasFraction { minute -= (time % 1_000_000 + 1_000_000) % 1_000_000 }
  }

  private mutating func keep(_ raw: UnsafeRawPointer, tail: Int) {
    beginning[0] = cbytescan_beginning()
    let parts = beginning.start
    cbytescan_keep_part(parts, 0, raw + (hasFraction ? 16 : 0))
    cbytescan_keep_part(parts, 1, raw + (hasFraction ? 0 : 16))
    cbytescan_keep_part(parts, 2, raw + (hasFraction ? 32 : max(16, tail - 16)))
    cbytescan_keep_part(parts, 3, raw + tail)
    // `SS.ffffff` or `SS`, counted from the start of the first part; the second 60 is left to others.
    let tens: Int32 = hasFraction ? 1 : 13
    cbytescan_want_digit(parts, tens, 5)
    cbytescan_want_digit(parts, tens + 1, 9)
    guard hasFraction else { return }
    for digit: Int32 in 4..<10 { cbytescan_want_digit(parts, digit, 9) }
  }

  /// Another minute may have begun, or another file.
  mutating func forget() {
    pid = 0
    latest = 0
    isSettled = false
  }
}
