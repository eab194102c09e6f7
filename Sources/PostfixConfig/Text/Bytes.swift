/// The bytes that Postfix's grammar gives a meaning to.
enum Byte {
  static let newline: UInt8 = 10
  static let hash: UInt8 = 35
  static let dollar: UInt8 = 36
  static let leftParenthesis: UInt8 = 40
  static let rightParenthesis: UInt8 = 41
  static let comma: UInt8 = 44
  static let colon: UInt8 = 58
  static let equals: UInt8 = 61
  static let question: UInt8 = 63
  static let leftBrace: UInt8 = 123
  static let rightBrace: UInt8 = 125
}

extension UInt8 {
  /// What C's isspace(3) says in the C locale, as Postfix's reader asks.
  var isSpace: Bool { self == 32 || (self >= 9 && self <= 13) }

  /// What separates the elements of a list (CHARS_COMMA_SP).
  var isSeparator: Bool {
    self == Byte.comma || self == 32 || self == 9 || self == 10 || self == 13
  }

  var isDigit: Bool { self >= 48 && self <= 57 }

  /// What a `$name` reference may consist of.
  var isNameByte: Bool {
    isDigit || (self >= 65 && self <= 90) || (self >= 97 && self <= 122) || self == 95
  }
}

extension String {
  /// ASCII lower case: Postfix compares restriction names with strcasecmp(3).
  var asciiLowercased: String {
    guard utf8.contains(where: { $0 >= 65 && $0 <= 90 }) else { return self }
    return String(decoding: utf8.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self)
  }
}

/// The elements of a list value: separated by commas and white space, braces protect.
func listWords(_ text: String) -> [String] {
  TracedText(text, owner: 0).words().map(\.text)
}
