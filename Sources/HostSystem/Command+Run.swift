import CHostSystem
import Glibc
import SystemPackage

extension Command {
  /// Runs the program to its end and collects what it writes.
  ///
  /// Output beyond 64 MiB a stream is read and dropped. On timeout the process group is killed.
  ///
  /// - Throws: ``SystemError`` when the program cannot be started.
  public func run() throws(SystemError) -> CommandResult {
    let child = try ChildProcess(self)
    var collected = [[UInt8](), [UInt8]()]
    let finished = child.exchange(input: input, timeout: timeout, into: &collected)
    if !finished { child.signalGroup(SIGKILL) }
    let ending = child.wait()
    return CommandResult(
      ending: finished ? ending : .timedOut, output: collected[0], error: collected[1])
  }
}

extension Command {
  /// Starts the program in a session of its own with nothing connected, to outlive us.
  ///
  /// - Throws: ``SystemError`` when it cannot be started.
  public func startDetached() throws(SystemError) {
    let null = try OpenFile("/dev/null", O_RDWR)
    let words = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let pid = withCStrings([executable] + arguments) { argv in
      withCStrings(words) { envp in
        chost_spawn(
          executable, argv, envp, "/", null.descriptor, null.descriptor, null.descriptor, 1)
      }
    }
    guard pid > 0 else { throw SystemError("run \(executable)", Errno(rawValue: errno)) }
  }
}

/// A running program whose standard streams are pipes of ours; it may read from a file of ours instead.
///
/// Not thread-safe: one thread owns it. The pipes are closed by `wait` or when the value goes away.
public final class ChildProcess {
  /// Its process number, which is that of its process group too.
  public let pid: pid_t
  /// Write end of the child's standard input; -1 when it is closed or the child reads from a file.
  public private(set) var input: Int32
  /// Read end of its standard output.
  public private(set) var output: Int32
  /// Read end of its standard error.
  public private(set) var error: Int32

  /// Starts `command` in a process group of its own (a session of its own with `newSession`).
  ///
  /// - Parameter descriptor: an open file that becomes the child's standard input, from its present
  ///   position on; it stays the caller's to close. Without one a pipe is made.
  public init(
    _ command: Command, newSession: Bool = false, input descriptor: Int32? = nil
  ) throws(SystemError) {
    let pipes = try Self.pipes(descriptor == nil ? 3 : 2, for: command)
    let environment = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let pid = withCStrings([command.executable] + command.arguments) { argv in
      withCStrings(environment) { envp in
        chost_spawn(
          command.executable, argv, envp, command.directory, descriptor ?? pipes[2].read,
          pipes[0].write, pipes[1].write, newSession ? 1 : 0)
      }
    }
    let reason = Errno(rawValue: errno)
    let ours = [pipes[0].read, pipes[1].read] + pipes.dropFirst(2).map(\.write)
    for end in [pipes[0].write, pipes[1].write] + pipes.dropFirst(2).map(\.read) { close(end) }
    guard pid > 0 else {
      for end in ours { close(end) }
      throw SystemError("run \(command.executable)", reason)
    }
    self.pid = pid
    (output, error) = (ours[0], ours[1])
    input = ours.count > 2 ? ours[2] : -1
  }

  private static func pipes(
    _ count: Int, for command: Command
  ) throws(SystemError) -> [(read: Int32, write: Int32)] {
    var pipes: [(read: Int32, write: Int32)] = []
    for _ in 0..<count {
      var pair: [Int32] = [-1, -1]
      guard chost_pipe_cloexec(&pair) == 0 else {
        let reason = Errno(rawValue: errno)
        for pipe in pipes {
          close(pipe.read)
          close(pipe.write)
        }
        throw SystemError("make a pipe for \(command.executable)", reason)
      }
      pipes.append((pair[0], pair[1]))
    }
    return pipes
  }

  deinit { closePipes() }

  /// Sends a signal to the child's whole process group.
  public func signalGroup(_ signal: Int32) { kill(-pid, signal) }

  /// Closes the child's standard input, so that it sees the end of it.
  public func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Closes the pipes, waits for the child's end and tells how it ended.
  public func wait() -> CommandResult.Ending {
    closePipes()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      if errno != EINTR { return .exited(255) }
    }
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }

  /// Feeds standard input and reads both outputs to their ends; false on timeout.
  func exchange(input bytes: [UInt8], timeout: Double, into collected: inout [[UInt8]]) -> Bool {
    let deadline = monotonicSeconds() + timeout
    _ = chost_set_nonblocking(input, 1)
    var written = 0
    if bytes.isEmpty { closeInput() }
    var streams: [Int32] = [output, error]
    while streams.contains(where: { $0 >= 0 }) {
      var polled =
        streams.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        + [pollfd(fd: input, events: Int16(POLLOUT), revents: 0)]
      let left = deadline - monotonicSeconds()
      guard left > 0 else { return false }
      let ready = poll(&polled, 3, Int32(min(left * 1000 + 1, 1_000_000)))
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0 else { return false }
      for index in 0..<2 where polled[index].revents != 0 {
        if !drain(streams[index], into: &collected[index]) { streams[index] = -1 }
      }
      if input >= 0 && polled[2].revents != 0 {
        written += feed(bytes[written...])
        if written >= bytes.count { closeInput() }
      }
    }
    return true
  }

  private func feed(_ rest: ArraySlice<UInt8>) -> Int {
    let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : rest.count
  }

  private func drain(_ descriptor: Int32, into buffer: inout [UInt8]) -> Bool {
    var block = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &block, block.count)
    if count < 0 { return errno == EINTR || errno == EAGAIN }
    if buffer.count < 64 << 20 { buffer.append(contentsOf: block[..<count]) }
    return count > 0
  }

  private func closePipes() {
    closeInput()
    if output >= 0 { close(output) }
    if error >= 0 { close(error) }
    (output, error) = (-1, -1)
  }
}

/// Calls `body` with a null-terminated array of C strings that live for the call.
func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { pointers.forEach { free($0) } }
  return body(pointers)
}
