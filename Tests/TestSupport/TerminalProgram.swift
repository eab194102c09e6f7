import Glibc
import HostSystem

/// A program whose controlling terminal is a pseudo terminal that we hold the other end of.
///
/// Unlike a terminal multiplexer it shows every byte that the program sends, and when.
public final class TerminalProgram {
  /// The process.
  public let pid: pid_t
  /// When it was started, by `monotonicSeconds()`.
  public let started: Double
  private var controller: Int32
  private var ending: Int32?

  /// Starts a program; nil when the system refuses a terminal or a process.
  public init?(
    _ command: [String], environment extra: [String: String] = [:], columns: Int = 80,
    rows: Int = 24
  ) {
    var environment = Command.cleanEnvironment.merging(
      ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]) { $1 }
    environment.merge(extra) { $1 }
    // TIOCSPTLCK and TIOCGPTN of <asm/ioctls.h>: macros that Swift does not import.
    var unlocked: Int32 = 0
    var number: Int32 = 0
    controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard controller >= 0, ioctl(controller, 0x4004_5431, &unlocked) == 0,
      ioctl(controller, 0x8004_5430, &number) == 0
    else { return nil }
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    _ = fcntl(controller, F_SETFL, O_NONBLOCK)
    started = monotonicSeconds()
    guard let pid = Self.spawn(command, environment, terminal: "/dev/pts/\(number)") else {
      close(controller)
      return nil
    }
    self.pid = pid
  }

  deinit {
    if ending == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
    }
    hangUp()
  }

  /// Types bytes.
  public func type(_ text: String) { type(Array(text.utf8)) }

  /// Types bytes.
  public func type(_ bytes: [UInt8]) { _ = write(controller, bytes, bytes.count) }

  /// What it sent since the last call; waits up to `seconds` for the first byte.
  public func output(wait seconds: Double = 0) -> [UInt8] {
    var all: [UInt8] = []
    var polled = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, Int32(seconds * 1000)) > 0 else { return all }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(controller, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }

  /// Reads until `condition` holds of everything that came since this call; returns that.
  ///
  /// - Returns: nil when it does not hold within `seconds`.
  public func output(
    within seconds: Double = 20, until condition: ([UInt8]) -> Bool
  ) -> [UInt8]? {
    let deadline = monotonicSeconds() + seconds
    var all: [UInt8] = []
    while monotonicSeconds() < deadline {
      all += output(wait: min(0.05, deadline - monotonicSeconds()))
      if condition(all) { return all }
    }
    return nil
  }

  /// Changes the terminal's size; the program gets SIGWINCH.
  public func resize(columns: Int, rows: Int) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
  }

  /// Closes our end, as the loss of an SSH connection does.
  public func hangUp() {
    if controller >= 0 { close(controller) }
    controller = -1
  }

  /// The wait status when it has ended; nil while it runs.
  public func ended() -> Int32? {
    if let ending { return ending }
    var status: Int32 = 0
    if waitpid(pid, &status, WNOHANG) == pid { ending = status }
    return ending
  }

  private static func spawn(
    _ command: [String], _ environment: [String: String], terminal: String
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // POSIX_SPAWN_SETSID of <spawn.h>, which Swift does not import.
    let newSession: Int16 = 0x80
    // The first terminal that a session leader opens becomes its controlling terminal (tty(4)).
    posix_spawnattr_setflags(&attributes, newSession)
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables)
    return result == 0 ? pid : nil
  }
}
