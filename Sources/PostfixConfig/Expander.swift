/// `$name` expansion as Postfix does it when it reads a parameter (postconf(5), macros).
struct Expander {
  /// The raw value of a parameter as one service sees it; nil when nothing defines it.
  var lookup: (String) -> String?

  /// Why a value cannot be expanded; every program that reads it dies.
  enum Failure: Error, Hashable { case loop(String), syntax(String) }

  /// Depth at which Postfix gives up ("unreasonable macro call nesting").
  private static let maximumDepth = 100

  /// The value with everything replaced; names that are not defined become empty.
  ///
  /// - Throws: ``Failure`` for a loop or a reference that is not closed.
  func expand(_ text: String) throws(Failure) -> String {
    try String(decoding: expand(Array(text.utf8)[...], depth: 0, inside: ""), as: UTF8.self)
  }

  /// The names that a raw value refers to, nested ones not followed.
  static func references(in text: String) -> [String] {
    var names: [String] = []
    var probe = Expander { name in
      names.append(name)
      return nil
    }
    probe.followsAllBranches = true
    _ = try? probe.expand(text)
    return names
  }

  private var followsAllBranches = false

  init(lookup: @escaping (String) -> String?) { self.lookup = lookup }

  private func expand(
    _ text: ArraySlice<UInt8>, depth: Int, inside name: String
  ) throws(Failure) -> [UInt8] {
    guard depth < Self.maximumDepth else { throw .loop(name) }
    var result: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == 0x24 else {
        result.append(text[index])
        index += 1
        continue
      }
      index += 1
      guard index < text.endIndex else { throw .syntax("a $ stands at the end") }
      switch text[index] {
      case 0x24:
        result.append(0x24)
        index += 1
      case 0x7B, 0x28:
        let end = try closing(text, from: index)
        result += try group(text[(index + 1)..<end], depth: depth)
        index = end + 1
      default:
        let end = text[index...].firstIndex { !$0.isNameByte } ?? text.endIndex
        guard end > index else { throw .syntax("no name follows a $") }
        result += try value(of: text[index..<end], depth: depth)
        index = end
      }
    }
    return result
  }

  private func value(of name: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
    let name = String(decoding: name, as: UTF8.self)
    guard let raw = lookup(name) else { return [] }
    return try expand(Array(raw.utf8)[...], depth: depth + 1, inside: name)
  }

  private func closing(_ text: ArraySlice<UInt8>, from open: Int) throws(Failure) -> Int {
    let (opening, ending): (UInt8, UInt8) = text[open] == 0x7B ? (0x7B, 0x7D) : (0x28, 0x29)
    var depth = 0
    for index in open..<text.endIndex {
      if text[index] == opening { depth += 1 }
      if text[index] == ending {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    throw .syntax("a ${ is not closed")
  }

  /// What stands between the braces: a name, a conditional, or a comparison.
  private func group(_ text: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
    let text = text.trimmed()
    if text.first == 0x7B { return try comparison(text, depth: depth) }
    let end = text.firstIndex { !$0.isNameByte } ?? text.endIndex
    guard end > text.startIndex else { throw .syntax("no name follows a ${") }
    let name = text[..<end]
    let rest = text[end...].trimmed()
    guard let sign = rest.first else { return try value(of: name, depth: depth) }
    guard sign == 0x3F || sign == 0x3A else { throw .syntax("unexpected text in a ${ }") }
    let isSet = try !value(of: name, depth: depth).isEmpty
    return try choose(isSet, rest, depth: depth)
  }

  /// `?{a}:{b}`, `?text` or `:text`.
  private func choose(
    _ condition: Bool, _ text: ArraySlice<UInt8>, depth: Int
  ) throws(Failure) -> [UInt8] {
    guard text.first == 0x3F else {
      return condition && !followsAllBranches ? [] : try operand(text.dropFirst(), depth: depth)
    }
    let rest = text.dropFirst().trimmed()
    guard rest.first == 0x7B else {
      return condition || followsAllBranches ? try expand(text.dropFirst(), depth: depth + 1, inside: "") : []
    }
    let end = try closing(rest, from: rest.startIndex)
    let then = rest[(rest.startIndex + 1)..<end]
    let other = rest[(end + 1)...].trimmed()
    if followsAllBranches {
      return try expand(then, depth: depth + 1, inside: "") + (other.isEmpty ? [] : operand(other.dropFirst(), depth: depth))
    }
    if condition { return try expand(then, depth: depth + 1, inside: "") }
    guard let colon = other.first else { return [] }
    guard colon == 0x3A else { throw .syntax("a : is missing in a ${ ? : }") }
    return try operand(other.dropFirst(), depth: depth)
  }

  private func operand(_ text: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
    let trimmed = text.trimmed()
    guard trimmed.first == 0x7B, let end = try? closing(trimmed, from: trimmed.startIndex),
      end == trimmed.endIndex - 1
    else { return try expand(text, depth: depth + 1, inside: "") }
    return try expand(trimmed[(trimmed.startIndex + 1)..<end], depth: depth + 1, inside: "")
  }

  /// `{left} operator {right}`, optionally followed by `? {a} : {b}`.
  private func comparison(_ text: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
    let leftEnd = try closing(text, from: text.startIndex)
    let left = try expand(text[(text.startIndex + 1)..<leftEnd], depth: depth + 1, inside: "")
    let rest = text[(leftEnd + 1)...]
    guard let rightStart = rest.firstIndex(of: 0x7B) else { throw .syntax("a comparison lacks its right side") }
    let sign = String(decoding: rest[..<rightStart].trimmed(), as: UTF8.self)
    let rightEnd = try closing(rest, from: rightStart)
    let right = try expand(rest[(rightStart + 1)..<rightEnd], depth: depth + 1, inside: "")
    guard let outcome = Comparison(sign)?.holds(left.trimmed(), right.trimmed()) else {
      throw .syntax("unknown operator \(sign)")
    }
    let tail = rest[(rightEnd + 1)...].trimmed()
    if tail.isEmpty { return outcome ? Array("true".utf8) : [] }
    return try choose(outcome, tail, depth: depth)
  }
}
