import ArgumentParser

/// A time span as people write it: `90s`, `45m`, `24h`, `7d`, `2w`; a bare number counts seconds.
struct LengthOfTime: Hashable, Sendable, ExpressibleByArgument, CustomStringConvertible {
  /// At least 1, at most 60 days.
  var seconds: Int

  private static let units: [(letter: Character, seconds: Int)] = [
    ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  init(seconds: Int) { self.seconds = seconds }

  init?(argument: String) {
    let unit = argument.last.flatMap { last in Self.units.first { $0.letter == last } }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard !digits.isEmpty, digits.count <= 8, digits.allSatisfy(\.isWholeNumber),
      let count = Int(digits), (1...5_184_000).contains(count * (unit?.seconds ?? 1))
    else { return nil }
    seconds = count * (unit?.seconds ?? 1)
  }

  /// The two greatest units that are not 0: `1d 4h`, `3m`.
  var description: String {
    var left = max(0, seconds)
    var parts: [String] = []
    for unit in Self.units.dropFirst() where left >= unit.seconds && parts.count < 2 {
      parts.append("\(left / unit.seconds)\(unit.letter)")
      left %= unit.seconds
    }
    return parts.isEmpty ? "0s" : parts.joined(separator: " ")
  }
}
