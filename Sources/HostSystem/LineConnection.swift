import CHostSystem
import Glibc
import SystemPackage

/// A stream socket read line by line with a deadline, as SMTP needs it.
///
/// Not thread-safe: one thread owns it. Closed when the value goes away.
public final class LineConnection {
  private let descriptor: Int32
  private var received: [UInt8] = []

  /// Connects to a UNIX socket.
  ///
  /// - Parameter timeout: seconds.
  /// - Throws: ``SystemError`` when nobody listens there.
  public init(path: String, timeout: Double) throws(SystemError) {
    descriptor = chost_connect_unix(path, Int32(timeout * 1000))
    if descriptor < 0 { throw SystemError("connect to \(path)", Errno(rawValue: errno)) }
  }

  /// Connects to a TCP port.
  ///
  /// - Parameters:
  ///   - address: numeric, IPv4 or IPv6 without brackets.
  ///   - port: a number or a service name of services(5).
  ///   - timeout: seconds.
  /// - Throws: ``SystemError`` when nobody listens there or the address is none.
  public init(address: String, port: String, timeout: Double) throws(SystemError) {
    descriptor = chost_connect_tcp(address, port, Int32(timeout * 1000))
    if descriptor < 0 {
      throw SystemError("connect to \(address) port \(port)", Errno(rawValue: errno))
    }
  }

  deinit { close(descriptor) }

  /// Sends a line, the line end added.
  ///
  /// - Throws: ``SystemError`` when the peer has gone.
  public func send(line: String) throws(SystemError) {
    let bytes = Array(line.utf8) + [13, 10]
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    // A command line always fits the empty buffer of a dialogue that waits for each answer.
    guard count == bytes.count else { throw SystemError("send a line", Errno(rawValue: errno)) }
  }

  /// The next line without its line end.
  ///
  /// - Parameter deadline: on the clock of ``monotonicSeconds()``.
  /// - Returns: nil when the peer closed the connection.
  /// - Throws: ``SystemError``; `ETIMEDOUT` when no whole line came in time.
  public func line(until deadline: Double) throws(SystemError) -> String? {
    while true {
      if let end = received.firstIndex(of: 10) {
        let text = received[..<end].last == 13 ? received[..<(end - 1)] : received[..<end]
        defer { received.removeFirst(end + 1) }
        return String(decoding: text, as: UTF8.self)
      }
      let left = deadline - monotonicSeconds()
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, received.count < 1 << 20 else { throw SystemError("read an answer", .timedOut) }
      guard poll(&polled, 1, Int32(left * 1000 + 1)) > 0 else { continue }
      var block = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &block, block.count, 0)
      if count == 0 { return nil }
      if count > 0 {
        received.append(contentsOf: block[..<count])
      } else if errno != EAGAIN && errno != EINTR {
        return nil
      }
    }
  }
}
