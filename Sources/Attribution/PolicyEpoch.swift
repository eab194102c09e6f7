import MailLog
import PostfixConfig

/// A policy with the moment from which it was in force.
public struct PolicyEpoch: Hashable, Sendable {
  public var since: LogTime
  public var policy: Policy

  public init(since: LogTime, policy: Policy) {
    self.since = since
    self.policy = policy
  }
}
