/// An open connection of an SMTP client to a server process of one Postfix instance.
public struct LiveSocket: Hashable, Sendable {
  /// The server process that holds the connection.
  public var pid: Int32
  /// Its program: `smtpd` or `postscreen`.
  public var program: String
  /// The server's end.
  public var localAddress: String
  /// The server's port.
  public var localPort: UInt16
  /// The client's end as the kernel knows it; XCLIENT, proxies and NAT make the log's differ.
  public var remoteAddress: String
  /// The client's port.
  public var remotePort: UInt16

  /// Makes a witness of these parts.
  public init(
    pid: Int32, program: String, localAddress: String, localPort: UInt16, remoteAddress: String,
    remotePort: UInt16
  ) {
    self.pid = pid
    self.program = program
    self.localAddress = localAddress
    self.localPort = localPort
    self.remoteAddress = remoteAddress
    self.remotePort = remotePort
  }
}
