/// What an SMTP server answered to one command (RFC 5321, section 4.2).
public struct SMTPReply: Hashable, Sendable {
  /// Three digits, 200 to 599.
  public var code: Int
  /// `5.7.1` where the text begins with one (RFC 2034).
  public var enhancedCode: String?
  /// The texts of all lines, without code and enhanced code.
  public var lines: [String]

  /// The lines as one text.
  public var text: String { lines.joined(separator: "\n") }
  /// True for 2xx and 3xx.
  public var isPositive: Bool { (200..<400).contains(code) }

  public init(code: Int, enhancedCode: String? = nil, lines: [String]) {
    self.code = code
    self.enhancedCode = enhancedCode
    self.lines = lines
  }
}
