/// One line of the log as a person wants to read it, with its parts taken out.
///
/// Rows are made for the few lines that are shown or printed, never on the counting path. All texts
/// are foreign: they pass the sanitiser before they reach a terminal.
public struct LogRow: Hashable, Sendable {
  /// What the line reports.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case accepted, reject, trial, action, connect, disconnect
    case lostConnection = "lost_connection"
    case delivery, queue, postscreen
    case authFailure = "auth_failure"
    case tls, anvil, warning, error, fatal, panic
    /// Start, stop and reload of Postfix.
    case lifecycle
    /// A Postfix line of no other kind.
    case other
    /// Not a Postfix line.
    case foreign
  }

  /// Position in the stream of this follower, rising by one a row.
  public var sequence: UInt64
  /// Where the line begins in its file, in bytes; nil when that is not known.
  public var offset: Int64?
  /// The moment of the stamp; nil when it could not be read.
  public var time: LogTime?
  /// What the line reports.
  public var kind: Kind
  /// The tag before the last slash: `postfix`, `postfix/submission`.
  public var tag: String
  /// The program after the last slash: `smtpd`.
  public var program: String
  /// The process id.
  public var pid: Int32
  /// The queue id; nil for `NOQUEUE`.
  public var queueID: String?
  /// The client's verified name; `unknown` as Postfix logs it, nil when the line has none.
  public var clientName: String?
  /// The client's IPv4 or IPv6 address, without brackets.
  public var clientAddress: String?
  /// The client's port, where logged.
  public var clientPort: Int?
  /// The HELO or EHLO name as logged.
  public var helo: String?
  /// The envelope sender as logged.
  public var sender: String?
  /// The envelope recipient as logged.
  public var recipient: String?
  /// The SASL login name.
  public var saslUser: String?
  /// `RCPT`, `CONNECT`, `END-OF-MESSAGE`, `header`, …
  public var command: String?
  /// The SMTP reply code.
  public var code: Int?
  /// The enhanced status code (RFC 3463).
  public var enhancedCode: String?
  /// What may have caused a reject; one element where the text has one possible cause.
  public var candidates: [CauseCandidate]
  /// True when a reject's text holds Postfix's own words and yet tells no cause: an address imitates
  /// them, or the line was cut.
  public var isUndecided = false
  /// The stage that a reject's text names: `helo`, `relay`, `postscreen`, …; empty for other lines.
  public var stage = ""
  /// The reply or message text without envelope and attributes.
  public var text: String
  /// The whole line as it stands in the log, invalid UTF-8 repaired.
  public var line: String

  /// Creates a row without client, addresses and reply.
  public init(
    sequence: UInt64 = 0, time: LogTime?, kind: Kind, tag: String, program: String, pid: Int32,
    text: String, line: String
  ) {
    self.sequence = sequence
    self.time = time
    self.kind = kind
    self.tag = tag
    self.program = program
    self.pid = pid
    self.candidates = []
    self.text = text
    self.line = line
  }
}

/// A restriction, or a name of the closed list of other causes, that a reject text may stand for.
public struct CauseCandidate: Hashable, Sendable, Comparable {
  /// The restriction's name, or one of the closed list of other causes.
  public var name: String
  /// The argument where the text tells it, such as the domain of a DNS list.
  public var argument: String?

  /// Creates a candidate.
  public init(name: String, argument: String? = nil) {
    self.name = name
    self.argument = argument
  }

  /// Orders by the fields as they stand.
  public static func < (left: CauseCandidate, right: CauseCandidate) -> Bool {
    (left.name, left.argument ?? "") < (right.name, right.argument ?? "")
  }
}
