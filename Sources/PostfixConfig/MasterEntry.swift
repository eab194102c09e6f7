/// One service of master.cf with its `-o` overrides and where they stand.
struct MasterEntry: Hashable, Sendable {
  /// One `-o name=value` or `-o { name = value }`.
  struct Override: Hashable, Sendable {
    var name: String
    var value: String
    /// The bytes of the value.
    var valueRange: Range<Int>
    /// The bytes of the word behind `-o`, braces included.
    var wordRange: Range<Int>
    /// From `-o` to the end of the word.
    var fullRange: Range<Int>
    var isBraced: Bool
  }

  var service: ServiceID
  /// `smtpd`, `pickup`, …
  var command: String
  var overrides: [Override]
  /// Where the entry begins.
  var start: Int
  /// Where its last line with content ends, without the line end.
  var end: Int

  init?(_ logical: LogicalLine, lines: [PhysicalLine], bytes: [UInt8]) {
    let words = Self.words(bytes: bytes, content: logical.content.map { lines[$0].range })
    guard words.count >= 8 else { return nil }
    service = ServiceID(name: words[0].text, type: words[1].text)
    command = words[7].text
    start = words[0].range.lowerBound
    end = words[words.count - 1].range.upperBound
    overrides = Self.overrides(Array(words[8...]), bytes: bytes)
  }

  /// The override of `name` that counts.
  func override(_ name: String) -> Override? { overrides.last { $0.name == name } }

  private static func words(bytes: [UInt8], content: [Range<Int>]) -> [ListText.Token] {
    var words: [ListText.Token] = []
    var text: [UInt8] = []
    var start = 0
    var end = 0
    var depth = 0
    func finish() {
      if !text.isEmpty {
        words.append(.init(text: String(decoding: text, as: UTF8.self), range: start..<end))
      }
      text = []
    }
    for range in content {
      for index in range {
        if bytes[index] == 0x7B { depth += 1 }
        if bytes[index] == 0x7D { depth -= 1 }
        if bytes[index].isSpace && depth <= 0 {
          finish()
        } else {
          if text.isEmpty { start = index }
          text.append(bytes[index])
          end = index + 1
        }
      }
      if depth <= 0 { finish() }
    }
    finish()
    return words
  }

  private static func overrides(_ words: [ListText.Token], bytes: [UInt8]) -> [Override] {
    var result: [Override] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      guard word.text.hasPrefix("-o") else { continue }
      if word.text == "-o" {
        guard index < words.count else { break }
        if let override = override(words[index].range, from: word.range.lowerBound, bytes: bytes) {
          result.append(override)
        }
        index += 1
      } else if let override = override(
        word.range.lowerBound + 2..<word.range.upperBound, from: word.range.lowerBound, bytes: bytes)
      {
        result.append(override)
      }
    }
    return result
  }

  private static func override(_ word: Range<Int>, from start: Int, bytes: [UInt8]) -> Override? {
    var inner = word
    let isBraced = bytes[word.lowerBound] == 0x7B && bytes[word.upperBound - 1] == 0x7D
    if isBraced { inner = word.lowerBound + 1..<word.upperBound - 1 }
    guard let equals = bytes[inner].firstIndex(of: 0x3D) else { return nil }
    let name = bytes[inner.lowerBound..<equals].trimmed()
    let value = bytes[(equals + 1)..<inner.upperBound].trimmed()
    let valueRange = value.isEmpty ? equals + 1..<equals + 1 : value.startIndex..<value.endIndex
    return Override(
      name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self),
      valueRange: valueRange, wordRange: word, fullRange: start..<word.upperBound,
      isBraced: isBraced)
  }
}
