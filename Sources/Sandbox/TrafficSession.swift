import PostfixHost

/// One client's dialogue with the sandbox, and what must come of it.
public struct TrafficSession: Hashable, Sendable {
  /// The service of master.cf that it talks to.
  public enum Service: String, Hashable, Sendable, CaseIterable, Codable {
    case smtp
    case submission
  }

  /// One thing that the client does.
  public enum Step: Hashable, Sendable {
    /// Sends EHLO, or HELO when not `extended`.
    case hello(String, extended: Bool)
    case mail(String)
    case recipient(String)
    /// Sends the message if a recipient was accepted.
    case message(subject: String)
    /// Sends all these commands at once and reads the replies.
    case atOnce([String])
    /// Waits, with the connection open.
    case linger(seconds: Double)
    case quit
    /// Closes the connection without QUIT.
    case hangUp
  }

  /// Its place in the plan, from 0.
  public var number: Int
  /// What the client is up to.
  public var kind: TrafficKind
  /// Where it connects to.
  public var service: Service
  /// Who it pretends to be; nil for a client of the own network.
  public var client: SMTPPretendedClient?
  /// What it does after XCLIENT, in order.
  public var steps: [Step]
  /// Refused recipients under the sandbox's first configuration, by restriction.
  public var expectedRejects: [String: Int]
  /// Accepted messages under the sandbox's first configuration.
  public var expectedMessages: Int
}
