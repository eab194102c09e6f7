/// The part of TOML 1.0 that a settings file needs: tables, strings, numbers, booleans and arrays of
/// strings on one line.
///
/// A library would be read here, but the one there is brings all of Foundation with it, which would
/// double the time to the first screen.
struct SettingsText {
  /// One `key = value` with the table and the line it stands in.
  struct Entry: Hashable {
    var table: String
    var key: String
    var value: Value
    /// Counted from 1.
    var line: Int
  }

  enum Value: Hashable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case strings([String])
  }

  /// The entries in the order of the text.
  private(set) var entries: [Entry] = []

  /// - Throws: ``SettingsError`` for the first line that is none of these.
  init(_ text: String) throws(SettingsError) {
    var table = ""
    var seen: Set<[String]> = []
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      var reader = LineReader(line, number: index + 1)
      reader.skipBlanks()
      if reader.isAtEnd { continue }
      if reader.take("[") {
        table = try reader.name()
        guard reader.take("]") else { throw reader.error("a table name ends with ]") }
      } else {
        let key = try reader.name()
        guard reader.take("=") else { throw reader.error("an = is missing behind \(key)") }
        let value = try reader.value()
        guard seen.insert([table, key]).inserted else { throw reader.error("\(key) is set twice") }
        entries.append(Entry(table: table, key: key, value: value, line: index + 1))
      }
      reader.skipBlanks()
      guard reader.isAtEnd else { throw reader.error("there is something behind the value") }
    }
  }
}

/// Why a settings file cannot be used: the line, what is wrong, and what may stand there.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1.
  public var line: Int
  /// What is wrong.
  public var reason: String

  /// One sentence.
  public var description: String { "line \(line): \(reason)" }
}

/// Reads one line from left to right.
private struct LineReader {
  private var rest: Substring
  private let number: Int

  init(_ line: Substring, number: Int) {
    rest = line
    self.number = number
  }

  /// True when only a comment is left, or nothing.
  var isAtEnd: Bool { rest.isEmpty || rest.first == "#" }

  func error(_ reason: String) -> SettingsError { SettingsError(line: number, reason: reason) }

  mutating func skipBlanks() { rest = rest.drop { $0 == " " || $0 == "\t" } }

  mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  /// A bare key, or one in quotes.
  mutating func name() throws(SettingsError) -> String {
    skipBlanks()
    if let quote = rest.first, quote == "\"" || quote == "'" { return try string() }
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    guard !name.isEmpty else { throw error("a name is expected at '\(rest.prefix(10))'") }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  mutating func value() throws(SettingsError) -> SettingsText.Value {
    skipBlanks()
    switch rest.first {
    case "\"", "'": return .string(try string())
    case "[": return .strings(try strings())
    default: break
    }
    let word = rest.prefix { !$0.isWhitespace && $0 != "#" }
    rest = rest.dropFirst(word.count)
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    guard let number = Double(word.filter { $0 != "_" }), number.isFinite else {
      throw error("'\(word)' is neither a number, true, false, \"text\" nor [\"text\", …]")
    }
    return .number(number)
  }

  private mutating func strings() throws(SettingsError) -> [String] {
    _ = take("[")
    var strings: [String] = []
    while !take("]") {
      skipBlanks()
      strings.append(try string())
      if take(",") { continue }
      guard take("]") else { throw error("a list ends with ] in the same line") }
      break
    }
    return strings
  }

  private mutating func string() throws(SettingsError) -> String {
    guard let quote = rest.first, quote == "\"" || quote == "'" else {
      throw error("text stands in quotes, as \"Space\"")
    }
    rest.removeFirst()
    var text = ""
    while let character = rest.popFirst() {
      if character == quote { return text }
      // TOML: only in "…" does a backslash mean something.
      if character == "\\", quote == "\"" {
        guard let escaped = rest.popFirst(), "\\\"".contains(escaped) else {
          throw error("only \\\\ and \\\" are known behind a backslash")
        }
        text.append(escaped)
      } else {
        text.append(character)
      }
    }
    throw error("a closing \(quote) is missing")
  }
}
