import Glibc
import HostSystem
import Testing

/// A program in a real terminal: tmux with a server of its own, typed at and read like a person would.
final class Tmux: Sendable {
  static let executable = "/usr/bin/tmux"

  private let socket: String
  private let environment: [String: String]

  /// Starts `command` in a terminal of the given size.
  init(_ command: [String], columns: Int, rows: Int, environment extra: [String: String]) throws {
    socket = "postgate-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    var environment = Command.cleanEnvironment
    environment["LC_ALL"] = "C.UTF-8"
    environment["TERM"] = "xterm-256color"
    environment["HOME"] = "/root"
    self.environment = environment
    let assignments = extra.sorted { $0.key < $1.key }.flatMap { ["-e", "\($0.key)=\($0.value)"] }
    let result = try tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"] + assignments
        + ["--"] + command)
    try #require(result.succeeded, "tmux: \(result.errorText)")
    _ = try tmux(["set-option", "-g", "remain-on-exit", "on"])
    _ = try tmux(["set-option", "-g", "escape-time", "0"])
  }

  deinit { _ = try? tmux(["kill-server"]) }

  /// Types keys by tmux's names (`Space`, `Enter`, `Down`, `a`).
  func send(_ keys: String...) throws {
    for key in keys {
      _ = try tmux(["send-keys", key])
      usleep(30_000)
    }
  }

  /// Sends bytes as the terminal itself would, all at once.
  func sendBytes(_ text: String) throws {
    let bytes = text.utf8.map { String($0, radix: 16) }
    _ = try tmux(["send-keys", "-H"] + bytes)
  }

  /// The screen as text, one line a row.
  func screen() throws -> String { try tmux(["capture-pane", "-p"]).outputText }

  /// The screen's rows.
  func rows() throws -> [String] {
    try screen().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Process id of the program in the terminal.
  func pid() throws -> pid_t {
    try #require(pid_t(try ask("#{pane_pid}")))
  }

  /// True when the program has ended.
  func isDead() throws -> Bool { try ask("#{pane_dead}") == "1" }

  func resize(columns: Int, rows: Int) throws {
    _ = try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Waits until the screen satisfies `condition`, and returns that screen whole: one that tmux has
  /// drawn half of differs a moment later.
  @discardableResult
  func wait(
    _ what: String, seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation,
    until condition: (String) -> Bool
  ) throws -> String {
    let deadline = monotonicSeconds() + seconds
    var last = ""
    while monotonicSeconds() < deadline {
      last = try screen()
      usleep(50_000)
      if condition(last), try screen() == last { return last }
    }
    Issue.record(
      "waited \(seconds) s for \(what); the screen:\n\(last)", sourceLocation: sourceLocation)
    throw TmuxTimeout()
  }

  private func ask(_ format: String) throws -> String {
    let text = try tmux(["display-message", "-p", format]).outputText
    return text.split(separator: "\n").first.map(String.init) ?? ""
  }

  private func tmux(_ arguments: [String]) throws -> CommandResult {
    try Command(
      Tmux.executable, ["-L", socket] + arguments, environment: environment, timeout: 20
    ).run()
  }
}

struct TmuxTimeout: Error {}
