import MailLog
import PostfixConfig

/// Conditions on log rows that must all hold, as `--filter` and the log screen take them.
///
/// A condition is `name=value`, `name!=value` or a word. Names: `event`, `client`, `helo`, `sender`,
/// `recipient`, `restriction`, `service`, `reply`, `command`, `queue`, `pid`, `text`. `event`, `pid`,
/// `queue` and `command` must be equal, `reply` begins with the value, `client` may be an address, which
/// must be equal, or a network (`192.0.2.0/24`), all others contain the value; case does not matter.
/// Several values with commas between them: one of them. A word must stand in the line, with `!` in
/// front it must not. A value with blanks stands in double quotes.
public struct LogFilter: Hashable, Sendable {
  /// A text that is no filter.
  public struct Mistake: Error, CustomStringConvertible {
    /// What is wrong with it and what would be right.
    public let description: String
  }

  private struct Condition: Hashable {
    var name: String
    var values: [String]
    var isNegated: Bool
  }

  /// What may stand before `=`.
  public static let names: Set = [
    "event", "client", "helo", "sender", "recipient", "restriction", "service", "reply", "command",
    "queue", "pid", "text",
  ]

  private var conditions: [Condition] = []
  /// What was read.
  public private(set) var text = ""

  /// True when every row passes.
  public var isEmpty: Bool { conditions.isEmpty }

  /// True when a condition asks for the cause, which costs more than the rest.
  public var needsCause: Bool { conditions.contains { $0.name == "restriction" } }

  /// The filter that lets every row pass.
  public init() {}

  /// Reads conditions separated by blanks; an empty text matches everything.
  ///
  /// - Throws: ``Mistake`` for an unknown name or event, or an open quote.
  public init(_ text: String) throws(Mistake) {
    for word in try Self.words(text) { conditions.append(try Self.condition(word)) }
    self.text = text
  }

  /// Whether a row is shown under a policy; lines of other programs never are.
  public func passes(_ row: LogRow, policy: Policy?) -> Bool {
    row.kind != .foreign
      && (isEmpty || matches(row, cause: needsCause ? attribute(row: row, policy: policy) : nil))
  }

  /// True when every condition holds.
  public func matches(_ row: LogRow, cause: Cause?) -> Bool {
    conditions.allSatisfy { condition in
      condition.values.contains { Self.holds(condition.name, $0, row, cause) }
        != condition.isNegated
    }
  }

  private static func words(_ text: String) throws(Mistake) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    var hasWord = false
    for character in text {
      switch character {
      case "\"":
        isQuoted.toggle()
        hasWord = true
      case " " where !isQuoted:
        if hasWord { words.append(word) }
        (word, hasWord) = ("", false)
      default:
        word.append(character)
        hasWord = true
      }
    }
    guard !isQuoted else { throw Mistake(description: "a quote is open in the filter: \(text)") }
    return hasWord ? words + [word] : words
  }

  private static func condition(_ word: String) throws(Mistake) -> Condition {
    guard let equals = word.firstIndex(of: "=") else { return plain(word) }
    var name = word[..<equals]
    let isNegated = name.last == "!"
    if isNegated { name = name.dropLast() }
    // `from=<a@b>` and the like are words of the log, unless they look like a name of ours.
    guard name.allSatisfy({ $0.isASCII && $0.isLetter }), !name.isEmpty, word.last != ">" else {
      return plain(word)
    }
    guard names.contains(name.lowercased()) else {
      throw Mistake(
        description:
          "a filter has no \(name)=; it has \(names.sorted().joined(separator: "=, "))=")
    }
    let values = word[word.index(after: equals)...].lowercased()
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if name.lowercased() == "event",
      let unknown = values.first(where: { LogRow.Kind(rawValue: $0) == nil })
    {
      let known = LogRow.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Mistake(description: "there is no event \(unknown); there are \(known)")
    }
    return Condition(name: name.lowercased(), values: values, isNegated: isNegated)
  }

  private static func plain(_ word: String) -> Condition {
    let isNegated = word.first == "!" && word.count > 1
    return Condition(
      name: "text", values: [(isNegated ? String(word.dropFirst()) : word).lowercased()],
      isNegated: isNegated)
  }

  private static func holds(_ name: String, _ value: String, _ row: LogRow, _ cause: Cause?)
    -> Bool
  {
    switch name {
    case "event": row.kind.rawValue == value
    case "client": isClient(row, value)
    case "helo": contains(row.helo, value)
    case "sender": contains(row.sender, value)
    case "recipient": contains(row.recipient, value)
    case "restriction": contains(cause?.summary, value)
    case "service": contains(row.tag, value)
    case "reply":
      [row.code.map { "\($0)" }, row.enhancedCode].compactMap { $0 }.joined(separator: " ")
        .hasPrefix(value)
    case "command": row.command?.lowercased() == value
    case "queue": row.queueID?.lowercased() == value
    case "pid": String(row.pid) == value
    default: contains(row.line, value)
    }
  }

  private static func contains(_ text: String?, _ value: String) -> Bool {
    text?.lowercased().contains(value) == true
  }

  private static func isClient(_ row: LogRow, _ value: String) -> Bool {
    if let network = AddressBlock(value) {
      return row.clientAddress.map(network.contains) ?? false
    }
    // What ends so is the beginning of addresses: the address itself belongs to no client (RFC 4291).
    if !value.hasSuffix("::") || value == "::", let address = AddressBlock.address(value[...]) {
      return row.clientAddress.map { AddressBlock.address($0[...]) == address } ?? false
    }
    return contains(row.clientAddress, value) || contains(row.clientName, value)
  }
}
