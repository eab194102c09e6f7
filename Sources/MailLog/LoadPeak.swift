/// The highest number that anvil reported of one kind of load, and whose it was.
///
/// anvil(8) reports at most every `anvil_status_update_time` and after the fact, the highest value
/// since its last report: what one client did, never a sum.
public struct LoadPeak: Hashable, Sendable {
  /// What was measured.
  public enum Kind: UInt8, CaseIterable, Sendable {
    case connectionRate, connectionCount, messageRate, recipientRate, newTLSRate, authRate

    /// The name in JSON.
    public var name: String {
      switch self {
      case .connectionRate: "connection_rate"
      case .connectionCount: "connection_count"
      case .messageRate: "message_rate"
      case .recipientRate: "recipient_rate"
      case .newTLSRate: "newtls_rate"
      case .authRate: "auth_rate"
      }
    }

    fileprivate var words: StaticString {
      switch self {
      case .connectionRate: "connection rate "
      case .connectionCount: "connection count "
      case .messageRate: "message rate "
      case .recipientRate: "recipient rate "
      case .newTLSRate: "newtls rate "
      case .authRate: "auth rate "
      }
    }
  }

  /// What was measured.
  public var kind: Kind
  /// The number; for rates in one `anvil_rate_time_unit`.
  public var value: Int
  /// The length of that unit as logged, `60s`; nil for a count.
  public var unit: String?
  /// The service of master.cf as logged, `smtp`.
  public var service: String
  /// The client's address.
  public var client: String
  /// When anvil wrote the line.
  public var time: LogTime

  /// Reads `statistics: max connection rate 3/60s for (smtp:192.0.2.1) at …`; nil for anything else.
  init?(_ line: Span<UInt8>, _ parts: LineParts) {
    let (start, end) = (parts.text.lower, parts.text.upper)
    guard line.has("statistics: max ", at: start, to: end),
      let kind = Kind.allCases.first(where: { line.has($0.words, at: start + 16, to: end) })
    else { return nil }
    var index = start + 16 + kind.words.utf8CodeUnitCount
    var value = 0
    let digits = index
    while index < end, isDigit(line[index]), index - digits < 9 {
      value = value * 10 + Int(line[index] - 0x30)
      index += 1
    }
    guard index > digits, let open = line.find(" for (", from: index, to: end),
      let close = line.firstIndex(of: UInt8(ascii: ")"), from: open, to: end),
      // An address has colons and a service may have (`127.0.0.1:10025:192.0.2.1`): an IPv6 address
      // begins behind the colon that ends the first word, an IPv4 one behind the last.
      let colon = Self.separator(line, from: open + 6, to: close)
    else { return nil }
    self.kind = kind
    self.value = value
    unit =
      line[index] == UInt8(ascii: "/") ? line.text(Slice(index + 1, open)) : nil
    service = line.text(Slice(open + 6, colon)) ?? ""
    client = line.text(Slice(colon + 1, close)) ?? ""
    time = LogTime(microseconds: parts.time)
  }

  private static func separator(_ line: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    guard let last = line.lastIndex(of: UInt8(ascii: ":"), from: start, to: end) else { return nil }
    let isIPv4 = line.firstIndex(of: UInt8(ascii: "."), from: last, to: end) != nil
    return isIPv4 ? last : line.firstIndex(of: UInt8(ascii: ":"), from: start, to: end)
  }
}

/// The peaks of a window: of each kind those that no later one exceeds, so that the highest is at
/// hand whenever older ones slide out.
struct LoadPeaks {
  private static let limit = 512
  private var peaks: [LoadPeak] = []

  mutating func add(_ peak: LoadPeak) {
    peaks.removeAll { $0.kind == peak.kind && $0.value <= peak.value }
    peaks.append(peak)
    if peaks.count > Self.limit { peaks.removeFirst() }
  }

  /// Forgets what lies before `time`.
  mutating func drop(before time: LogTime) { peaks.removeAll { $0.time < time } }

  /// The highest of each kind, in the order of the kinds.
  var highest: [LoadPeak] {
    LoadPeak.Kind.allCases.compactMap { kind in peaks.first { $0.kind == kind } }
  }
}
