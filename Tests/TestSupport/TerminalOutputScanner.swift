/// Reads what a program sends to its terminal, and complains about everything but text and the few
/// sequences that draw a screen.
public struct TerminalOutputScanner {
  /// How many escape sequences were seen.
  public private(set) var sequences = 0
  /// The bytes of what is not an escape sequence or a control character.
  public private(set) var visibleBytes = 0
  private let scalars: [Unicode.Scalar]
  private var place = 0

  /// Takes what a program sent.
  public init(_ bytes: [UInt8]) {
    scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
  }

  /// One sentence for each thing that should not be there.
  public mutating func complaints() -> [String] {
    var result: [String] = []
    while place < scalars.count {
      let start = place
      let scalar = scalars[place]
      place += 1
      if scalar.value >= 0x20 { visibleBytes += UTF8.width(scalar) }
      let problem: String? =
        switch scalar.value {
        case 0x1B: escape()
        // Carriage return, line feed, backspace and tab move the cursor for the screen library.
        case 0x08, 0x09, 0x0A, 0x0D, 0x0E, 0x0F: nil
        case 0x20...0x7E: nil
        case 0..<0xA0: "a control character"
        case 0xFFFD: "bytes that are no UTF-8"
        default: invisible(scalar)
        }
      if let problem {
        let from = max(0, start - 20)
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[from..<min(scalars.count, start + 20)])
        result.append("\(problem) in \(text.debugDescription)")
      }
    }
    return result
  }

  private func invisible(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .unassigned, .surrogate, .lineSeparator,
      .paragraphSeparator:
      "the invisible U+\(String(scalar.value, radix: 16))"
    default: nil
    }
  }

  /// CSI with parameters and a final of those that move, erase, colour and set the known modes.
  private mutating func escape() -> String? {
    sequences += 1
    guard place < scalars.count else { return nil }
    let next = scalars[place]
    place += 1
    switch next {
    case "(", ")":
      // Designates a character set: B for ASCII, 0 for lines.
      place += 1
      return nil
    case "7", "8", "=", ">", "M": return nil
    case "[": break
    default: return "ESC \(next)"
    }
    var parameters = ""
    while place < scalars.count, (0x20...0x3F).contains(scalars[place].value) {
      parameters.unicodeScalars.append(scalars[place])
      place += 1
    }
    // Cut at the end of what was read.
    guard place < scalars.count else { return nil }
    let final = scalars[place]
    place += 1
    switch final {
    case "A", "B", "C", "D", "E", "F", "G", "H", "d", "f", "J", "K", "L", "M", "P", "X", "@", "S",
      "T", "b", "m", "r", "I", "Z", "`", "a", "e":
      return nil
    case "h", "l":
      let known = ["?1049", "?2004", "?25", "?1", "?12", "?7", "4", "?12;25", "?1000", "?1006"]
      return known.contains(parameters) ? nil : "CSI \(parameters)\(final)"
    case "t": return ["22;0;0", "23;0;0"].contains(parameters) ? nil : "CSI \(parameters)t"
    default: return "CSI \(parameters)\(final)"
    }
  }
}
