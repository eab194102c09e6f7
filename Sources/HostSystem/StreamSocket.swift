import Glibc
import SystemPackage

/// A connected stream socket of a client, with deadlines on every wait.
///
/// Not thread-safe: one thread owns it. Closed when the value goes away.
public final class StreamSocket {
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0

  /// Connects to `address` (IPv4 or IPv6 in text form) and `port`.
  ///
  /// - Parameter timeout: seconds to wait for the connection.
  /// - Throws: ``SystemError`` when there is no such address or nobody listens.
  public convenience init(address: String, port: UInt16, timeout: Double = 5) throws(SystemError) {
    let action = "connect to \(address) port \(port)"
    if address.contains(":") {
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      name.sin6_port = port.bigEndian
      guard inet_pton(AF_INET6, address, &name.sin6_addr) == 1 else {
        throw SystemError(action, .invalidArgument)
      }
      try self.init(family: AF_INET6, name: name, action: action, timeout: timeout)
    } else {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = port.bigEndian
      guard inet_pton(AF_INET, address, &name.sin_addr) == 1 else {
        throw SystemError(action, .invalidArgument)
      }
      try self.init(family: AF_INET, name: name, action: action, timeout: timeout)
    }
  }

  /// Connects to the UNIX socket at `path` (at most 107 bytes).
  public convenience init(path: String, timeout: Double = 5) throws(SystemError) {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else {
      throw SystemError("connect to \(path)", .fileNameTooLong)
    }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    try self.init(family: AF_UNIX, name: name, action: "connect to \(path)", timeout: timeout)
  }

  private init<Name>(
    family: Int32, name: Name, action: String, timeout: Double
  ) throws(SystemError) {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw SystemError(action, Errno(rawValue: errno)) }
    var name = name
    let result = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<Name>.size))
      }
    }
    if result == 0 { return }
    var reason = errno
    if reason == EINPROGRESS {
      reason = ETIMEDOUT
      if wait(for: POLLOUT, until: monotonicSeconds() + timeout) {
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &length)
      }
    }
    if reason != 0 {
      close()
      throw SystemError(action, Errno(rawValue: reason))
    }
  }

  deinit { close() }

  /// Ends the connection; a second call does nothing.
  public func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Ends the connection with a reset instead of an orderly close.
  public func abort() {
    var hard = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// The port at our end; nil for a UNIX socket.
  public var localPort: UInt16? {
    var name = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0, name.sin6_family != sa_family_t(AF_UNIX) else { return nil }
    return UInt16(bigEndian: name.sin6_port)
  }

  /// Sends everything.
  ///
  /// - Throws: ``SystemError`` when the peer is gone or takes nothing for `timeout` seconds.
  public func send(_ bytes: [UInt8], timeout: Double = 10) throws(SystemError) {
    let deadline = monotonicSeconds() + timeout
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { pointer in
        Glibc.send(
          descriptor, pointer.baseAddress.map { $0 + sent }, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        guard wait(for: POLLOUT, until: deadline) else {
          throw SystemError("send to the server", .timedOut)
        }
      } else if errno != EINTR {
        throw SystemError("send to the server", Errno(rawValue: errno))
      }
    }
  }

  /// The next line without its line end; nil when the peer has closed the connection.
  ///
  /// - Throws: ``SystemError``: `ETIMEDOUT` after `timeout` seconds, `EMSGSIZE` for a line of more
  ///   than 64 KiB.
  public func readLine(timeout: Double = 10) throws(SystemError) -> [UInt8]? {
    let deadline = monotonicSeconds() + timeout
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        var line = buffer[start..<end]
        start = end + 1
        if line.last == 0x0D { line.removeLast() }
        return Array(line)
      }
      searched = buffer.count
      guard buffer.count - start < 65536 else {
        throw SystemError("read from the server", .messageTooLong)
      }
      guard try fill(until: deadline) else { return nil }
      searched = min(searched, buffer.count)
      if start == 0 { continue }
      buffer.removeFirst(start)
      searched -= start
      start = 0
    }
  }

  /// True when the peer has closed the connection or sent something, within `timeout` seconds.
  public func isReadable(within timeout: Double) -> Bool {
    start < buffer.count || wait(for: POLLIN, until: monotonicSeconds() + timeout)
  }

  private func fill(until deadline: Double) throws(SystemError) -> Bool {
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &block, block.count, 0)
      if count > 0 { buffer.append(contentsOf: block[..<count]) }
      if count >= 0 { return count > 0 }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        guard wait(for: POLLIN, until: deadline) else {
          throw SystemError("read from the server", .timedOut)
        }
      default: throw SystemError("read from the server", Errno(rawValue: errno))
      }
    }
  }

  private func wait(for events: Int32, until deadline: Double) -> Bool {
    while true {
      let left = deadline - monotonicSeconds()
      guard left > 0 else { return false }
      var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let ready = poll(&polled, 1, Int32(min(left * 1000 + 1, 1_000_000)))
      if ready > 0 { return true }
      if ready < 0 && errno != EINTR { return false }
    }
  }
}

/// A TCP port on 127.0.0.1 that nobody uses now.
///
/// Somebody else may take it before the caller does; the caller tries again then.
public func freeLoopbackPort() throws(SystemError) -> UInt16 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw SystemError("make a socket", Errno(rawValue: errno)) }
  defer { close(descriptor) }
  var name = sockaddr_in()
  name.sin_family = sa_family_t(AF_INET)
  name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let bound = withUnsafeMutablePointer(to: &name) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
    }
  }
  guard bound else { throw SystemError("find a free port", Errno(rawValue: errno)) }
  return UInt16(bigEndian: name.sin_port)
}
