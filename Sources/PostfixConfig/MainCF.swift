/// main.cf, byte for byte: what is not edited stays as it is.
///
/// Grammar: postconf(5), "main.cf file format". Any bytes are accepted; what Postfix would refuse is
/// listed in ``faults``.
public struct MainCF: Sendable, Hashable {
  /// The file's text.
  public let bytes: [UInt8]
  /// In file order; of several with one name the last one counts.
  let definitions: [Definition]
  /// Lines that Postfix refuses or ignores.
  let faults: [Fault]
  let lines: [PhysicalLine]
  private let lastByName: [String: Int]

  /// Something that is no `name = value`.
  struct Fault: Hashable, Sendable {
    /// What kind of fault.
    enum Kind: Hashable, Sendable { case missingEquals, emptyName, leadingSpace, nul }
    var kind: Kind
    /// From 1.
    var line: Int
  }

  /// Reads any bytes.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = PhysicalLine.split(bytes)
    var definitions: [Definition] = []
    var faults: [Fault] = []
    var last: [String: Int] = [:]
    for logical in LogicalLine.group(lines) {
      let number = logical.lines.lowerBound + 1
      if logical.isOrphan {
        faults.append(Fault(kind: .leadingSpace, line: number))
        continue
      }
      let parsed = Definition.parse(logical, lines: lines, bytes: bytes)
      switch parsed {
      case .failure(let kind): faults.append(Fault(kind: kind, line: number))
      case .success(let definition):
        if definition.hasNUL { faults.append(Fault(kind: .nul, line: number)) }
        last[definition.name] = definitions.count
        definitions.append(definition)
      }
    }
    self.definitions = definitions
    self.faults = faults
    lastByName = last
  }

  /// The definition of `name` that counts; nil when main.cf does not set it.
  func definition(_ name: String) -> Definition? { lastByName[name].map { definitions[$0] } }

  /// The names that main.cf sets.
  public var names: [String] { definitions.map(\.name) }

  /// The raw value that counts, white space at both ends and line breaks removed as Postfix does.
  public func rawValue(_ name: String) -> String? { definition(name)?.rawValue }

  public static func == (left: MainCF, right: MainCF) -> Bool { left.bytes == right.bytes }

  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// The line and column of a byte, both from 1.
  func place(of offset: Int) -> (line: Int, column: Int) { lines.place(of: offset) }

  /// The text with a range replaced.
  func replacing(_ range: Range<Int>, with text: [UInt8]) -> MainCF {
    var bytes = bytes
    bytes.replaceSubrange(range, with: text)
    return MainCF(bytes)
  }

  /// What ends the lines of this file.
  var lineEnd: [UInt8] {
    guard let first = bytes.firstIndex(of: 0x0A) else { return [0x0A] }
    return first > 0 && bytes[first - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A]
  }
}

extension [PhysicalLine] {
  /// The line and column of a byte, both from 1.
  func place(of offset: Int) -> (line: Int, column: Int) {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].fullRange.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    guard low < count else { return (Swift.max(1, count), 1) }
    return (low + 1, offset - self[low].range.lowerBound + 1)
  }
}
