import HostSystem
import SystemPackage

/// One SMTP dialogue, command by command, for probes and for the sandbox's traffic.
///
/// Not a mailer: it does what the caller says, in order or out of it. One thread owns it.
public final class SMTPClient {
  /// The connection under the dialogue.
  public let socket: StreamSocket
  /// The server's greeting.
  public private(set) var greeting: SMTPReply
  /// Seconds to wait for each reply.
  public var timeout: Double

  /// Takes over a fresh connection and reads the greeting.
  ///
  /// - Throws: ``SystemError`` when no greeting comes within `timeout` seconds.
  public init(_ socket: StreamSocket, timeout: Double = 10) throws(SystemError) {
    self.socket = socket
    self.timeout = timeout
    greeting = try SMTPClient.readReply(from: socket, timeout: timeout)
  }

  /// Sends one command line and reads the reply.
  @discardableResult
  public func command(_ line: String) throws(SystemError) -> SMTPReply {
    try send(line)
    return try readReply()
  }

  /// Sends one command line without waiting for the reply.
  public func send(_ line: String) throws(SystemError) {
    try socket.send(Array(line.utf8) + [0x0D, 0x0A], timeout: timeout)
  }

  /// Sends command lines in one piece, whether the server asked for that or not.
  public func sendTogether(_ lines: [String]) throws(SystemError) {
    try socket.send(lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] }, timeout: timeout)
  }

  /// Reads the next reply.
  public func readReply() throws(SystemError) -> SMTPReply {
    try SMTPClient.readReply(from: socket, timeout: timeout)
  }

  /// Poses as another client (XCLIENT_README); the server must authorise us for that.
  ///
  /// - Parameter attributes: such as `("ADDR", "192.0.2.7")`; nil becomes `[UNAVAILABLE]`.
  @discardableResult
  public func xclient(_ attributes: [(name: String, value: String?)]) throws(SystemError)
    -> SMTPReply
  {
    let words = attributes.map { name, value in
      "\(name)=\(value.map { SMTPClient.attribute(name, $0) } ?? "[UNAVAILABLE]")"
    }
    return try command("XCLIENT " + words.joined(separator: " "))
  }

  /// Sends DATA, the text with its dots doubled, and the final dot.
  @discardableResult
  public func message(_ lines: [String]) throws(SystemError) -> SMTPReply {
    let reply = try command("DATA")
    guard reply.code == 354 else { return reply }
    try sendTogether(lines.map { $0.hasPrefix(".") ? "." + $0 : $0 } + ["."])
    return try readReply()
  }

  private static func attribute(_ name: String, _ value: String) -> String {
    name == "ADDR" && value.contains(":") ? xtext("IPV6:" + value) : xtext(value)
  }

  /// RFC 3461 xtext: everything but printable ASCII, `+` and `=` as `+XX`.
  static func xtext(_ value: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var text = ""
    for byte in value.utf8 {
      if (0x21...0x7E).contains(byte), byte != 0x2B, byte != 0x3D {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "+\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return text
  }

  private static func readReply(
    from socket: StreamSocket, timeout: Double
  ) throws(SystemError) -> SMTPReply {
    var lines: [String] = []
    var enhancedCode: String?
    while true {
      guard let bytes = try socket.readLine(timeout: timeout) else {
        throw SystemError("read from the server", .connectionReset)
      }
      let line = String(decoding: bytes, as: UTF8.self)
      guard let code = Int(line.prefix(3)), code >= 200 else {
        throw SystemError("understand the server's reply", .badMessage)
      }
      var text = line.dropFirst(4)
      if let word = text.split(separator: " ").first, SMTPClient.isEnhancedCode(word) {
        enhancedCode = String(word)
        text = text.dropFirst(word.count + 1)
      }
      lines.append(String(text))
      if line.dropFirst(3).first != "-" {
        return SMTPReply(code: code, enhancedCode: enhancedCode, lines: lines)
      }
    }
  }

  private static func isEnhancedCode(_ word: Substring) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isNumber) }
  }
}
