/// The client that XCLIENT pretends to be (Postfix's XCLIENT_README).
///
/// Attributes that are nil are not sent: smtpd then keeps those of the real connection.
public struct SMTPPretendedClient: Hashable, Sendable {
  /// A host name, or the way in which looking it up failed.
  public enum Name: Hashable, Sendable {
    case known(String)
    /// There is none. The log calls such a client `unknown`.
    case unavailable
    /// Looking it up failed for now.
    case temporarilyUnavailable
  }

  /// Numeric IPv4 or IPv6 address; IPv6 needs `inet_protocols` with ipv6.
  public var address: String?
  /// The name verified in both directions.
  public var name: Name?
  /// The name that the address maps to, verified or not; follows `name` when nil.
  public var reverseName: Name?
  /// The HELO name, set without EHLO.
  public var helo: String?
  /// `SMTP` or `ESMTP`.
  public var proto: String?
  /// The SASL login name of a signed-in client.
  public var login: String?
  /// The TCP port of the client.
  public var port: UInt16?

  /// Makes a client with these attributes.
  public init(
    address: String? = nil, name: Name? = nil, reverseName: Name? = nil, helo: String? = nil,
    proto: String? = nil, login: String? = nil, port: UInt16? = nil
  ) {
    self.address = address
    self.name = name
    self.reverseName = reverseName
    self.helo = helo
    self.proto = proto
    self.login = login
    self.port = port
  }

  /// The XCLIENT command line, values in xtext (RFC 3461 section 4).
  ///
  /// NAME comes before REVERSE_NAME because a name sets both.
  public var command: String {
    var parts = ["XCLIENT"]
    func add(_ attribute: String, _ value: String?) {
      if let value { parts.append("\(attribute)=\(value)") }
    }
    add("NAME", name.map(Self.encode))
    add("REVERSE_NAME", reverseName.map(Self.encode))
    add(
      "ADDR", address.map { $0.utf8.contains(UInt8(ascii: ":")) ? "IPV6:" + $0 : Self.xtext($0) })
    add("PORT", port.map(String.init))
    add("PROTO", proto.map(Self.xtext))
    add("HELO", helo.map(Self.xtext))
    add("LOGIN", login.map(Self.xtext))
    return parts.joined(separator: " ")
  }

  private static func encode(_ name: Name) -> String {
    switch name {
    case .known(let text): xtext(text)
    case .unavailable: "[UNAVAILABLE]"
    case .temporarilyUnavailable: "[TEMPUNAVAIL]"
    }
  }

  /// Writes every byte outside `!` to `~`, and `+` and `=`, as `+HH`.
  static func xtext(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      if (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "=") {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "+"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
