import CHostSystem
import Glibc
import SystemPackage

extension Command {
  /// Runs the program with a pseudo terminal as its standard output and error.
  ///
  /// Postfix before 3.8 writes its messages to standard error only when that is a terminal. What
  /// the program says is in `output`, with plain line ends; `error` stays empty. Standard input is
  /// empty. The program's end ends the reading, even if a daemon that it started keeps the terminal.
  ///
  /// - Throws: ``SystemError`` when the program cannot be started.
  public func runOnTerminal() throws(SystemError) -> CommandResult {
    var master: Int32 = -1
    var slave: Int32 = -1
    guard chost_open_terminal(&master, &slave) == 0 else {
      throw SystemError("open a pseudo terminal", Errno(rawValue: errno))
    }
    defer { close(master) }
    let pid: pid_t
    do {
      defer { close(slave) }
      let null = try OpenFile("/dev/null", O_RDONLY)
      let words = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      pid = withCStrings([executable] + arguments) { argv in
        withCStrings(words) { envp in
          chost_spawn(executable, argv, envp, directory, null.descriptor, slave, slave, 1)
        }
      }
      guard pid > 0 else { throw SystemError("run \(executable)", Errno(rawValue: errno)) }
    }
    return follow(pid, on: master)
  }

  private func follow(_ pid: pid_t, on master: Int32) -> CommandResult {
    let deadline = monotonicSeconds() + timeout
    var collected: [UInt8] = []
    var status: Int32 = 0
    while true {
      let ended = waitpid(pid, &status, WNOHANG) == pid
      while Self.readable(master, wait: ended ? 0 : 10) {
        var block = [UInt8](repeating: 0, count: 4096)
        let count = read(master, &block, block.count)
        guard count > 0 else {
          if !ended { usleep(2000) }
          break
        }
        if collected.count < 1 << 20 { collected.append(contentsOf: block[..<count]) }
      }
      if ended { break }
      if monotonicSeconds() > deadline {
        kill(-pid, SIGKILL)
        waitpid(pid, &status, 0)
        return CommandResult(ending: .timedOut, output: plain(collected), error: [])
      }
    }
    let signal = status & 0x7F
    return CommandResult(
      ending: signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal),
      output: plain(collected), error: [])
  }

  private static func readable(_ descriptor: Int32, wait milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, milliseconds) > 0
  }

  private func plain(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 != 13 } }
}
