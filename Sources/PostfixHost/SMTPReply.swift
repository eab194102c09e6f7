/// The whole answer to one SMTP command (RFC 5321 section 4.2).
public struct SMTPReply: Hashable, Sendable {
  /// The three digits: 220, 250, 554.
  public var code: Int
  /// The enhanced status code of the last line (RFC 3463) as `5.7.1`; nil without one.
  public var enhanced: String?
  /// The text of each line, without reply code and enhanced code; invalid UTF-8 repaired.
  public var lines: [String]

  /// Makes a reply of these parts.
  public init(code: Int, enhanced: String? = nil, lines: [String]) {
    self.code = code
    self.enhanced = enhanced
    self.lines = lines
  }

  /// True for 2xx and 3xx.
  public var isPositive: Bool { (200..<400).contains(code) }
  /// True for 4xx.
  public var isTemporary: Bool { (400..<500).contains(code) }
  /// True for 5xx.
  public var isPermanent: Bool { (500..<600).contains(code) }
  /// The lines' texts joined by blanks.
  public var text: String { lines.joined(separator: " ") }

  /// One line of a reply in its parts.
  struct Line {
    var code: Int
    var isLast: Bool
    var enhanced: String?
    var text: String

    /// Reads `250-PIPELINING` or `554 5.7.1 text`; nil when it is no reply line.
    init?(_ bytes: [UInt8]) {
      guard bytes.count >= 3, bytes[..<3].allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      code = bytes[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
      isLast = bytes.count == 3 || bytes[3] == UInt8(ascii: " ")
      guard (200..<600).contains(code), isLast || bytes[3] == UInt8(ascii: "-") else { return nil }
      var rest = bytes.dropFirst(4)
      let first = rest.prefix { $0 != UInt8(ascii: " ") }
      let parts = first.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      if parts.count == 3, first.first == bytes[0],
        parts.allSatisfy({
          (1...3).contains($0.count) && $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        })
      {
        enhanced = String(decoding: first, as: UTF8.self)
        rest = rest.dropFirst(first.count + 1)
      }
      text = String(decoding: rest, as: UTF8.self)
    }
  }
}
