/// A program to run: absolute path, arguments as they are, and a cleaned environment.
///
/// No shell is ever involved. The environment is exactly what is given here.
public struct Command: Hashable, Sendable {
  /// Absolute path of the program.
  public var executable: String
  /// The words after the program name, passed on as they are.
  public var arguments: [String]
  /// The whole environment of the program.
  public var environment: [String: String]
  /// The working directory; nil keeps ours.
  public var directory: String?
  /// What the program reads on its standard input.
  public var input: [UInt8]
  /// Seconds after which the program and its process group are killed.
  public var timeout: Double

  /// The environment that our children get: a fixed PATH and the C locale, so that texts can be read.
  public static let cleanEnvironment = [
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC0",
  ]

  /// Describes a program run; nothing is started yet.
  public init(
    _ executable: String, _ arguments: [String] = [],
    environment: [String: String] = Command.cleanEnvironment, directory: String? = nil,
    input: [UInt8] = [], timeout: Double = 60
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.input = input
    self.timeout = timeout
  }

  /// The command as one could type it, each word quoted for a POSIX shell where it needs it.
  public var shellQuoted: String {
    ([executable] + arguments).map(Command.quote).joined(separator: " ")
  }

  private static func quote(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "_-./:=,+@%".utf8.contains(byte)
    }
    return plain && !word.isEmpty
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}

/// How a program ended and what it said.
public struct CommandResult: Hashable, Sendable {
  /// How the program ended.
  public enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut
  }

  /// How it ended.
  public var ending: Ending
  /// Its standard output.
  public var output: [UInt8]
  /// Its standard error.
  public var error: [UInt8]

  /// True for exit status 0.
  public var succeeded: Bool { ending == .exited(0) }
  /// Standard output as text, invalid UTF-8 repaired.
  public var outputText: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text, invalid UTF-8 repaired.
  public var errorText: String { String(decoding: error, as: UTF8.self) }
}
