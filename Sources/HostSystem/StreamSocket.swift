import CHostSystem
import Glibc
import SystemPackage

/// A connected stream socket of a client, whose every operation ends at a deadline.
///
/// Deadlines are moments on ``monotonicSeconds()``. A deadline that passes is reported as
/// `ETIMEDOUT`. Not thread-safe: one thread owns it. Closed when the value goes away.
public final class StreamSocket {
  /// The other end, as it was asked for.
  public let endpoint: SocketEndpoint
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0

  /// Connects to `endpoint`, from `localAddress` when it is given (TCP only, numeric).
  ///
  /// - Throws: ``SystemError`` when an address is not numeric (`EINVAL`), nobody listens
  ///   (`ECONNREFUSED`, `ENOENT`) or the deadline passes.
  public init(
    connectingTo endpoint: SocketEndpoint, from localAddress: String? = nil, deadline: Double
  ) throws(SystemError) {
    self.endpoint = endpoint
    let action = "connect to \(endpoint)"
    var directory: FileDescriptor?
    defer { try? directory?.close() }
    let address = try StreamSocket.resolve(endpoint, holding: &directory, action)
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw SystemError(action, Errno(rawValue: errno)) }
    do throws(SystemError) {
      guard chost_set_nonblocking(descriptor, 1) == 0 else { throw failure(action) }
      if let localAddress {
        guard let local = SocketAddress(address: localAddress, port: 0) else {
          throw SystemError("bind to \(localAddress)", .invalidArgument)
        }
        guard local.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
          throw failure("bind to \(localAddress)")
        }
      }
      try connect(to: address, action, deadline: deadline)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// True until ``close()``.
  public var isOpen: Bool { descriptor >= 0 }

  /// Sends all of `bytes`, without raising SIGPIPE.
  ///
  /// - Throws: ``SystemError``: `EPIPE` or `ECONNRESET` when the other end is gone.
  public func send(_ bytes: some Collection<UInt8>, deadline: Double) throws(SystemError) {
    let all = ContiguousArray(bytes)
    var sent = 0
    while sent < all.count {
      let count = all.withUnsafeBytes { block in
        Glibc.send(
          descriptor, block.baseAddress?.advanced(by: sent), block.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLOUT), "send to \(endpoint)", deadline: deadline)
      } else if errno != EINTR {
        throw failure("send to \(endpoint)")
      }
    }
  }

  /// Reads one line without its CR LF or LF; nil at the end of the stream.
  ///
  /// A last line without a line end is dropped: a protocol of lines has no use for half of one.
  ///
  /// - Parameter limit: the greatest length in bytes, line end included.
  /// - Throws: ``SystemError``: `EMSGSIZE` for a longer line, `ETIMEDOUT` at the deadline.
  public func readLine(deadline: Double, limit: Int = 4096) throws(SystemError) -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        guard end - start < limit else { break }
        var line = buffer[start..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        start = end + 1
        return Array(line)
      }
      guard buffer.count - start < limit else { break }
      buffer.removeSubrange(..<start)
      start = 0
      searched = buffer.count
      guard try receive(deadline: deadline) else { return nil }
    }
    throw SystemError("read a line from \(endpoint)", .messageTooLong)
  }

  /// True when the other end has closed the connection or sent something.
  public func becameReadable(within seconds: Double) -> Bool {
    if start < buffer.count { return true }
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, Int32(max(0, min(seconds * 1000, 1e6)))) > 0
  }

  /// Closes the connection; further calls do nothing.
  public func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private func receive(deadline: Double) throws(SystemError) -> Bool {
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &block, block.count, 0)
      if count > 0 { buffer.append(contentsOf: block[..<count]) }
      if count >= 0 { return count > 0 }
      if errno == EAGAIN {
        try wait(for: Int16(POLLIN), "read from \(endpoint)", deadline: deadline)
      } else if errno != EINTR {
        throw failure("read from \(endpoint)")
      }
    }
  }

  private func connect(
    to address: SocketAddress, _ action: String, deadline: Double
  ) throws(SystemError) {
    while address.withPointer({ Glibc.connect(descriptor, $0, $1) }) != 0 {
      switch errno {
      case EINTR, EINPROGRESS, EALREADY:
        try wait(for: Int16(POLLOUT), action, deadline: deadline)
        var reason: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &size)
        if reason != 0 { throw SystemError(action, Errno(rawValue: reason)) }
        return
      case EAGAIN:
        // The queue of a UNIX-domain listener is full and nothing tells when it is not.
        guard monotonicSeconds() < deadline else { throw SystemError(action, .timedOut) }
        usleep(2000)
      default: throw failure(action)
      }
    }
  }

  private func wait(
    for events: Int16, _ action: String, deadline: Double
  ) throws(SystemError) {
    while true {
      let left = deadline - monotonicSeconds()
      guard left > 0 else { throw SystemError(action, .timedOut) }
      var polled = pollfd(fd: descriptor, events: events, revents: 0)
      let ready = poll(&polled, 1, Int32(min(left * 1000 + 1, 1e6)))
      if ready > 0 { return }
      if ready < 0 && errno != EINTR { throw failure(action) }
    }
  }

  private func failure(_ action: String) -> SystemError {
    SystemError(action, Errno(rawValue: errno))
  }

  /// A socket address holds 107 bytes of path: a longer one is reached through its directory's
  /// descriptor, which `directory` keeps open until the connection stands.
  private static func resolve(
    _ endpoint: SocketEndpoint, holding directory: inout FileDescriptor?, _ action: String
  ) throws(SystemError) -> SocketAddress {
    switch endpoint {
    case .tcp(let address, let port):
      if let found = SocketAddress(address: address, port: port) { return found }
      throw SystemError(
        action, .invalidArgument, remedy: "give a numeric IPv4 or IPv6 address")
    case .unix(let path):
      if let found = SocketAddress(path: path) { return found }
      let whole = FilePath(path)
      do {
        directory = try FileDescriptor.open(
          whole.removingLastComponent(), .readOnly, options: [.directory, .closeOnExec])
      } catch let error as Errno {
        throw SystemError(action, error)
      } catch {
        throw SystemError(action, .ioError)
      }
      guard let directory, let name = whole.lastComponent,
        let found = SocketAddress(path: "/proc/self/fd/\(directory.rawValue)/\(name)")
      else { throw SystemError(action, .fileNameTooLong) }
      return found
    }
  }
}
