/// An SMTP session that is open now, or that the log believes to be open.
public struct LiveSession: Hashable, Sendable {
  /// Which witnesses saw it.
  public enum Witness: String, Hashable, Sendable, Codable {
    /// An smtpd process with that pid holds the client's socket.
    case confirmed
    /// A socket of an smtpd process without a connect line yet.
    case socketOnly = "socket_only"
    /// The log only, and we may not look into the processes.
    case logOnly = "log_only"
    /// The log believes in it but no process serves it.
    case stale
  }

  public var pid: Int32
  public var tag: String
  /// The master.cf service as `smtp/inet`, where known.
  public var service: String?
  public var clientName: String?
  public var clientAddress: String
  public var helo: String?
  public var saslUser: String?
  public var tls: String?
  public var since: LogTime
  /// Messages accepted in this session.
  public var messages: Int
  /// Rejects in this session.
  public var rejects: Int
  /// The last verdict in a few words: `rejected at RCPT: reject_non_fqdn_helo_hostname`.
  public var verdict: String?
  public var witness: Witness

  public init(
    pid: Int32, tag: String, clientName: String?, clientAddress: String, since: LogTime,
    witness: Witness = .logOnly
  ) {
    self.pid = pid
    self.tag = tag
    self.clientName = clientName
    self.clientAddress = clientAddress
    self.since = since
    self.messages = 0
    self.rejects = 0
    self.witness = witness
  }
}
