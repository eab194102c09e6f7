/// Text of a value in which every byte knows the value and the place it came from.
struct TracedText {
  /// A byte that no value can hold: it marks the place of a comment line inside a list.
  static let commentMark = Byte.newline

  var bytes: [UInt8] = []
  /// Index into the sources of whoever expands.
  var owners: [Int32] = []
  /// Offsets in the file, -1 for text that stands in no file.
  var offsets: [Int32] = []

  init() {}

  init(_ text: String, owner: Int32) {
    bytes = Array(text.utf8)
    owners = Array(repeating: owner, count: bytes.count)
    offsets = Array(repeating: -1, count: bytes.count)
  }

  mutating func append(_ byte: UInt8, owner: Int32, offset: Int) {
    bytes.append(byte)
    owners.append(owner)
    offsets.append(Int32(truncatingIfNeeded: offset))
  }

  mutating func append(_ other: TracedText, _ range: Range<Int>) {
    bytes.append(contentsOf: other.bytes[range])
    owners.append(contentsOf: other.owners[range])
    offsets.append(contentsOf: other.offsets[range])
  }

  func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// One element of a list, or the mark of a comment line between two.
  struct Word {
    var text: String
    /// Positions in the traced text.
    var range: Range<Int>
    var isComment: Bool
  }

  /// Splits a list as Postfix does: runs of separators, `{ }` protects (mystrtokq).
  func words() -> [Word] {
    var words: [Word] = []
    var position = 0
    while position < bytes.count {
      if bytes[position] == Self.commentMark {
        words.append(Word(text: "", range: position..<position + 1, isComment: true))
        position += 1
      } else if bytes[position].isSeparator {
        position += 1
      } else {
        let end = endOfWord(at: position)
        words.append(Word(text: string(position..<end), range: position..<end, isComment: false))
        position = end
      }
    }
    return words
  }

  private func endOfWord(at start: Int) -> Int {
    var level = 0
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if byte == Byte.leftBrace {
        level += 1
      } else if byte == Byte.rightBrace, level > 0 {
        level -= 1
      } else if level == 0, byte.isSeparator {
        break
      }
      end += 1
    }
    return end
  }
}
