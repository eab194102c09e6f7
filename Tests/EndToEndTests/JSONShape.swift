/// Any JSON value, to look at names and types rather than at a type of our own.
indirect enum JSONTree: Decodable, Sendable {
  case null, bool(Bool), int(Int), double(Double), string(String)
  case array([JSONTree])
  case object([String: JSONTree])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONTree].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONTree].self))
    }
  }
}

/// The names and types that a JSON value must have, no more and no less.
indirect enum JSONShape: Sendable {
  case bool, int, string
  /// One of these texts.
  case word(Set<String>)
  case optional(JSONShape)
  case array(JSONShape)
  case object([String: JSONShape])

  /// Where a value differs, as `findings[0].line: …`.
  func differences(from value: JSONTree, at path: String = "") -> [String] {
    switch (self, value) {
    case (.bool, .bool), (.int, .int), (.string, .string), (.optional, .null): return []
    case (.word(let words), .string(let text)):
      return words.contains(text) ? [] : ["\(path): \(text) is a new word"]
    case (.optional(let shape), _): return shape.differences(from: value, at: path)
    case (.array(let shape), .array(let values)):
      return values.enumerated().flatMap { shape.differences(from: $1, at: "\(path)[\($0)]") }
    case (.object(let shapes), .object(let members)):
      let missing = shapes.keys.filter { members[$0] == nil }.sorted().map { "\(path): no \($0)" }
      let extra = members.keys.filter { shapes[$0] == nil }.sorted().map { "\(path): \($0) is new" }
      return missing + extra
        + shapes.keys.sorted().flatMap { name in
          members[name].flatMap { shapes[name]?.differences(from: $0, at: "\(path).\(name)") } ?? []
        }
    default: return ["\(path): is \(value)"]
    }
  }
}
