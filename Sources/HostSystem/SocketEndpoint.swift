/// Where a stream socket connects to.
public enum SocketEndpoint: Hashable, Sendable, CustomStringConvertible {
  /// A numeric IPv4 or IPv6 address and a port; names are not looked up.
  case tcp(address: String, port: UInt16)
  /// A UNIX-domain socket by its path, of any length.
  case unix(path: String)

  /// As it is shown to the user.
  public var description: String {
    switch self {
    case .tcp(let address, let port):
      address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    case .unix(let path): path
    }
  }
}
