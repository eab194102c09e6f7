import HostSystem

/// One SMTP dialogue over a stream socket, command by command (RFC 5321).
///
/// Not thread-safe: one thread owns it. The connection is closed when the value goes away.
public final class SMTPClient {
  /// The server's first reply.
  public private(set) var greeting: SMTPReply
  /// Seconds that the server may take for one reply.
  public var timeout: Double
  private let socket: StreamSocket

  /// The greatest number of lines taken for one reply.
  private static let replyLineLimit = 512

  /// Connects and reads the greeting, whatever its code.
  ///
  /// - Parameters:
  ///   - localAddress: a numeric address of this machine to connect from; TCP only.
  ///   - preamble: sent before the greeting, as the PROXY protocol wants it.
  /// - Throws: ``SMTPError`` when nobody answers in time or the answer is no SMTP.
  public init(
    connectingTo endpoint: SocketEndpoint, from localAddress: String? = nil,
    preamble: [UInt8] = [], timeout: Double = 30
  ) throws(SMTPError) {
    self.timeout = timeout
    do throws(SystemError) {
      socket = try StreamSocket(
        connectingTo: endpoint, from: localAddress, deadline: monotonicSeconds() + timeout)
    } catch {
      throw SMTPError(error)
    }
    greeting = SMTPReply(code: 220, lines: [])
    if !preamble.isEmpty { try send(preamble) }
    greeting = try readReply()
  }

  /// Sends one command line and reads its reply.
  ///
  /// CR and LF in `line` are sent as blanks: one call is one command.
  public func command(_ line: String) throws(SMTPError) -> SMTPReply {
    try send(SMTPClient.line(line))
    return try readReply()
  }

  /// Sends several commands at once and reads their replies in order (RFC 2920).
  public func pipelined(_ lines: [String]) throws(SMTPError) -> [SMTPReply] {
    try send(lines.flatMap(SMTPClient.line))
    var replies: [SMTPReply] = []
    for _ in lines { replies.append(try readReply()) }
    return replies
  }

  /// Pretends to be another client; a positive reply is a new greeting and clears HELO and MAIL.
  public func xclient(_ client: SMTPPretendedClient) throws(SMTPError) -> SMTPReply {
    try command(client.command)
  }

  /// Greets with EHLO.
  public func ehlo(_ name: String) throws(SMTPError) -> SMTPReply { try command("EHLO \(name)") }

  /// Greets with HELO.
  public func helo(_ name: String) throws(SMTPError) -> SMTPReply { try command("HELO \(name)") }

  /// Names the envelope sender; empty is the null sender.
  public func mail(from sender: String) throws(SMTPError) -> SMTPReply {
    try command("MAIL FROM:<\(sender)>")
  }

  /// Names one envelope recipient.
  public func rcpt(to recipient: String) throws(SMTPError) -> SMTPReply {
    try command("RCPT TO:<\(recipient)>")
  }

  /// Forgets the envelope.
  public func rset() throws(SMTPError) -> SMTPReply { try command("RSET") }

  /// Ends the session and closes the connection.
  @discardableResult
  public func quit() throws(SMTPError) -> SMTPReply {
    defer { close() }
    return try command("QUIT")
  }

  /// Sends DATA and, when the server wants it, the message.
  ///
  /// Line ends become CR LF and lines that begin with a dot get a second one (RFC 5321 4.5.2).
  ///
  /// - Returns: the reply to the end of the message, or the refusal of DATA.
  public func data(_ message: some Sequence<UInt8>) throws(SMTPError) -> SMTPReply {
    let go = try command("DATA")
    guard go.code == 354 else { return go }
    try send(SMTPClient.dotStuffed(message))
    return try readReply()
  }

  /// Sends bytes as they are, for clients that break the protocol.
  public func send(_ bytes: some Collection<UInt8>) throws(SMTPError) {
    do throws(SystemError) {
      try socket.send(bytes, deadline: monotonicSeconds() + timeout)
    } catch {
      throw SMTPError(error)
    }
  }

  /// Reads one reply with all of its lines.
  public func readReply() throws(SMTPError) -> SMTPReply {
    let deadline = monotonicSeconds() + timeout
    var reply: SMTPReply?
    for _ in 0..<SMTPClient.replyLineLimit {
      let bytes: [UInt8]?
      do throws(SystemError) {
        bytes = try socket.readLine(deadline: deadline)
      } catch {
        throw SMTPError(error)
      }
      guard let bytes else { throw .closed }
      guard let line = SMTPReply.Line(bytes) else {
        throw .malformed(String(decoding: bytes.prefix(200), as: UTF8.self))
      }
      var whole = reply ?? SMTPReply(code: line.code, lines: [])
      whole.lines.append(line.text)
      whole.code = line.code
      whole.enhanced = line.enhanced
      if line.isLast { return whole }
      reply = whole
    }
    throw .malformed("a reply without end")
  }

  /// True when the server has closed the connection or sent something unasked.
  public func serverSpoke(within seconds: Double) -> Bool { socket.becameReadable(within: seconds) }

  /// Hangs up without QUIT.
  public func close() { socket.close() }

  private static func line(_ text: String) -> [UInt8] {
    text.utf8.map { $0 == 13 || $0 == 10 ? UInt8(ascii: " ") : $0 } + [13, 10]
  }

  static func dotStuffed(_ message: some Sequence<UInt8>) -> [UInt8] {
    var sent: [UInt8] = []
    var atLineStart = true
    for byte in message where byte != 13 {
      if byte == 10 {
        sent += [13, 10]
      } else {
        if atLineStart && byte == UInt8(ascii: ".") { sent.append(byte) }
        sent.append(byte)
      }
      atLineStart = byte == 10
    }
    if !atLineStart { sent += [13, 10] }
    return sent + Array(".\r\n".utf8)
  }
}
