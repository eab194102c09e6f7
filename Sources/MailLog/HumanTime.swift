/// Reads a moment as a person writes it, for `--since` and `--until`.
///
/// Understood: `2h`, `90m`, `45s`, `3d`, `2w` and sums such as `1h30m`, all before now, with or without
/// `ago`; `now`, `today`, `yesterday`; `9:00` or `09:00:30`, the last one that is over; `2026-11-22` and
/// `Nov 22`; a day with a time, as `yesterday 9:00`; RFC 3339, also without seconds. Times without a zone
/// are local, dates without a year not more than a day ahead.
///
/// - Parameters:
///   - text: what was typed; blanks around it do not matter.
///   - now: the reference.
///   - zone: the local zone.
/// - Returns: nil when the text is none of these.
public func parseHumanTime(_ text: String, now: LogTime, zone: LocalZone = .utc) -> LogTime? {
  HumanTimeReader(text: text, now: now, zone: zone).read()
}

private struct HumanTimeReader {
  let text: String
  let now: LogTime
  let zone: LocalZone

  init(text: String, now: LogTime, zone: LocalZone) {
    let bytes = Array(text.utf8)
    let blank = UInt8(ascii: " ")
    let start = bytes.firstIndex { $0 != blank } ?? bytes.endIndex
    let end = bytes.lastIndex { $0 != blank }.map { $0 + 1 } ?? bytes.endIndex
    self.text = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    self.now = now
    self.zone = zone
  }

  func read() -> LogTime? {
    if text.lowercased() == "now" { return now }
    if let seconds = duration() {
      let (micros, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
      return isTooLong ? nil : LogTime(microseconds: now.microseconds - micros)
    }
    if let seconds = timeOfDay(Substring(text)) { return lastTime(ofDay: seconds) }
    return namedDay() ?? dateAndTime() ?? stamped()
  }

  private var localNow: Int64 { now.seconds + Int64(zone.offset(at: now.seconds)) }

  private func moment(_ local: Int64) -> LogTime {
    LogTime(seconds: zone.moment(ofLocal: local, after: nil))
  }

  private func floorDay(_ seconds: Int64) -> Int64 {
    seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
  }

  /// The last such time of day that is not after now.
  private func lastTime(ofDay seconds: Int64) -> LogTime {
    let today = moment(floorDay(localNow) * 86_400 + seconds)
    return today <= now ? today : moment((floorDay(localNow) - 1) * 86_400 + seconds)
  }

  /// `2h`, `1h30m`, `2h ago`: seconds; nil for anything else.
  private func duration() -> Int64? {
    let words = text.split(separator: " ")
    guard let sum = words.first, words.count == 1 || words.count == 2 && words[1] == "ago" else {
      return nil
    }
    var total: Int64 = 0
    var digits = ""
    for character in sum {
      if character.isASCII && character.isNumber {
        digits.append(character)
      } else if let unit = Self.seconds(of: character), let number = Int64(digits) {
        let (length, isTooLong) = number.multipliedReportingOverflow(by: unit)
        let (sum, isBeyond) = total.addingReportingOverflow(length)
        guard !isTooLong && !isBeyond else { return nil }
        total = sum
        digits = ""
      } else {
        return nil
      }
    }
    return digits.isEmpty ? total : nil
  }

  /// The length of a unit.
  private static func seconds(of unit: Character) -> Int64? {
    switch unit {
    case "s": 1
    case "m": 60
    case "h": 3600
    case "d": 86_400
    case "w": 604_800
    default: nil
    }
  }

  /// `H:MM`, `HH:MM` or `HH:MM:SS` in seconds since midnight.
  private func timeOfDay(_ part: Substring) -> Int64? {
    let fields = part.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(fields.count), (1...2).contains(fields[0].count),
      fields.dropFirst().allSatisfy({ $0.count == 2 })
    else { return nil }
    let numbers = fields.compactMap { number($0) }
    guard numbers.count == fields.count, numbers[0] < 24, numbers[1] < 60,
      numbers.count == 2 || numbers[2] < 61
    else { return nil }
    return Int64(numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0))
  }

  /// `today`, `yesterday` or `Nov 22`, alone or with a time of day.
  private func namedDay() -> LogTime? {
    var words = text.split(separator: " ")[...]
    guard let first = words.popFirst()?.lowercased() else { return nil }
    if let month = Self.months.firstIndex(of: first) {
      guard let word = words.popFirst(), let day = number(word), word.count <= 2,
        let within = time(words)
      else { return nil }
      return lastDate(month: month + 1, day: day, within: within)
    }
    guard let back = ["today", "yesterday"].firstIndex(of: first), let within = time(words) else {
      return nil
    }
    return moment((floorDay(localNow) - Int64(back)) * 86_400 + within)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// The time of day behind a day; midnight where none is written.
  private func time(_ words: ArraySlice<Substring>) -> Int64? {
    words.count <= 1 ? words.first.map(timeOfDay) ?? 0 : nil
  }

  /// The last such date, as stamps without a year are read: not more than a day ahead.
  private func lastDate(month: Int, day: Int, within: Int64) -> LogTime? {
    let latest = now.seconds + 86_400
    let year = civilFromDays(floorDay(latest)).year
    // 29 February may lie up to eight years back.
    for year in stride(from: year + 1, through: year - 8, by: -1)
    where isValidDay(year: year, month: month, day: day) {
      let time = moment(daysFromCivil(year: year, month: month, day: day) * 86_400 + within)
      if time.seconds <= latest { return time }
    }
    return nil
  }

  /// `2026-11-22` alone or with a time of day behind a blank or `T`, and a zone behind that.
  private func dateAndTime() -> LogTime? {
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: true) { $0 == " " || $0 == "T" }
    guard let first = parts.first else { return nil }
    let fields = first.split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0].count == 4, let year = number(fields[0]),
      let month = number(fields[1]), let day = number(fields[2]),
      isValidDay(year: year, month: month, day: day)
    else { return nil }
    let midnight = daysFromCivil(year: year, month: month, day: day) * 86_400
    guard parts.count == 2 else { return moment(midnight) }
    let (time, offset) = zoned(parts[1])
    guard let within = timeOfDay(time) else { return nil }
    return offset.map { LogTime(seconds: midnight + within - $0) } ?? moment(midnight + within)
  }

  /// A time of day without the zone behind it, and the zone's seconds east of UTC.
  private func zoned(_ text: Substring) -> (time: Substring, offset: Int64?) {
    if text.hasSuffix("Z") { return (text.dropLast(), 0) }
    guard let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }),
      let offset = timeOfDay(text[text.index(after: sign)...])
    else { return (text, nil) }
    return (text[..<sign], text[sign] == "-" ? -offset : offset)
  }

  /// A stamp as it stands in logs; with a bare `Z` or zone behind it for RFC 3339.
  private func stamped() -> LogTime? {
    var reader = StampReader(zone: zone, reference: now)
    let bytes = Array((text + " ").utf8) + [UInt8](repeating: 0x20, count: 4)
    guard let end = reader.read(bytes.span, from: 0), end == text.utf8.count else { return nil }
    return LogTime(microseconds: reader.time)
  }

  private func number(_ field: Substring) -> Int? {
    field.allSatisfy { $0.isASCII && $0.isNumber } ? Int(field) : nil
  }
}
