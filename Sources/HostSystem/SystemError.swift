import SystemPackage

/// A system call that failed, with what was tried and what the user can do about it.
public struct SystemError: Error, CustomStringConvertible, Sendable {
  /// What was tried, as a phrase: `open /etc/postfix/main.cf`.
  public var action: String
  /// The reason that the system gives.
  public var errno: Errno
  /// What to do next, one sentence; empty when the error speaks for itself.
  public var remedy: String

  /// Describes a failed call.
  public init(_ action: String, _ errno: Errno, remedy: String = "") {
    self.action = action
    self.errno = errno
    self.remedy = remedy
  }

  /// One sentence: what failed, why, and what to do.
  public var description: String {
    "cannot \(action): \(errno)" + (remedy.isEmpty ? "" : "; \(remedy)")
  }
}
