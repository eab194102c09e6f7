/// The elements of a restriction list as they stand in the text, with the places of their bytes.
///
/// Source: SMTPD_ACCESS_README; a list is separated by commas and white space, braces protect them.
struct ListText: Hashable, Sendable {
  /// One word of the list.
  struct Token: Hashable, Sendable {
    var text: String
    var range: Range<Int>
  }

  /// One restriction with its argument, or a `$name` that stands for some.
  struct Item: Hashable, Sendable {
    var name: String
    var argument: String?
    var state: RestrictionState
    /// From `warn_if_reject` or the name to the end of the argument; for a commented line the text
    /// behind `#`.
    var range: Range<Int>
    /// Where the name begins.
    var nameStart: Int
    /// The bytes of the argument.
    var argumentRange: Range<Int>?
    /// Where the `#` stands when the item is commented out.
    var commentMark: Int?
    /// The name of the parameter that `$name` refers to.
    var reference: String?
    /// True behind `warn_if_reject`.
    var isWarned: Bool
  }

  var items: [Item] = []
  /// Tokens such as `#` or a second `warn_if_reject` that are in nobody's way here but matter to checks.
  var tokens: [Token] = []

  /// Reads the list in `content`, and switched-off restrictions in `comments` (ranges of whole lines).
  init(bytes: [UInt8], content: [Range<Int>], comments: [Range<Int>] = []) {
    tokens = Self.tokens(bytes: bytes, content: content)
    items = Self.items(tokens)
    for range in comments {
      if let item = Self.commentedItem(bytes: bytes, line: range) {
        let place = items.firstIndex { $0.range.lowerBound > item.range.lowerBound } ?? items.count
        items.insert(item, at: place)
      }
    }
  }

  static func tokens(bytes: [UInt8], content: [Range<Int>]) -> [Token] {
    var tokens: [Token] = []
    var depth = 0
    var text: [UInt8] = []
    var start = 0
    var end = 0
    func finish() {
      if !text.isEmpty {
        tokens.append(Token(text: String(decoding: text, as: UTF8.self), range: start..<end))
      }
      text = []
    }
    for range in content {
      for index in range {
        let byte = bytes[index]
        if byte == 0x7B { depth += 1 }
        if byte == 0x7D { depth -= 1 }
        if byte.isListSeparator && depth <= 0 {
          finish()
        } else {
          if text.isEmpty { start = index }
          text.append(byte)
          end = index + 1
        }
      }
      if depth <= 0 { finish() } else { text.append(0x20) }
    }
    finish()
    return tokens
  }

  private static func items(_ tokens: [Token]) -> [Item] {
    var items: [Item] = []
    var index = 0
    while index < tokens.count {
      let first = tokens[index]
      var nameIndex = index
      while nameIndex < tokens.count, tokens[nameIndex].text.lowercased() == "warn_if_reject" {
        nameIndex += 1
      }
      let isWarned = nameIndex > index
      guard nameIndex < tokens.count else {
        // Nothing stands behind it: it is an item of its own.
        items.append(item(tokens[nameIndex - 1], argument: nil, from: first, isWarned: false))
        break
      }
      let name = tokens[nameIndex]
      let takesArgument = Catalog.restriction(named: name.text)?.argument != nil
      let argument =
        takesArgument && nameIndex + 1 < tokens.count ? tokens[nameIndex + 1] : nil
      items.append(item(name, argument: argument, from: first, isWarned: isWarned))
      index = nameIndex + (argument == nil ? 1 : 2)
    }
    return items
  }

  private static func item(
    _ name: Token, argument: Token?, from first: Token, isWarned: Bool
  ) -> Item {
    let isTrial = isWarned && !RestrictionName.isPermit(name.text)
    return Item(
      name: name.text, argument: argument?.text, state: isTrial ? .trial : .on,
      range: first.range.lowerBound..<(argument ?? name).range.upperBound,
      nameStart: name.range.lowerBound, argumentRange: argument?.range, commentMark: nil,
      reference: RestrictionName.reference(name.text), isWarned: isWarned)
  }

  /// A comment line that, without its `#`, is exactly one known restriction with its argument.
  private static func commentedItem(bytes: [UInt8], line: Range<Int>) -> Item? {
    guard let mark = bytes[line].firstIndex(of: 0x23), mark + 1 < line.upperBound else { return nil }
    let body = mark + 1..<line.upperBound
    guard bytes[body].contains(where: { !$0.isListSeparator }), bytes[body].first != 0x2C else {
      return nil
    }
    let parsed = items(tokens(bytes: bytes, content: [body]))
    guard parsed.count == 1, var item = parsed.first,
      let known = Catalog.restriction(named: item.name), known.name != "warn_if_reject",
      (known.argument == nil) == (item.argument == nil)
    else { return nil }
    // Prose may well consist of one word and a comma inside; separators are allowed at the end only.
    let tail = bytes[item.range.upperBound..<line.upperBound]
    guard tail.allSatisfy(\.isListSeparator), tail.count(where: { $0 == 0x2C }) <= 1 else { return nil }
    item.state = .off
    item.commentMark = mark
    return item
  }

  /// The item that `target` names: the n-th with that name and argument.
  func index(of target: RestrictionTarget) -> Int? {
    var left = target.occurrence
    for (index, item) in items.enumerated()
    where item.name == target.name && item.argument == target.argument {
      if left == 0 { return index }
      left -= 1
    }
    return nil
  }

  /// How many items before `index` have the same name and argument.
  func occurrence(of index: Int) -> Int {
    items[..<index].count { $0.name == items[index].name && $0.argument == items[index].argument }
  }
}
