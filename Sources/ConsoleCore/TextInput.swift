/// A line of text that is being typed.
public struct TextInput: Hashable, Sendable {
  /// What was typed so far.
  public private(set) var characters: [Character]
  /// Where the next character goes: 0 is the front.
  public private(set) var cursor: Int

  /// More is no value that anybody types.
  private static let limit = 2000

  /// Starts with a text, the cursor behind it.
  public init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  /// The text as a whole.
  public var text: String { String(characters) }

  /// The text before the cursor.
  public var textBeforeCursor: String { String(characters[..<cursor]) }

  mutating func insert(_ character: Character) {
    guard characters.count < Self.limit else { return }
    characters.insert(character, at: cursor)
    cursor += 1
  }

  mutating func deleteBackward() {
    guard cursor > 0 else { return }
    cursor -= 1
    characters.remove(at: cursor)
  }

  mutating func deleteForward() {
    guard cursor < characters.count else { return }
    characters.remove(at: cursor)
  }

  /// Takes the word before the cursor away, and the blanks behind it.
  mutating func deleteWord() {
    var start = cursor
    while start > 0, characters[start - 1] == " " { start -= 1 }
    while start > 0, characters[start - 1] != " " { start -= 1 }
    characters.removeSubrange(start..<cursor)
    cursor = start
  }

  /// Takes everything before the cursor away.
  mutating func clearBefore() {
    characters.removeSubrange(..<cursor)
    cursor = 0
  }

  mutating func move(to position: Int) { cursor = max(0, min(characters.count, position)) }
}
