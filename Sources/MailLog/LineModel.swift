import CByteScan

/// The beginning of the last line of smtpd, up to the `[` in front of the process id: most lines differ
/// from it in second and fraction only, so that one comparison reads all the rest.
struct LineModel: ~Copyable {
  private static let length = 64
  /// Of the model, and of which of its bytes a line may differ in.
  private var bytes = Store(repeating: UInt8(0), count: LineModel.length)
  private var masks = Store(repeating: UInt8(0), count: LineModel.length)
  /// The moment at which the model's minute begins, microseconds since the epoch.
  private var minute: Int64 = 0
  /// True for `SS.ffffff`, false for `SS`.
  private var hasFraction = false
  /// Where the process id begins; 0 without a model.
  private(set) var pid = 0
  private(set) var entry = PrefixCache.Entry()

  /// Reads a line that begins as the model: its moment in microseconds since the epoch; `Int64.min`
  /// where it begins otherwise. 64 bytes of it must be readable.
  @inline(__always)
  func time(of raw: UnsafeRawPointer) -> Int64 {
    // Before the first model nothing can be compared.
    guard pid > 0,
      cbytescan_begins_as(raw, bytes.start, masks.start, Int64(pid &- 16)) != 0
    else { return .min }
    let zeros: UInt64 = 0x3030_3030_3030_3030
    let digits =
      hasFraction
      ? (raw.word(20) &<< 16 | raw.word(17) & 0xFFFF) ^ zeros
      : UInt64(raw.half(13) & 0xFFFF) ^ zeros & 0xFFFF
    guard areDigits(digits) else { return .min }
    if hasFraction {
      let micros = joinedDigits(digits)
      return micros < 61_000_000 ? minute &+ Int64(truncatingIfNeeded: micros) : .min
    }
    let seconds = (digits & 0xFF) &* 10 &+ (digits &>> 8)
    return seconds <= 60 ? minute &+ Int64(truncatingIfNeeded: seconds) &* 1_000_000 : .min
  }

  /// Takes the beginning of a line with its moment, which a stamp that ends before `start` tells, and a
  /// process id that begins at `pid`.
  mutating func take(
    _ raw: UnsafeRawPointer, time: Int64, start: Int, pid: Int, _ entry: PrefixCache.Entry
  ) {
    guard pid >= 16, pid <= Self.length else { return forget() }
    hasFraction = start == 33
    let digits = hasFraction ? [17, 18, 20, 21, 22, 23, 24, 25] : [13, 14]
    for index in 0..<Self.length {
      bytes[index] = raw.byte(index)
      masks[index] = index >= pid || digits.contains(index) ? 0xFF : 0
    }
    self.pid = pid
    self.entry = entry
    let tens = Int64(raw.byte(hasFraction ? 17 : 13) & 15)
    let seconds = tens * 10 + Int64(raw.byte(hasFraction ? 18 : 14) & 15)
    minute = time - seconds * 1_000_000
    if hasFraction { minute -= (time % 1_000_000 + 1_000_000) % 1_000_000 }
  }

  /// Another minute has begun, or another file.
  mutating func forget() { pid = 0 }
}
