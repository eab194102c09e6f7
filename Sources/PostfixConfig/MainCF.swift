/// main.cf, byte for byte, with the places of its settings.
public struct MainCF: Sendable, Hashable {
  /// One `name = value`; lines count from 0, offsets are those of the file.
  struct Definition: Sendable {
    var name: String
    var nameOffset: Int
    /// The trimmed value; empty and directly behind the `=` when nothing is set.
    var value: Range<Int>
    var lines: ClosedRange<Int>
  }

  /// A logical line that Postfix refuses or ignores.
  struct SyntaxProblem: Sendable {
    enum Kind: Sendable { case missingEquals, missingName, orphan }
    var kind: Kind
    var line: Int
    var text: String
  }

  /// The file's bytes; changing them reads the document again.
  public var bytes: [UInt8] {
    didSet { self = MainCF(bytes) }
  }
  private(set) var text: ConfigText
  private(set) var definitions: [Definition] = []
  private(set) var problems: [SyntaxProblem] = []
  /// The definition that holds, by name: the last one.
  private(set) var lastDefinition: [String: Int] = [:]

  /// Reads a document; any bytes are accepted and kept.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    text = ConfigText(bytes)
    for line in text.logicalLines { read(line) }
  }

  /// Compares the bytes.
  public static func == (left: MainCF, right: MainCF) -> Bool { left.bytes == right.bytes }
  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// The names that the file sets, in the order of their last definition.
  public var parameterNames: [String] {
    definitions.indices.filter { lastDefinition[definitions[$0].name] == $0 }.map {
      definitions[$0].name
    }
  }

  /// The raw value that holds, comments and line feeds left out; nil where the file sets none.
  public func rawValue(of name: String) -> String? {
    definition(of: name).map { String(decoding: rawBytes($0), as: UTF8.self) }
  }

  /// Where the definition that holds starts; nil where the file sets none.
  public func location(of name: String) -> SourceLocation? {
    definition(of: name).map { text.location(of: $0.nameOffset, in: .main) }
  }

  func definition(of name: String) -> Definition? { lastDefinition[name].map { definitions[$0] } }

  func rawBytes(_ definition: Definition) -> [UInt8] {
    if definition.lines.count == 1 { return Array(bytes[definition.value]) }
    return traced(definition, owner: 0, isComment: nil).bytes
  }

  /// The value with the place of every byte; comment lines that `isComment` accepts leave a mark.
  func traced(_ definition: Definition, owner: Int32, isComment: ((Int) -> Bool)?) -> TracedText {
    text.traced(
      definition.value, lines: definition.lines, owner: owner, followsTrailing: true,
      isComment: isComment)
  }

  private mutating func read(_ logical: ConfigText.LogicalLine) {
    var cursor = ContentCursor(text, logical)
    func problem(_ kind: SyntaxProblem.Kind) -> SyntaxProblem {
      SyntaxProblem(
        kind: kind, line: logical.first, text: text.string(text.content(of: logical.first)))
    }
    if logical.isOrphan { return problems.append(problem(.orphan)) }
    cursor.skipSpaces()
    let nameOffset = cursor.offset
    var name: [UInt8] = []
    while let byte = cursor.peek(), byte != Byte.equals, !byte.isSpace {
      name.append(byte)
      cursor.skip()
    }
    cursor.skipSpaces()
    guard !name.isEmpty else { return problems.append(problem(.missingName)) }
    guard cursor.peek() == Byte.equals else { return problems.append(problem(.missingEquals)) }
    cursor.skip()
    let afterEquals = cursor.offset
    cursor.skipSpaces()
    let start = cursor.offset
    var end = start
    while let byte = cursor.peek() {
      cursor.skip()
      if !byte.isSpace { end = cursor.offset }
    }
    let string = String(decoding: name, as: UTF8.self)
    lastDefinition[string] = definitions.count
    definitions.append(
      Definition(
        name: string, nameOffset: nameOffset,
        value: start < end ? start..<end : afterEquals..<afterEquals,
        lines: logical.first...logical.last))
  }
}

extension ConfigText {
  /// The bytes of a value that spans `lines`, each with its place.
  func traced(
    _ value: Range<Int>, lines: ClosedRange<Int>, owner: Int32, followsTrailing: Bool,
    isComment: ((Int) -> Bool)?
  ) -> TracedText {
    var traced = TracedText()
    let first = value.isEmpty ? lines.lowerBound : line(at: value.lowerBound)
    for line in min(first, lines.lowerBound)...lines.upperBound {
      switch kinds[line] {
      case .blank: continue
      case .comment:
        if let isComment, isComment(line) {
          traced.append(TracedText.commentMark, owner: owner, offset: lineStarts[line])
        }
      case .content, .continuation:
        for offset in content(of: line).clamped(to: value) {
          traced.append(bytes[offset], owner: owner, offset: offset)
        }
      }
    }
    guard followsTrailing, let isComment else { return traced }
    for line in trailingComments(after: lines.upperBound) where isComment(line) {
      traced.append(TracedText.commentMark, owner: owner, offset: lineStarts[line])
    }
    return traced
  }
}
