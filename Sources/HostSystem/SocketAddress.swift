import Glibc
import SystemPackage

/// A socket address in the kernel's form, with its length.
struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length = socklen_t(0)

  /// The address family: `AF_INET`, `AF_INET6` or `AF_UNIX`.
  var family: Int32 { Int32(storage.ss_family) }

  /// Reads a numeric IPv4 or IPv6 address; nil when it is neither.
  init?(address: String, port: UInt16) {
    var four = sockaddr_in()
    var six = sockaddr_in6()
    if inet_pton(AF_INET, address, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      fill(with: &four)
    } else if inet_pton(AF_INET6, address, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      fill(with: &six)
    } else {
      return nil
    }
  }

  /// Takes a path of at most 107 bytes; nil when it is longer or empty.
  init?(path: String) {
    var unix = sockaddr_un()
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: unix.sun_path) else {
      return nil
    }
    unix.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: bytes) }
    fill(with: &unix)
  }

  /// The address that `descriptor` is bound to; nil when the kernel does not tell.
  init?(boundTo descriptor: Int32) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var size = length
    let result = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard result == 0 else { return nil }
    length = size
  }

  /// The TCP port; 0 for a UNIX-domain socket.
  var port: UInt16 {
    withUnsafeBytes(of: storage) { bytes in
      family == AF_UNIX ? 0 : UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }
  }

  /// Calls `body` with the address as the socket calls want it.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  private mutating func fill<Address>(with address: inout Address) {
    withUnsafeBytes(of: &address) { source in
      withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: source) }
    }
    length = socklen_t(MemoryLayout<Address>.size)
  }
}
