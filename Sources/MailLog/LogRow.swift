/// One line of the log as a person wants to read it, with its parts taken out.
///
/// Rows are made for the few lines that are shown or printed, never on the counting path. All texts
/// are foreign: they pass the sanitiser before they reach a terminal.
public struct LogRow: Hashable, Sendable {
  /// What the line reports.
  public enum Kind: String, Hashable, Sendable, Codable {
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
  public var time: LogTime?
  public var kind: Kind
  /// The tag before the last slash: `postfix`, `postfix/submission`.
  public var tag: String
  /// The program after the last slash: `smtpd`.
  public var program: String
  public var pid: Int32
  public var queueID: String?
  public var clientName: String?
  public var clientAddress: String?
  public var clientPort: Int?
  public var helo: String?
  public var sender: String?
  public var recipient: String?
  public var saslUser: String?
  /// `RCPT`, `CONNECT`, `END-OF-MESSAGE`, `header`, …
  public var command: String?
  public var code: Int?
  public var enhancedCode: String?
  /// What may have caused a reject; one element where the text has one possible cause.
  public var candidates: [CauseCandidate]
  /// The stage that a reject's text names: `helo`, `relay`, `postscreen`, …; empty for other lines.
  public var stage = ""
  /// The reply or message text without envelope and attributes.
  public var text: String
  /// The whole line as it stands in the log, invalid UTF-8 repaired.
  public var line: String

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
  public var name: String
  /// The argument where the text tells it, such as the domain of a DNS list.
  public var argument: String?

  public init(name: String, argument: String? = nil) {
    self.name = name
    self.argument = argument
  }

  public static func < (left: CauseCandidate, right: CauseCandidate) -> Bool {
    (left.name, left.argument ?? "") < (right.name, right.argument ?? "")
  }
}
