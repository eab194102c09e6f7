import MailLog

/// What the header tells of the instance; filled in as it becomes known.
public struct InstanceStatus: Hashable, Sendable {
  /// `myhostname`.
  public var hostname = ""
  /// `mail_version`, nil until Postfix was asked.
  public var version: String?
  /// When master started; nil while it is not running or not known.
  public var runningSince: LogTime?
  /// Whether master runs; nil while not known.
  public var isRunning: Bool?
  /// The absolute path of the directory with main.cf.
  public var configurationDirectory = ""
  /// Why nothing may be changed: `not root`; nil when it may.
  public var readOnlyReason: String?
  /// The log's short name: `mail.log`, `journal`.
  public var logName: String?
  /// One sentence when there is no readable log: why, and what to do.
  public var logProblem: String?
  /// True when the guard can be armed, so that a change may be confirmed within a time.
  public var canGuard = false
  /// True when drafts can be rehearsed against the mail of the window.
  public var canRehearse = false
  /// True when a trial can be ended by the guard's mechanism after a time.
  public var canTimeTrials = false
  /// True when unapplied edits are kept from one start to the next.
  public var keepsDrafts = false
  /// True when the log is a file, so that one can scroll back in it.
  public var canReadBack = false

  /// Creates a status in which nothing is known.
  public init() {}
}
