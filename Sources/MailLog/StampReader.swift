/// Reads the time stamp at a line's start: traditional (`Nov  2 09:00:00`, `Nov 02 09:00:00`) or
/// RFC 3339 with fraction and zone.
///
/// Neighbouring lines mostly share their minute, so its moment is kept and only the rest is read.
struct StampReader {
  private let zone: LocalZone
  /// Traditional stamps have no year: each is read as the latest moment not after this one, plus a
  /// day for clocks that differ. Seconds since the epoch.
  private var reference: Int64
  private var previous: Int64?
  private let isForSearch: Bool

  private var traditionalHead: UInt64 = 0
  private var traditionalTail: UInt32 = 0
  private var traditionalMinute: Int64 = 0
  private var isoHead: UInt64 = 0
  private var isoTail: UInt64 = 0
  private var isoMinute: Int64 = 0
  /// The six bytes of the zone of the last stamp with six digits of a fraction, as a little-endian
  /// number, and what they mean; no six bytes without such a stamp.
  private var isoZone = UInt64.max
  private var isoOffset: Int64 = 0
  /// The moment at which the minute begins in that zone, microseconds since the epoch.
  private var isoBase: Int64 = 0

  /// The moment of the stamp just read, microseconds since the epoch.
  private(set) var time: Int64 = 0

  /// - Parameter isForSearch: lines come in no order, so none tells which of two equal hours it is:
  ///   the later reading is taken.
  init(zone: LocalZone, reference: LogTime, isForSearch: Bool = false) {
    self.zone = zone
    self.isForSearch = isForSearch
    self.reference = reference.seconds
  }

  /// For another file: stamps without a year are read against another moment.
  mutating func setReference(_ reference: LogTime) {
    self.reference = reference.seconds
    previous = nil
    traditionalHead = 0
  }

  /// Time goes on while a log is followed: stamps without a year are read against a later moment.
  mutating func advanceReference(to moment: LogTime) { reference = max(reference, moment.seconds) }

  /// Reads the stamp at `start`; the position after it, nil when there is none.
  @inline(__always)
  mutating func read(_ line: Span<UInt8>, from start: Int) -> Int? {
    guard line.count >= start &+ 20 else { return nil }
    return isDigit(line[start])
      ? readISO(line, from: start) : readTraditional(line, from: start)
  }

  /// Reads a stamp of the minute and the form of the one before it and the blank behind it; the
  /// position behind that, 0 for any other. At least 33 bytes must be readable.
  ///
  /// - Parameter time: becomes the moment, microseconds since the epoch.
  @inline(__always)
  func readAgain(_ line: UnsafeRawPointer, time: inout Int64) -> Int {
    let (head, tail) = (line.word(0), line.word(8))
    if head == isoHead && tail == isoTail {
      // `:SS.ffffff+hh:mm`: second and fraction are eight digits, which make microseconds.
      let digits = (line.word(20) &<< 16 | line.word(17) & 0xFFFF) ^ 0x3030_3030_3030_3030
      guard line.byte(16) == UInt8(ascii: ":"), line.byte(19) == UInt8(ascii: "."),
        line.word(24) &>> 16 == isoZone, line.byte(32) == UInt8(ascii: " "), areDigits(digits)
      else { return 0 }
      let micros = joinedDigits(digits)
      time = isoBase &+ Int64(truncatingIfNeeded: micros)
      return micros < 61_000_000 ? 33 : 0
    }
    guard head == traditionalHead, UInt32(truncatingIfNeeded: tail) == traditionalTail, head != 0
    else { return 0 }
    // `:SS `
    let rest = tail &>> 32
    let digits = (rest & 0x00FF_FF00) ^ 0x0030_3000
    guard rest & 0xFF00_00FF == 0x2000_003A, areDigits(digits) else { return 0 }
    let seconds = (digits &>> 8 & 0xFF) &* 10 &+ (digits &>> 16)
    time = (traditionalMinute &+ Int64(truncatingIfNeeded: seconds)) &* 1_000_000
    return seconds <= 60 ? 16 : 0
  }

  private mutating func readTraditional(_ line: Span<UInt8>, from start: Int) -> Int? {
    let head = line.word(at: start)
    let tail = UInt32(truncatingIfNeeded: line.word(at: start &+ 8))
    guard line[start &+ 12] == UInt8(ascii: ":"),
      let second = twoDigits(line, at: start &+ 13), second <= 60,
      line[start &+ 15] == UInt8(ascii: " ")
    else { return nil }
    if head != traditionalHead || tail != traditionalTail || head == 0 {
      guard let minute = traditionalMinute(line, from: start) else { return nil }
      traditionalMinute = minute
      traditionalHead = head
      traditionalTail = tail
      previous = minute
    }
    time = (traditionalMinute &+ Int64(second)) &* 1_000_000
    return start &+ 15
  }

  private func traditionalMinute(_ line: Span<UInt8>, from start: Int) -> Int64? {
    guard let month = monthNumber(line, at: start), line[start + 3] == UInt8(ascii: " "),
      line[start + 6] == UInt8(ascii: " "), line[start + 9] == UInt8(ascii: ":"),
      isDigit(line[start + 5]),
      let hour = twoDigits(line, at: start + 7), hour < 24,
      let minute = twoDigits(line, at: start + 10), minute < 60
    else { return nil }
    let tens = line[start + 4]
    guard tens == UInt8(ascii: " ") || isDigit(tens) else { return nil }
    let day = (isDigit(tens) ? Int(tens - 0x30) * 10 : 0) + Int(line[start + 5] - 0x30)
    let within = Int64(hour * 3600 + minute * 60)
    let latest = reference + 86_400
    var year = civilFromDays(latest / 86_400).year + 1
    // 29 February may lie up to eight years back (1896 to 1904 and the like).
    for _ in 0..<10 {
      if isValidDay(year: year, month: month, day: day) {
        let local = daysFromCivil(year: year, month: month, day: day) * 86_400 + within
        let moment = zone.moment(
          ofLocal: local, after: isForSearch ? .max : previous)
        if moment <= latest { return moment }
      }
      year -= 1
    }
    return nil
  }

  private mutating func readISO(_ line: Span<UInt8>, from start: Int) -> Int? {
    let head = line.word(at: start)
    let tail = line.word(at: start &+ 8)
    if head != isoHead || tail != isoTail {
      guard let minute = isoMinute(line, from: start) else { return nil }
      isoMinute = minute
      isoHead = head
      isoTail = tail
      isoBase = (isoMinute &- isoOffset) &* 1_000_000
    }
    guard line[start &+ 16] == UInt8(ascii: ":"),
      let second = twoDigits(line, at: start &+ 17), second <= 60
    else { return nil }
    var index = start &+ 19
    var micros: Int64 = 0
    if line[index] == UInt8(ascii: ".") {
      index &+= 1
      var scale: Int64 = 100_000
      while index < line.count, isDigit(line[index]) {
        micros &+= Int64(line[index] &- 0x30) &* scale
        scale /= 10
        index &+= 1
      }
    }
    guard let (offset, end) = zoneOffset(line, at: index) else { return nil }
    if end &- start == 32 {
      isoZone = line.word(at: end &- 8) >> 16
      isoOffset = offset
      isoBase = (isoMinute &- isoOffset) &* 1_000_000
    }
    time = (isoMinute &+ Int64(second) &- offset) &* 1_000_000 &+ micros
    return end
  }

  private func isoMinute(_ line: Span<UInt8>, from start: Int) -> Int64? {
    guard let century = twoDigits(line, at: start), let years = twoDigits(line, at: start + 2),
      line[start + 4] == UInt8(ascii: "-"), let month = twoDigits(line, at: start + 5),
      line[start + 7] == UInt8(ascii: "-"), let day = twoDigits(line, at: start + 8),
      line[start + 10] == UInt8(ascii: "T") || line[start + 10] == UInt8(ascii: " "),
      let hour = twoDigits(line, at: start + 11), hour < 24,
      line[start + 13] == UInt8(ascii: ":"),
      let minute = twoDigits(line, at: start + 14), minute < 60
    else { return nil }
    let year = century * 100 + years
    guard isValidDay(year: year, month: month, day: day) else { return nil }
    return daysFromCivil(year: year, month: month, day: day) * 86_400
      + Int64(hour * 3600 + minute * 60)
  }

  /// `Z`, `+hh:mm` or `+hhmm` at `index`: seconds east of UTC and the position after it.
  @inline(__always)
  private func zoneOffset(_ line: Span<UInt8>, at index: Int) -> (Int64, Int)? {
    guard index < line.count else { return nil }
    let sign = line[index]
    if sign == UInt8(ascii: "Z") { return (0, index &+ 1) }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index &+ 5 <= line.count,
      let hours = twoDigits(line, at: index &+ 1)
    else { return nil }
    let colon = line[index &+ 3] == UInt8(ascii: ":") ? 1 : 0
    guard index &+ 5 &+ colon <= line.count,
      let minutes = twoDigits(line, at: index &+ 3 &+ colon)
    else { return nil }
    let offset = Int64(hours &* 3600 &+ minutes &* 60)
    return (sign == UInt8(ascii: "-") ? -offset : offset, index &+ 5 &+ colon)
  }

  @inline(__always)
  private func twoDigits(_ line: Span<UInt8>, at index: Int) -> Int? {
    let tens = line[index] &- 0x30
    let ones = line[index &+ 1] &- 0x30
    return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : nil
  }

  private func monthNumber(_ line: Span<UInt8>, at index: Int) -> Int? {
    let names: [StaticString] = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    for (number, name) in names.enumerated() where line.has(name, at: index, to: line.count) {
      return number + 1
    }
    return nil
  }
}
