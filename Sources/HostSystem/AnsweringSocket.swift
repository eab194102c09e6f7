import CHostSystem
import Glibc
import SystemPackage

/// A UNIX socket that says the same bytes to everyone who connects, and then listens in silence.
///
/// A thread of its own accepts; it ends with the value. The socket file is left to its directory.
public final class AnsweringSocket: Sendable {
  private let listener: Int32
  private let wake: [Int32]
  private let thread: pthread_t

  /// What the thread needs; handed over once.
  fileprivate final class Work: Sendable {
    let listener: Int32
    let wake: Int32
    let greeting: [UInt8]

    init(listener: Int32, wake: Int32, greeting: [UInt8]) {
      self.listener = listener
      self.wake = wake
      self.greeting = greeting
    }
  }

  /// Listens at `path`, which must not exist and may have at most 107 bytes.
  ///
  /// - Throws: ``SystemError`` when the socket or the thread cannot be made.
  public init(path: String, greeting: [UInt8]) throws(SystemError) {
    let listener = chost_listen_unix(path)
    guard listener >= 0 else { throw SystemError("listen at \(path)", Errno(rawValue: errno)) }
    var pair: [Int32] = [-1, -1]
    guard chost_pipe_cloexec(&pair) == 0 else {
      let reason = Errno(rawValue: errno)
      close(listener)
      throw SystemError("make a pipe", reason)
    }
    let work = Unmanaged.passRetained(
      Work(listener: listener, wake: pair[0], greeting: greeting))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().serve() }
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      work.release()
      for descriptor in [listener] + pair { close(descriptor) }
      throw SystemError("start a thread", Errno(rawValue: result))
    }
    self.listener = listener
    wake = pair
    self.thread = thread
  }

  deinit {
    close(wake[1])
    pthread_join(thread, nil)
    close(wake[0])
    close(listener)
  }
}

fileprivate extension AnsweringSocket.Work {
  /// Accepts until the other end of `wake` is closed.
  func serve() {
    var clients: [Int32] = []
    while true {
      var polled = [listener, wake].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let ready = poll(&polled, 2, -1)
      if ready < 0 && errno == EINTR { continue }
      if ready < 0 || polled[1].revents != 0 { break }
      let client = accept(listener, nil, nil)
      guard client >= 0 else { continue }
      _ = greeting.withUnsafeBytes {
        send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      clients.append(client)
    }
    clients.forEach { _ = close($0) }
  }
}
