import Glibc
import SystemPackage

/// Finds `count` different TCP ports of 127.0.0.1 that nobody listens on.
///
/// They lie below the range from which the kernel takes the ports of outgoing connections, so that
/// a connection made in between does not take one away. The caller must still expect to lose the
/// race against another program that looks for a port.
///
/// - Throws: ``SystemError`` (`EADDRINUSE`) when there are not that many.
public func freeLoopbackPorts(_ count: Int) throws(SystemError) -> [UInt16] {
  var held: [Int32] = []
  defer { held.forEach { _ = close($0) } }
  var ports: [UInt16] = []
  for candidate in (UInt16(20000)..<32000).shuffled().prefix(4000) where ports.count < count {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw SystemError("find a free port", Errno(rawValue: errno))
    }
    held.append(descriptor)
    guard let address = SocketAddress(address: "127.0.0.1", port: candidate) else { continue }
    if address.withPointer({ bind(descriptor, $0, $1) }) == 0 {
      ports.append(candidate)
    } else {
      close(held.removeLast())
    }
  }
  guard ports.count == count else { throw SystemError("find a free port", .addressInUse) }
  return ports
}

/// True when something listens on `port` of the numeric `address` and takes a connection.
public func acceptsConnections(address: String, port: UInt16, within seconds: Double = 1) -> Bool {
  let deadline = monotonicSeconds() + seconds
  return
    (try? StreamSocket(connectingTo: .tcp(address: address, port: port), deadline: deadline))
    != nil
}
