import Glibc
import HostSystem
import PostfixHost
import TestSupport
import Testing

/// A UNIX-domain listener that gives its one client these bytes and keeps the connection open.
private final class Listener {
  private var descriptors: [Int32] = []

  init(directory: String, name: String, sends bytes: String) throws {
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    descriptors = [folder, listener]
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: Array("/proc/self/fd/\(folder)/\(name)".utf8))
    }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0 && listen(listener, 1) == 0)
    text = Array(bytes.utf8)
  }

  private let text: [UInt8]

  /// Takes the client that is waiting.
  func accept() {
    let client = Glibc.accept(descriptors[1], nil, nil)
    descriptors.append(client)
    _ = text.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  deinit { descriptors.forEach { close($0) } }
}

@Suite struct SMTPSocketTests {
  private func connected(
    sends bytes: String, _ body: (StreamSocket, Double) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      // Longer than the 107 bytes that a socket address holds.
      let folder = directory + "/" + String(repeating: "x", count: 120)
      try #require(mkdir(folder, 0o700) == 0)
      let listener = try Listener(directory: folder, name: "s", sends: bytes)
      let deadline = monotonicSeconds() + 5
      let socket = try StreamSocket(
        connectingTo: .unix(path: folder + "/s"), deadline: deadline)
      listener.accept()
      try body(socket, deadline)
    }
  }

  @Test func linesAreReadAcrossALongPath() throws {
    try connected(sends: "220 a\r\nb\n\nhalf") { (socket, deadline) throws in
      #expect(try socket.readLine(deadline: deadline) == Array("220 a".utf8))
      #expect(socket.becameReadable(within: 0))
      #expect(try socket.readLine(deadline: deadline) == Array("b".utf8))
      #expect(try socket.readLine(deadline: deadline) == [])
      let error = #expect(throws: SystemError.self) {
        try socket.readLine(deadline: monotonicSeconds() + 0.05)
      }
      #expect(error?.errno == .timedOut)
    }
  }

  @Test func aLineWithoutEndIsRefused() throws {
    try connected(sends: String(repeating: "y", count: 300) + "\r\n") { (socket, deadline) throws in
      let error = #expect(throws: SystemError.self) {
        try socket.readLine(deadline: deadline, limit: 200)
      }
      #expect(error?.errno == .messageTooLong)
    }
  }

  @Test func namesAreNotLookedUp() {
    let error = #expect(throws: SystemError.self) {
      try StreamSocket(
        connectingTo: .tcp(address: "localhost", port: 25), deadline: monotonicSeconds() + 1)
    }
    #expect(error?.errno == .invalidArgument)
  }

  @Test func freePortsAreDifferentAndFree() throws {
    let ports = try freeLoopbackPorts(20)
    #expect(Set(ports).count == 20)
    #expect(ports.allSatisfy { !acceptsConnections(address: "127.0.0.1", port: $0, within: 0.2) })
  }
}
