import HostSystem

/// Why an SMTP dialogue could not go on.
public enum SMTPError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The connection could not be made or broke; the text says where and why.
  case system(String, timedOut: Bool)
  /// The server closed the connection where a reply was due.
  case closed
  /// The server sent something that is no SMTP reply.
  case malformed(String)

  init(_ error: SystemError) {
    self = .system(error.description, timedOut: error.errno == .timedOut)
  }

  /// As it is shown to the user.
  public var description: String {
    switch self {
    case .system(let text, _): text
    case .closed: "the SMTP server closed the connection without a reply"
    case .malformed(let line): "not an SMTP reply: \(line)"
    }
  }
}
