/// Numbers, ages and small graphs as text.
public enum Format {
  /// Digits in groups of three, with a space between: `1 204`.
  public static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(Substring(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(Substring(digits), at: 0)
    return (number < 0 ? "-" : "") + groups.joined(separator: " ")
  }

  /// A share of one in per cent with one decimal: `91.4%`.
  public static func percent(_ share: Double) -> String { oneDecimal(share * 100) + "%" }

  /// A rate: one decimal below ten, whole from there on.
  public static func rate(_ value: Double) -> String {
    value < 9.95 ? oneDecimal(value) : count(Int(value.rounded()))
  }

  /// A number with one decimal; 0 for what is not finite.
  public static func oneDecimal(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "0.0" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  /// A short age: `0:04`, `12:31`, `3h07`, `3d04h`.
  public static func age(seconds: Int64) -> String {
    let seconds = max(0, seconds)
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    if days > 0 { return "\(days)d\(two(hours))h" }
    if hours > 0 { return "\(hours)h\(two(minutes))" }
    return "\(minutes):\(two(seconds % 60))"
  }

  /// An age that moves once a minute: `0m`, `12m`, `3h07`, `3d04h`.
  public static func uptime(seconds: Int64) -> String {
    let minutes = max(0, seconds) / 60
    return minutes < 60 ? "\(minutes)m" : age(seconds: seconds)
  }

  /// A span in its largest full unit: `45m`, `8h`, `21d`.
  public static func shortSpan(seconds: Int) -> String {
    switch seconds {
    case 86_400...: "\(seconds / 86_400)d"
    case 3600...: "\(seconds / 3600)h"
    default: "\(max(0, seconds) / 60)m"
    }
  }

  /// A span in words: `last hour`, `last 15 minutes`, `last 7 days`.
  public static func window(seconds: Int) -> String {
    switch seconds {
    case 3600: "last hour"
    case 86_400: "last day"
    case let span where span % 86_400 == 0: "last \(span / 86_400) days"
    case let span where span % 3600 == 0: "last \(span / 3600) hours"
    default: "last \(max(1, seconds / 60)) minutes"
    }
  }

  /// The time of day of a moment: `12:04:31`.
  public static func clock(secondsSinceMidnight seconds: Int64) -> String {
    let day = ((seconds % 86_400) + 86_400) % 86_400
    return "\(two(day / 3600)):\(two(day / 60 % 60)):\(two(day % 60))"
  }

  /// A bar in eighths of a column: `████▏`; something rather than nothing for a share above 0.
  public static func bar(_ share: Double, width: Int) -> String {
    guard share > 0, width > 0 else { return "" }
    let eighths = max(1, min(width * 8, Int((share * Double(width * 8)).rounded())))
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + partial[eighths % 8]
  }

  /// One column a value, scaled to the highest: `▁▂▅▇█`.
  public static func sparkline(_ values: some Collection<Int>) -> String {
    let steps: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    let top = max(1, values.max() ?? 1)
    return String(values.map { steps[min(7, max(0, $0) * 7 / top)] })
  }

  /// Breaks a text, which passes the sanitiser here, into lines of at most `width` columns at
  /// spaces and line ends; longer words are cut.
  public static func wrap(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
      let clean = Sanitiser.clean(word)
      let columns = DisplayWidth.of(clean)
      if used > 0, used + 1 + columns > width {
        lines.append(line)
        (line, used) = ("", 0)
      }
      if used > 0 {
        line += " "
        used += 1
      }
      for scalar in clean.unicodeScalars {
        let step = DisplayWidth.of(scalar)
        if used + step > width, used > 0 {
          lines.append(line)
          (line, used) = ("", 0)
        }
        line.unicodeScalars.append(scalar)
        used += step
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// The time of day of a moment without seconds: `12:04`.
  public static func minuteClock(secondsSinceMidnight seconds: Int64) -> String {
    String(clock(secondsSinceMidnight: seconds).dropLast(3))
  }

  /// The day that a moment lies in, counted from 1970-01-01.
  public static func day(_ seconds: Int64) -> Int64 {
    seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
  }

  /// The date of a moment given in local seconds: `2026-11-22`.
  public static func date(seconds: Int64) -> String {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days.
    let shifted = day(seconds) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let number = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (number <= 2 ? 1 : 0)
    return "\(year)-\(two(number))-\(two(dayOfYear - (153 * month + 2) / 5 + 1))"
  }

  /// A span in words: `2 days`, `3 hours`, `90 seconds`.
  public static func span(seconds: Int) -> String {
    for (unit, name) in [(86_400, "day"), (3600, "hour"), (60, "minute")]
    where seconds >= unit && seconds % unit == 0 {
      let number = seconds / unit
      return "\(number) \(name)\(number == 1 ? "" : "s")"
    }
    return "\(seconds) \(seconds == 1 ? "second" : "seconds")"
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
