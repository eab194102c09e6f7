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
    // Bytes: each of the many short pieces costs a string more.
    var output: [UInt8] = []
    write(into: &output, indent: compact ? nil : 0)
    return String(decoding: output, as: UTF8.self)
  }

  private func write(into output: inout [UInt8], indent: Int?) {
    switch self {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .int(let value): output += "\(value)".utf8
    case .double(let value): output += (value.isFinite ? "\(value)" : "null").utf8
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
        output += (inner == nil ? ":" : ": ").utf8
        member.value.write(into: &output, indent: inner)
      }
    }
  }

  private static func writeGroup<Element>(
    _ open: String, _ close: String, _ elements: [Element], into output: inout [UInt8],
    indent: Int?, write: (Element, inout [UInt8], Int?) -> Void
  ) {
    output += open.utf8
    let inner = indent.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { output += ",".utf8 }
      if let inner { writeLineStart(inner, into: &output) }
      write(element, &output, inner)
    }
    if let indent, !elements.isEmpty { writeLineStart(indent, into: &output) }
    output += close.utf8
  }

  private static func writeLineStart(_ indent: Int, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\n"))
    output += repeatElement(UInt8(ascii: " "), count: indent)
  }

  private static func writeString(_ text: String, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    defer { output.append(UInt8(ascii: "\"")) }
    // Nearly all texts are plain ASCII; the properties of characters are looked up in large tables.
    if text.utf8.allSatisfy({ isPlain($0) }) {
      output += text.utf8
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\"".utf8
      case "\\": output += "\\\\".utf8
      case "\n": output += "\\n".utf8
      case "\t": output += "\\t".utf8
      case "\r": output += "\\r".utf8
      default:
        if mustEscape(scalar) {
          writeEscape(scalar, into: &output)
        } else {
          output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
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

  private static func writeEscape(_ scalar: Unicode.Scalar, into output: inout [UInt8]) {
    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
      let hex = String(unit, radix: 16)
      output += ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8
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
