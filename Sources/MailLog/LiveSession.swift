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

  /// The process id.
  public var pid: Int32
  /// The tag before the last slash of the program's log name: `postfix`, `postfix/submission`.
  public var tag: String
  /// The master.cf service as `smtp/inet`, where known.
  public var service: String?
  /// The client's verified name; `unknown` as Postfix logs it, nil when the line has none.
  public var clientName: String?
  /// The client's IPv4 or IPv6 address, without brackets.
  public var clientAddress: String
  /// The HELO or EHLO name as logged.
  public var helo: String?
  /// The SASL login name.
  public var saslUser: String?
  /// The TLS version, where a TLS line was seen.
  public var tls: String?
  /// When the client connected.
  public var since: LogTime
  /// Messages accepted in this session.
  public var messages: Int
  /// Rejects in this session.
  public var rejects: Int
  /// The last verdict in a few words: `rejected at RCPT: reject_non_fqdn_helo_hostname`.
  public var verdict: String?
  /// Who saw the session.
  public var witness: Witness

  /// Creates a session without messages or rejects.
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
