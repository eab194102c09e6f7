/// A JSON text in the making; members of objects keep the order in which they are given.
///
/// Written by hand because the order is part of what people read, and because every byte that could
/// steer a terminal must be escaped: C0, DEL, C1, bidirectional controls, zero-width characters.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One `"name": value` of an object.
  struct Member: Hashable, Sendable {
    var name: String
    var value: JSONValue
  }

  /// A string, or `null` for nil.
  static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  /// A number, or `null` for nil.
  static func optional(_ number: Int?) -> JSONValue { number.map(JSONValue.int) ?? .null }

  /// An array of strings.
  static func strings(_ texts: some Sequence<String>) -> JSONValue {
    .array(texts.map { .string($0) })
  }

  /// An object with one more member at its end; any other value as it is.
  func adding(_ name: String, _ value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members + [Member(name: name, value: value)])
  }

  /// The text, indented by two blanks a level, without a final newline; on one line when `compact`.
  func text(compact: Bool = false) -> String {
    var output = ""
    write(into: &output, indent: compact ? nil : 0)
    return output
  }

  private func write(into output: inout String, indent: Int?) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .int(let value): output += "\(value)"
    case .double(let value): output += value.isFinite ? "\(value)" : "null"
    case .string(let value): JSONValue.writeString(value, into: &output)
    case .array(let elements):
      JSONValue.writeGroup("[", "]", elements, into: &output, indent: indent) {
        element, output, inner in
        element.write(into: &output, indent: inner)
      }
    case .object(let members):
      JSONValue.writeGroup("{", "}", members, into: &output, indent: indent) {
        member, output, inner in
        JSONValue.writeString(member.name, into: &output)
        output += inner == nil ? ":" : ": "
        member.value.write(into: &output, indent: inner)
      }
    }
  }

  private static func writeGroup<Element>(
    _ open: String, _ close: String, _ elements: [Element], into output: inout String,
    indent: Int?, write: (Element, inout String, Int?) -> Void
  ) {
    output += open
    let inner = indent.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { output += "," }
      if let inner { output += "\n" + String(repeating: " ", count: inner) }
      write(element, &output, inner)
    }
    if let indent, !elements.isEmpty { output += "\n" + String(repeating: " ", count: indent) }
    output += close
  }

  private static func writeString(_ text: String, into output: inout String) {
    output += "\""
    defer { output += "\"" }
    // Nearly all texts are plain ASCII; the properties of characters are looked up in large tables.
    if text.utf8.allSatisfy({ isPlain($0) }) {
      output += text
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\t": output += "\\t"
      case "\r": output += "\\r"
      default:
        if mustEscape(scalar) {
          writeEscape(scalar, into: &output)
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
  }

  /// True for the printable characters of ASCII that stand for themselves.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned,
      .privateUse:
      true
    default: false
    }
  }

  private static func writeEscape(_ scalar: Unicode.Scalar, into output: inout String) {
    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
      let hex = String(unit, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral
{
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
  init(stringLiteral value: String) { self = .string(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(integerLiteral value: Int) { self = .int(value) }
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// An object whose names come from data, sorted by name.
  static func counts(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: .int($0.value)) })
  }
}
