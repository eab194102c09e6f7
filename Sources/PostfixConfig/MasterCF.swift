/// master.cf, byte for byte, with the places of its entries.
public struct MasterCF: Sendable, Hashable {
  /// The file's bytes; changing them reads the document again.
  public var bytes: [UInt8] {
    didSet { self = MasterCF(bytes) }
  }
  private(set) var text: ConfigText
  /// Every entry in the order of the file.
  public private(set) var entries: [MasterEntry] = []
  /// Logical lines with too few fields, which Postfix refuses; lines count from 0.
  private(set) var badLines: [Int] = []

  /// Reads a document; any bytes are accepted and kept.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    text = ConfigText(bytes)
    for line in text.logicalLines where !line.isOrphan {
      if let entry = MasterEntry(text, line) {
        entries.append(entry)
      } else {
        badLines.append(line.first)
      }
    }
  }

  /// Compares the bytes.
  public static func == (left: MasterCF, right: MasterCF) -> Bool { left.bytes == right.bytes }
  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// The entry that holds for a service: the last one of that name.
  public func entry(_ service: ServiceID) -> MasterEntry? { entries.last { $0.id == service } }

  /// The entries that run smtpd, `pass` services behind postscreen included; of entries with the
  /// same name only the last, as master(8) uses it.
  public var smtpdEntries: [MasterEntry] {
    entries.enumerated().filter { index, entry in
      entry.isSmtpd && !entries[(index + 1)...].contains { $0.id == entry.id }
    }.map(\.element)
  }

  /// The entry that puts postscreen(8) in front, if any.
  public var postscreenEntry: MasterEntry? { entries.last { $0.program == "postscreen" } }
}

/// One service of master.cf.
public struct MasterEntry: Sendable, Hashable {
  /// A field with its place; text in `{ }` is given without the braces.
  public struct Field: Sendable, Hashable {
    /// The field's text.
    public var text: String
    /// Offsets in the file, braces included.
    public var range: Range<Int>
  }

  /// One `-o name=value` or `-o { name = value }`.
  public struct Override: Sendable, Hashable {
    /// The parameter that is overridden.
    public var name: String
    /// The raw value.
    public var value: String
    /// True for the spelling with braces, which may hold blanks.
    public var isBraced: Bool
    /// The offsets of the value in the file.
    public var valueRange: Range<Int>
    /// The offsets from `-o` to the end.
    public var range: Range<Int>
  }

  /// The service's name and type.
  public var id: ServiceID
  /// The fields private, unprivileged, chroot, wakeup, process limit.
  public var settings: [Field]
  /// The command's field.
  public var command: Field
  /// The arguments of the command as they stand.
  public var arguments: [Field]
  /// The overrides among the arguments, in order; the last of a name holds.
  public var overrides: [Override]
  /// Where the entry starts.
  public var location: SourceLocation
  /// The physical lines of the entry, counted from 0.
  var lines: ClosedRange<Int>

  /// The command without its directory.
  public var program: String {
    command.text.split(separator: "/").last.map(String.init) ?? command.text
  }
  /// True for the entries that run smtpd(8).
  public var isSmtpd: Bool { program == "smtpd" }

  /// The override of a parameter that holds: the last one.
  public func override(of name: String) -> Override? { overrides.last { $0.name == name } }

  init?(_ text: ConfigText, _ logical: ConfigText.LogicalLine) {
    let traced = MasterEntry.traced(text, logical)
    let fields = MasterEntry.fields(traced)
    guard fields.count >= 8 else { return nil }
    id = ServiceID(name: fields[0].text, type: fields[1].text)
    settings = Array(fields[2..<7])
    command = fields[7]
    arguments = Array(fields[8...])
    overrides = MasterEntry.overrides(arguments, text)
    location = text.location(of: fields[0].range.lowerBound, in: .master)
    lines = logical.first...logical.last
  }

  private static func traced(
    _ text: ConfigText, _ logical: ConfigText.LogicalLine
  ) -> TracedText {
    var cursor = ContentCursor(text, logical)
    var traced = TracedText()
    while let byte = cursor.peek() {
      traced.append(byte, owner: 0, offset: cursor.offset)
      cursor.skip()
    }
    return traced
  }

  private static func fields(_ traced: TracedText) -> [Field] {
    var fields: [Field] = []
    var position = 0
    while position < traced.bytes.count {
      guard !traced.bytes[position].isSpace else {
        position += 1
        continue
      }
      let start = position
      var level = 0
      while position < traced.bytes.count {
        let byte = traced.bytes[position]
        if fields.count >= 8, byte == Byte.leftBrace { level += 1 }
        if byte == Byte.rightBrace, level > 0 { level -= 1 }
        if level == 0, byte.isSpace { break }
        position += 1
      }
      fields.append(field(traced, start..<position, isArgument: fields.count >= 8))
    }
    return fields
  }

  private static func field(
    _ traced: TracedText, _ range: Range<Int>, isArgument: Bool
  ) -> Field {
    let place =
      Int(traced.offsets[range.lowerBound])..<Int(traced.offsets[range.upperBound - 1]) + 1
    var inner = range
    if isArgument, range.count >= 2, traced.bytes[range.lowerBound] == Byte.leftBrace,
      traced.bytes[range.upperBound - 1] == Byte.rightBrace
    {
      inner = range.lowerBound + 1..<range.upperBound - 1
      while let first = inner.first, traced.bytes[first].isSpace { inner = inner.dropFirst() }
      while let last = inner.last, traced.bytes[last].isSpace { inner = inner.dropLast() }
    }
    return Field(text: traced.string(inner), range: place)
  }

  private static func overrides(_ arguments: [Field], _ text: ConfigText) -> [Override] {
    var overrides: [Override] = []
    var index = 0
    // Options end at the first other word, as for getopt(3).
    while index < arguments.count, arguments[index].text.hasPrefix("-"),
      arguments[index].text != "--"
    {
      let option = arguments[index]
      index += 1
      // Options may be joined, as in -vo name=value.
      guard let letter = option.text.utf8.firstIndex(of: UInt8(ascii: "o")) else { continue }
      let length = option.text.utf8.distance(from: option.text.startIndex, to: letter) + 1
      var definition = option
      if length < option.text.utf8.count {
        definition = MasterEntry.rest(of: option, from: length, text)
      } else if index < arguments.count {
        definition = arguments[index]
        index += 1
      } else {
        continue
      }
      if let override = override(definition, option, text) { overrides.append(override) }
    }
    return overrides
  }

  /// What stands behind the letter of an option in the same word, without its braces.
  private static func rest(of option: Field, from length: Int, _ text: ConfigText) -> Field {
    let range = option.range.lowerBound + length..<option.range.upperBound
    var utf8 = option.text.utf8.dropFirst(length)
    if utf8.first == Byte.leftBrace, utf8.last == Byte.rightBrace, utf8.count > 1 {
      utf8 = utf8.dropFirst().dropLast()
      utf8 = utf8.drop { $0.isSpace }
      while let last = utf8.last, last.isSpace { utf8 = utf8.dropLast() }
    }
    return Field(text: String(decoding: utf8, as: UTF8.self), range: range)
  }

  private static func override(
    _ definition: Field, _ option: Field, _ text: ConfigText
  ) -> Override? {
    guard let equals = definition.text.utf8.firstIndex(of: Byte.equals) else { return nil }
    func trimmed(_ text: Substring) -> String {
      var utf8 = text.utf8
      while let first = utf8.first, first.isSpace { utf8.removeFirst() }
      while let last = utf8.last, last.isSpace { utf8.removeLast() }
      return String(decoding: utf8, as: UTF8.self)
    }
    let isBraced = text.bytes[definition.range.lowerBound] == Byte.leftBrace
    var start = definition.range.lowerBound
    while text.bytes[start] != Byte.equals { start += 1 }
    start += 1
    var end = definition.range.upperBound - (isBraced ? 1 : 0)
    while end > start, text.bytes[end - 1].isSpace { end -= 1 }
    let afterEquals = start
    while start < end, text.bytes[start].isSpace { start += 1 }
    if start >= end { (start, end) = (afterEquals, afterEquals) }
    return Override(
      name: trimmed(definition.text[..<equals]),
      value: trimmed(definition.text[definition.text.utf8.index(after: equals)...]),
      isBraced: isBraced, valueRange: start..<end,
      range: option.range.lowerBound..<definition.range.upperBound)
  }
}
