/// Why a value cannot be expanded; Postfix dies where it reads such a value.
enum ExpansionError: Error, Hashable {
  case loop(String)
  case syntax(String)
  case tooLarge
}

/// Expands `$` references as Postfix does (mac_expand): recursive, late, with conditionals.
struct Expander {
  /// Deeper nesting is a loop to Postfix (MAC_EXP recursion limit, about 100).
  private static let depthLimit = 100
  private static let firstWithLevels = PostfixVersion(major: 3, minor: 6)
  private static let sizeLimit = 1 << 20
  /// Values that double with every name would never end.
  private static let stepLimit = 1 << 14

  /// Decides which operators exist.
  let version: PostfixVersion
  /// The raw value of a name; nil when nothing defines it.
  let lookup: (String) -> TracedText?
  /// Names that were referenced and are not defined anywhere.
  private(set) var undefinedNames: [String] = []
  private var steps = 0

  init(for version: PostfixVersion, lookup: @escaping (String) -> TracedText?) {
    self.version = version
    self.lookup = lookup
  }

  mutating func expand(_ text: TracedText) throws(ExpansionError) -> TracedText {
    guard text.bytes.contains(Byte.dollar) else { return text }
    var result = TracedText()
    try expand(text, 0..<text.bytes.count, depth: 0, into: &result)
    return result
  }

  private mutating func expand(
    _ text: TracedText, _ range: Range<Int>, depth: Int, into result: inout TracedText
  ) throws(ExpansionError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let plain = position
      while position < range.upperBound, text.bytes[position] != Byte.dollar { position += 1 }
      result.append(text, plain..<position)
      guard result.bytes.count < Self.sizeLimit else { throw .tooLarge }
      guard position < range.upperBound else { return }
      position += 1
      guard position < range.upperBound else { throw .syntax("empty macro name") }
      switch text.bytes[position] {
      case Byte.dollar:
        result.append(text, position..<position + 1)
        position += 1
      case Byte.leftBrace, Byte.leftParenthesis:
        let end = try closing(text, position, range.upperBound)
        try expression(text, position + 1..<end, depth: depth, into: &result)
        position = end + 1
      default:
        let start = position
        while position < range.upperBound, text.bytes[position].isNameByte { position += 1 }
        guard start < position else { throw .syntax("empty macro name") }
        try substitute(text.string(start..<position), depth: depth, into: &result)
      }
    }
  }

  /// The position of the bracket that closes the one at `start`.
  private func closing(
    _ text: TracedText, _ start: Int, _ limit: Int
  ) throws(ExpansionError) -> Int {
    let open = text.bytes[start]
    let close = open == Byte.leftBrace ? Byte.rightBrace : Byte.rightParenthesis
    var level = 0
    for position in start..<limit {
      if text.bytes[position] == open { level += 1 }
      if text.bytes[position] == close {
        level -= 1
        if level == 0 { return position }
      }
    }
    throw .syntax("truncated macro reference")
  }

  private mutating func substitute(
    _ name: String, depth: Int, into result: inout TracedText
  ) throws(ExpansionError) {
    steps += 1
    guard depth < Self.depthLimit else { throw .loop(name) }
    guard steps < Self.stepLimit else { throw .tooLarge }
    guard let value = lookup(name) else {
      if !undefinedNames.contains(name) { undefinedNames.append(name) }
      return
    }
    try expand(value, 0..<value.bytes.count, depth: depth + 1, into: &result)
  }

  /// What stands between the brackets of `${ }`.
  private mutating func expression(
    _ text: TracedText, _ range: Range<Int>, depth: Int, into result: inout TracedText
  ) throws(ExpansionError) {
    var position = skipSpaces(text, range.lowerBound, range.upperBound)
    guard position < range.upperBound else { throw .syntax("empty macro name") }
    let isTrue: Bool
    var name: String?
    if text.bytes[position] == Byte.leftBrace {
      isTrue = try comparison(text, &position, range.upperBound, depth: depth)
    } else {
      let start = position
      while position < range.upperBound, text.bytes[position].isNameByte { position += 1 }
      let word = text.string(start..<position)
      guard !word.isEmpty else { throw .syntax("attribute name syntax error") }
      name = word
      let next = skipSpaces(text, position, range.upperBound)
      if next == range.upperBound { return try substitute(word, depth: depth, into: &result) }
      isTrue = lookup(word)?.bytes.contains { $0 != TracedText.commentMark } ?? false
    }
    position = skipSpaces(text, position, range.upperBound)
    if position == range.upperBound {
      if isTrue, name == nil { result.append(TracedText("true", owner: -1), 0..<4) }
      return
    }
    let branches = try branches(text, position..<range.upperBound)
    guard let chosen = isTrue ? branches.ifTrue : branches.ifFalse else { return }
    guard depth < Self.depthLimit else { throw .loop(name ?? "") }
    try expand(text, chosen, depth: depth + 1, into: &result)
  }

  /// `? a : b`, `?{a}:{b}` and `:b`; an operand without braces is taken to the end as it stands.
  private func branches(
    _ text: TracedText, _ range: Range<Int>
  ) throws(ExpansionError) -> (ifTrue: Range<Int>?, ifFalse: Range<Int>?) {
    var position = range.lowerBound + 1
    switch text.bytes[range.lowerBound] {
    case Byte.colon:
      return (nil, try lastOperand(text, position, range.upperBound))
    case Byte.question:
      let isBraced = startsWithBrace(text, position, range.upperBound)
      let ifTrue = try operand(text, &position, range.upperBound)
      guard isBraced else { return (ifTrue, nil) }
      position = skipSpaces(text, position, range.upperBound)
      guard position < range.upperBound else { return (ifTrue, nil) }
      guard text.bytes[position] == Byte.colon else { throw .syntax("attribute syntax error") }
      return (ifTrue, try lastOperand(text, position + 1, range.upperBound))
    default:
      throw .syntax("attribute name syntax error")
    }
  }

  private func startsWithBrace(_ text: TracedText, _ position: Int, _ limit: Int) -> Bool {
    let start = skipSpaces(text, position, limit)
    return start < limit && text.bytes[start] == Byte.leftBrace
  }

  /// The operand behind `:`, with nothing but blanks behind its braces.
  private func lastOperand(
    _ text: TracedText, _ start: Int, _ limit: Int
  ) throws(ExpansionError) -> Range<Int> {
    var position = start
    let range = try operand(text, &position, limit)
    guard skipSpaces(text, position, limit) == limit else { throw .syntax("unexpected input") }
    return range
  }

  private func operand(
    _ text: TracedText, _ position: inout Int, _ limit: Int
  ) throws(ExpansionError) -> Range<Int> {
    guard startsWithBrace(text, position, limit) else {
      defer { position = limit }
      return position..<limit
    }
    let start = skipSpaces(text, position, limit)
    let end = try closing(text, start, limit)
    position = end + 1
    return start + 1..<end
  }

  private func skipSpaces(_ text: TracedText, _ start: Int, _ limit: Int) -> Int {
    var position = start
    while position < limit, text.bytes[position].isSpace { position += 1 }
    return position
  }

  /// `{left} operator {right}`.
  private mutating func comparison(
    _ text: TracedText, _ position: inout Int, _ limit: Int, depth: Int
  ) throws(ExpansionError) -> Bool {
    let left = try operandValue(text, &position, limit, depth: depth)
    position = skipSpaces(text, position, limit)
    let start = position
    while position < limit, [33, 60, 61, 62].contains(text.bytes[position]) { position += 1 }
    let relation = text.string(start..<position)
    let suffixStart = position
    while position < limit, text.bytes[position].isNameByte { position += 1 }
    let suffix = text.string(suffixStart..<position)
    guard ["==", "!=", "<", "<=", ">=", ">"].contains(relation), ["", "level"].contains(suffix),
      startsWithBrace(text, position, limit)
    else { throw .syntax("bad operator in \(text.string(start..<limit))") }
    // To an older Postfix `<level` is an operator that it does not know.
    guard suffix.isEmpty || version >= Self.firstWithLevels else {
      throw .syntax("\(relation)\(suffix) is known from Postfix 3.6 on, this one is \(version)")
    }
    let right = try operandValue(text, &position, limit, depth: depth)
    guard
      let holds = Comparison(relation: relation, isLevel: suffix == "level").holds(left, right)
    else { throw .syntax("malformed compatibility level syntax in \(text.string(start..<limit))") }
    return holds
  }

  private mutating func operandValue(
    _ text: TracedText, _ position: inout Int, _ limit: Int, depth: Int
  ) throws(ExpansionError) -> [UInt8] {
    let range = try operand(text, &position, limit)
    guard depth < Self.depthLimit else { throw .loop(text.string(range)) }
    var value = TracedText()
    try expand(text, range, depth: depth + 1, into: &value)
    return value.bytes
  }
}

/// A relation between two operands of `${{a} < {b}}`.
private struct Comparison {
  var relation: String
  var isLevel: Bool

  /// Nil when an operand is no compatibility level where one is asked for.
  func holds(_ left: [UInt8], _ right: [UInt8]) -> Bool? {
    guard let order = isLevel ? levelOrder(left, right) : order(left, right) else { return nil }
    switch relation {
    case "==": return order == 0
    case "!=": return order != 0
    case "<": return order < 0
    case "<=": return order <= 0
    case ">=": return order >= 0
    default: return order > 0
    }
  }

  /// Numbers when both sides are all digits, else bytes as strcmp(3).
  private func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    if let leftNumber = number(left), let rightNumber = number(right) {
      return leftNumber < rightNumber ? -1 : leftNumber > rightNumber ? 1 : 0
    }
    return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
  }

  private func number(_ bytes: [UInt8]) -> Int? {
    guard !bytes.isEmpty, bytes.allSatisfy(\.isDigit) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self))
  }

  /// Compatibility levels compare part by part: 3.10 is above 3.9 (compat_level.c).
  private func levelOrder(_ left: [UInt8], _ right: [UInt8]) -> Int? {
    guard let leftParts = level(left), let rightParts = level(right) else { return nil }
    return leftParts == rightParts
      ? 0 : leftParts.lexicographicallyPrecedes(rightParts) ? -1 : 1
  }

  /// `major`, `major.minor` or `major.minor.patch`, the last two up to 1023.
  private func level(_ bytes: [UInt8]) -> [Int]? {
    let words = bytes.split(separator: 46, omittingEmptySubsequences: false)
    let parts = words.compactMap { number(Array($0.drop(while: \.isSpace))) }
    guard parts.count == words.count, parts.count <= 3, parts.dropFirst().allSatisfy({ $0 < 1024 })
    else { return nil }
    return parts + Array(repeating: 0, count: 3 - parts.count)
  }
}
