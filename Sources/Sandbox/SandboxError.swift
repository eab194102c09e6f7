import HostSystem

/// Why the sandbox could not do what was asked, and what to do about it.
public enum SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Postfix and its private DNS server can only be started by root.
  case needsRoot
  /// A program is not installed; the Debian package that has it.
  case missing(program: String, package: String)
  /// The directory cannot hold a sandbox.
  case unsuitable(directory: String, reason: String)
  /// A system call failed.
  case system(String)
  /// A program said no; its own words.
  case failed(program: String, words: String)

  init(_ error: SystemError) { self = .system(error.description) }

  /// As it is shown to the user.
  public var description: String {
    switch self {
    case .needsRoot: "the sandbox runs a real Postfix, which only root can start; use sudo"
    case .missing(let program, let package):
      "\(program) is not installed; run: apt-get install \(package)"
    case .unsuitable(let directory, let reason): "no sandbox in \(directory): \(reason)"
    case .system(let text): text
    case .failed(let program, let words): "\(program) failed: \(words)"
    }
  }
}
