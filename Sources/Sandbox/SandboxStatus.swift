/// How a sandbox stands.
public struct SandboxStatus: Hashable, Sendable {
  /// The sandbox's directory.
  public var directory: String
  /// The directory with main.cf and master.cf.
  public var configurationDirectory: String
  /// The queue directory.
  public var queueDirectory: String
  /// The mail log.
  public var logFile: String
  /// Where smtp/inet listens on 127.0.0.1; 0 when there is no sandbox yet.
  public var smtpPort: UInt16
  /// Where submission/inet listens on 127.0.0.1; 0 when there is no sandbox yet.
  public var submissionPort: UInt16
  /// The loopback address of the private DNS server; empty when there is no sandbox yet.
  public var dnsAddress: String
  /// The running Postfix master; nil when it does not run.
  public var masterPID: Int32?
  /// The running DNS server; nil when it does not run.
  public var dnsPID: Int32?

  /// True when both Postfix and its DNS server run.
  public var isRunning: Bool { masterPID != nil && dnsPID != nil }
}
