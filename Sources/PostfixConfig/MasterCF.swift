/// master.cf, byte for byte: what is not edited stays as it is.
///
/// Grammar: master(5). Any bytes are accepted; a line with too few fields is no entry.
public struct MasterCF: Sendable, Hashable {
  /// The file's text.
  public let bytes: [UInt8]
  /// In file order; of several with one name and type the last one counts.
  let entries: [MasterEntry]
  let lines: [PhysicalLine]

  /// Reads any bytes.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let lines = PhysicalLine.split(bytes)
    self.lines = lines
    entries = LogicalLine.group(lines).filter { !$0.isOrphan }
      .compactMap { MasterEntry($0, lines: lines, bytes: bytes) }
  }

  /// The entries that run smtpd, each once.
  var smtpdEntries: [MasterEntry] {
    var seen: Set<ServiceID> = []
    return entries.reversed().filter { $0.command == "smtpd" && seen.insert($0.service).inserted }
      .reversed()
  }

  /// The services that run smtpd, in file order.
  public var smtpdServices: [ServiceID] { smtpdEntries.map(\.service) }

  /// True when a postscreen stands in front of smtpd.
  public var hasPostscreen: Bool { entries.contains { $0.command == "postscreen" } }

  /// The entry that counts for a service.
  func entry(_ service: ServiceID) -> MasterEntry? { entries.last { $0.service == service } }

  /// The line and column of a byte, both from 1.
  func place(of offset: Int) -> (line: Int, column: Int) { lines.place(of: offset) }

  /// The text with a range replaced.
  func replacing(_ range: Range<Int>, with text: [UInt8]) -> MasterCF {
    var bytes = bytes
    bytes.replaceSubrange(range, with: text)
    return MasterCF(bytes)
  }

  public static func == (left: MasterCF, right: MasterCF) -> Bool { left.bytes == right.bytes }

  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
