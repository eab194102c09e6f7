import PostfixConfig

/// One entry of an access table as it is to be; the rest of the text stays byte for byte.
public struct TableEdit: Hashable, Sendable, Codable {
  /// `type:path`, as main.cf names it, without `proxy:`.
  public var table: String
  /// What is looked up, as `192.0.2.1` or `example.org` (access(5)).
  public var key: String
  /// What it is to answer, as `OK`; nil takes the entry out.
  public var value: String?

  /// Creates the value from its parts.
  public init(table: String, key: String, value: String?) {
    self.table = table
    self.key = key
    self.value = value
  }

  /// The table with this entry.
  ///
  /// A new entry goes to the end; in a cidr: table, where the first match counts, to the top. One that
  /// is there gets the new value in its place.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` when key or value is no plain text.
  func applied(to bytes: [UInt8]) throws(ChangeError) -> [UInt8] {
    try check()
    let entry = value.map { Array("\(key)\t\($0)\n".utf8) }
    let text = byteLines(bytes)
    var lines = text
    var found = false
    var index = 0
    while index < lines.count {
      var end = index + 1
      // What begins with white space continues the entry (access(5)).
      while end < lines.count, Self.isContinuation(lines[end]) { end += 1 }
      if Self.key(of: lines[index]) == key.lowercased() {
        if entry == nil || found {
          lines.removeSubrange(index..<end)
          continue
        }
        found = true
        if end > index + 1 || !Self.reads(lines[index], value) {
          lines.replaceSubrange(index..<end, with: entry.map { [$0] } ?? [])
          end = index + 1
        }
      }
      index = end
    }
    if let entry, !found { Self.add(entry, to: &lines, isOrdered: table.hasPrefix("cidr:")) }
    return Array(lines.joined())
  }

  private func check() throws(ChangeError) {
    let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && key.first != "#"
    guard isPlain, value?.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) ?? true,
      value.map({ $0.contains { $0 != " " } }) ?? true
    else {
      throw .doesNotFit("\"\(key)\" with \"\(value ?? "")\" is no entry of an access table")
    }
  }

  private static func add(_ entry: [UInt8], to lines: inout [[UInt8]], isOrdered: Bool) {
    if isOrdered, let first = lines.firstIndex(where: { key(of: $0) != nil }) {
      return lines.insert(entry, at: first)
    }
    if let last = lines.last, last.last != 0x0A { lines[lines.count - 1].append(0x0A) }
    lines.append(entry)
  }

  private static func isContinuation(_ line: [UInt8]) -> Bool {
    guard let first = line.first, first == 0x20 || first == 0x09 else { return false }
    guard let word = line.first(where: { !isBlank($0) }) else { return false }
    return word != UInt8(ascii: "#")
  }

  /// What an entry is looked up by; nil for a comment, an empty line or a continuation.
  private static func key(of line: [UInt8]) -> String? {
    guard let first = line.first, !isBlank(first), first != UInt8(ascii: "#") else { return nil }
    return String(decoding: line.prefix { !isBlank($0) }, as: UTF8.self).lowercased()
  }

  private static func reads(_ line: [UInt8], _ value: String?) -> Bool {
    var rest = line.drop { !isBlank($0) }.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return value.map { rest.elementsEqual($0.utf8) } ?? false
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
