/// Reads a moment as a person writes it, for `--since` and `--until`.
///
/// Understood: `2h`, `90m`, `45s`, `3d`, `2w` and sums such as `1h30m`, all before now; `now`,
/// `today`, `yesterday`; `09:00` or `09:00:30`, the last one that is over; `2026-11-22`,
/// `2026-11-22 09:00`; `Nov 22 09:00:00`; RFC 3339. Times without a zone are local.
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
    switch text.lowercased() {
    case "now": return now
    case "today": return localMidnight(daysBack: 0)
    case "yesterday": return localMidnight(daysBack: 1)
    default: break
    }
    if let seconds = duration() {
      return LogTime(microseconds: now.microseconds - seconds * 1_000_000)
    }
    if let seconds = timeOfDay(Substring(text)) { return lastTime(ofDay: seconds) }
    return dateAndTime() ?? stamped()
  }

  private var localNow: Int64 { now.seconds + Int64(zone.offset(at: now.seconds)) }

  private func moment(_ local: Int64) -> LogTime {
    LogTime(seconds: zone.moment(ofLocal: local, after: nil))
  }

  private func localMidnight(daysBack: Int64) -> LogTime {
    moment((floorDay(localNow) - daysBack) * 86_400)
  }

  private func floorDay(_ seconds: Int64) -> Int64 {
    seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
  }

  /// The last such time of day that is not after now.
  private func lastTime(ofDay seconds: Int64) -> LogTime {
    let today = moment(floorDay(localNow) * 86_400 + seconds)
    return today <= now ? today : moment((floorDay(localNow) - 1) * 86_400 + seconds)
  }

  /// `2h`, `1h30m`: seconds; nil for anything else.
  private func duration() -> Int64? {
    var total: Int64 = 0
    var digits = ""
    for character in text {
      if character.isASCII && character.isNumber {
        digits.append(character)
        guard digits.count <= 9 else { return nil }
      } else if let unit = Self.seconds(of: character), let number = Int64(digits) {
        total += number * unit
        digits = ""
      } else {
        return nil
      }
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
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

  /// `HH:MM` or `HH:MM:SS` in seconds since midnight.
  private func timeOfDay(_ part: Substring) -> Int64? {
    let fields = part.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(fields.count), fields.allSatisfy({ $0.count == 2 }) else { return nil }
    let numbers = fields.compactMap { number($0) }
    guard numbers.count == fields.count, numbers[0] < 24, numbers[1] < 60,
      numbers.count == 2 || numbers[2] < 61
    else { return nil }
    return Int64(numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0))
  }

  /// `2026-11-22` alone or with a time of day behind a blank or `T`.
  private func dateAndTime() -> LogTime? {
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: true) { $0 == " " || $0 == "T" }
    guard let first = parts.first else { return nil }
    let fields = first.split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0].count == 4, let year = number(fields[0]),
      let month = number(fields[1]), let day = number(fields[2]),
      isValidDay(year: year, month: month, day: day)
    else { return nil }
    var local = daysFromCivil(year: year, month: month, day: day) * 86_400
    if parts.count == 2 {
      guard let seconds = timeOfDay(parts[1]) else { return nil }
      local += seconds
    }
    return moment(local)
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
