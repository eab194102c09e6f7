import CHostSystem
import Glibc
import Synchronization
import SystemPackage

/// A UNIX socket served by a thread of its own: it greets whoever connects, or collects datagrams.
///
/// The thread ends with the value. The socket file is left to its directory.
public final class LocalService: Sendable {
  /// What the service does.
  public enum Role: Hashable, Sendable {
    /// Sends these bytes to everyone who connects, and then listens in silence.
    case greeting([UInt8])
    /// Keeps the datagrams that arrive, the first 4 MiB of them.
    case collector
  }

  private let work: Work
  private let stop: Int32
  private let thread: pthread_t

  /// Serves at `path`, which must not exist and may have at most 107 bytes.
  ///
  /// - Throws: ``SystemError`` when the socket or the thread cannot be made.
  public init(path: String, role: Role) throws(SystemError) {
    let socket = chost_listen_unix(path, role == .collector ? 1 : 0)
    guard socket >= 0 else { throw SystemError("listen at \(path)", Errno(rawValue: errno)) }
    var pair: [Int32] = [-1, -1]
    guard chost_pipe_cloexec(&pair) == 0 else {
      let reason = Errno(rawValue: errno)
      close(socket)
      throw SystemError("make a pipe", reason)
    }
    work = Work(socket: socket, wake: pair[0], role: role)
    stop = pair[1]
    let handedOver = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().serve() }
        return nil
      }, handedOver.toOpaque())
    self.thread = thread
    guard result == 0 else {
      handedOver.release()
      close(pair[1])
      throw SystemError("start a thread", Errno(rawValue: result))
    }
  }

  deinit {
    close(stop)
    pthread_join(thread, nil)
  }

  /// The datagrams so far, each one element.
  public var collected: [[UInt8]] { work.collected.withLock { $0 } }
}

/// What the thread works on.
private final class Work: Sendable {
  let collected = Mutex<[[UInt8]]>([])
  private let socket: Int32
  private let wake: Int32
  private let role: LocalService.Role

  init(socket: Int32, wake: Int32, role: LocalService.Role) {
    self.socket = socket
    self.wake = wake
    self.role = role
  }

  deinit {
    close(socket)
    close(wake)
  }

  /// Serves until the other end of `wake` is closed.
  func serve() {
    var clients: [Int32] = []
    var room = 4 << 20
    while true {
      var polled = [socket, wake].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let ready = poll(&polled, 2, -1)
      if ready < 0 && errno == EINTR { continue }
      if ready < 0 || polled[1].revents != 0 { break }
      switch role {
      case .greeting(let bytes):
        let client = accept(socket, nil, nil)
        guard client >= 0 else { continue }
        _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        clients.append(client)
      case .collector:
        var block = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &block, block.count, 0)
        guard count > 0, count <= room else { continue }
        room -= count
        collected.withLock { $0.append(Array(block[..<count])) }
      }
    }
    clients.forEach { _ = close($0) }
  }
}
