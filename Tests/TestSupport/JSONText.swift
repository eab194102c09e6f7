/// A JSON text taken apart for the tests of the contract, independent of what writes it.
public struct JSONText {
  /// A value; numbers, strings and literals are all `other`.
  public indirect enum Value {
    case object([(name: String, value: Value)])
    case array([Value])
    case other(String)
  }

  /// A text that is no JSON.
  public struct Mistake: Error, CustomStringConvertible {
    /// Where and why.
    public let description: String
  }

  private let bytes: [UInt8]
  private var index = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// Reads one value and demands that nothing follows it.
  public static func parse(_ text: String) throws -> Value {
    var reader = JSONText(text)
    let value = try reader.value()
    reader.skipBlanks()
    guard reader.index == reader.bytes.count else { throw reader.mistake("something follows") }
    return value
  }

  private func mistake(_ reason: String) -> Mistake {
    Mistake(description: "\(reason) at byte \(index)")
  }

  private mutating func skipBlanks() {
    while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
    index += 1
    return true
  }

  private mutating func value() throws -> Value {
    if take("{") { return .object(try members()) }
    if take("[") { return .array(try elements()) }
    if take("\"") { return .other(try string()) }
    let start = index
    while index < bytes.count, !",]} \n".utf8.contains(bytes[index]) { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    guard ["null", "true", "false"].contains(word) || Double(word) != nil else {
      throw mistake("no value")
    }
    return .other(word)
  }

  private mutating func members() throws -> [(name: String, value: Value)] {
    var members: [(name: String, value: Value)] = []
    if take("}") { return [] }
    repeat {
      guard take("\"") else { throw mistake("no name") }
      let name = try string()
      guard take(":") else { throw mistake("no colon") }
      members.append((name, try value()))
    } while take(",")
    guard take("}") else { throw mistake("an object is open") }
    guard Set(members.map(\.name)).count == members.count else { throw mistake("a name twice") }
    return members
  }

  private mutating func elements() throws -> [Value] {
    var elements: [Value] = []
    if take("]") { return [] }
    repeat { elements.append(try value()) } while take(",")
    guard take("]") else { throw mistake("an array is open") }
    return elements
  }

  private mutating func string() throws -> String {
    let start = index
    while index < bytes.count, bytes[index] != 0x22 {
      guard bytes[index] >= 0x20 else { throw mistake("a control character") }
      index += bytes[index] == 0x5C ? 2 : 1
    }
    guard index < bytes.count else { throw mistake("a string is open") }
    index += 1
    return String(decoding: bytes[start..<(index - 1)], as: UTF8.self)
  }
}
