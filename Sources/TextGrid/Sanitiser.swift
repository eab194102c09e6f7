/// Makes foreign text harmless before any terminal write, of the screen and of the commands alike.
///
/// HELO names, addresses, log lines and file names are chosen by strangers. After this, no control
/// byte, escape sequence, bidi control or invisible character is left: each is replaced by a visible
/// `?` (a tab by a space), and a character carries at most two combining marks.
public enum Sanitiser {
  /// Combining marks kept on one character; more would paint over the rows above and below.
  private static let marksKept = 2

  /// The text with everything harmful replaced.
  public static func clean(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text) }
    return clean(text.unicodeScalars)
  }

  /// The scalars as text with everything harmful replaced.
  public static func clean(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    var marks = 0
    for scalar in scalars {
      switch verdict(on: scalar) {
      case .keep:
        marks = 0
        result.append(scalar)
      case .space:
        marks = 0
        result.append(" ")
      case .replace:
        marks = 0
        result.append("?")
      case .mark:
        // A mark without a character to sit on would join our own text before it.
        guard !result.isEmpty, marks < marksKept else { continue }
        marks += 1
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// The bytes as text, invalid UTF-8 replaced, with everything harmful replaced.
  public static func clean(bytes: some Collection<UInt8>) -> String {
    clean(String(decoding: bytes, as: UTF8.self))
  }

  private enum Verdict { case keep, space, replace, mark }

  private static func verdict(on scalar: Unicode.Scalar) -> Verdict {
    switch scalar.value {
    case 0x20..<0x7F: return .keep
    case 0x09: return .space
    case 0..<0xA0: return .replace
    // Conjoining jamo without their lead, and the replacement character, which stands for bytes
    // that were no UTF-8.
    case 0x1160...0x11FF, 0xD7B0...0xD7FF, 0xFFFD: return .replace
    default: break
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      return .replace
    case .spaceSeparator: return .space
    case .nonspacingMark, .enclosingMark:
      return properties.isDefaultIgnorableCodePoint ? .replace : .mark
    default:
      return properties.isDefaultIgnorableCodePoint ? .replace : .keep
    }
  }
}
