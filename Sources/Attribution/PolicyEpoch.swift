import MailLog
import PostfixConfig

/// A policy with the moment from which it was in force.
public struct PolicyEpoch: Hashable, Sendable {
  /// From when on the policy is in force.
  public var since: LogTime
  /// What the services do.
  public var policy: Policy

  /// Creates an epoch.
  public init(since: LogTime, policy: Policy) {
    self.since = since
    self.policy = policy
  }
}
