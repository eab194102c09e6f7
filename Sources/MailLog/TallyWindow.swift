/// The span of time that a tally counts.
public enum TallyWindow: Hashable, Sendable {
  /// From `since` (inclusive) to `until` (exclusive), exact; nil means without limit.
  case fixed(since: LogTime?, until: LogTime?)
  /// The last so many seconds. Its start is rounded down to a step: a second up to two hours, a
  /// minute up to a day, else an hour.
  case sliding(seconds: Int)

  /// The step of time in which counts are kept, in seconds.
  var quantum: Int64 {
    switch self {
    case .sliding(let seconds): seconds <= 7200 ? 1 : seconds <= 90_000 ? 60 : 3600
    case .fixed(let since?, let until?) where until.seconds - since.seconds <= 7200: 1
    case .fixed: 60
    }
  }
}

/// What a tally counted: plain values, still without a policy.
public struct TallySummary: Hashable, Sendable {
  /// Rejects or trial rejects of one shape of text.
  public struct SignatureCount: Hashable, Sendable {
    /// The shape of the text.
    public var signature: RejectSignature
    /// The argument where the text tells it, such as the domain of a DNS list.
    public var argument: String?
    /// The tag before the last slash: `postfix`, `postfix/submission`.
    public var tag: String
    /// Number of the policy in force, in the order of ``LogTally/beginEpoch(at:)``; 0 before the first.
    public var epoch: Int
    /// The SMTP command, as in the log.
    public var command: String
    /// Code and enhanced code as in `504 5.5.2`; empty when the line has neither.
    public var reply: String
    /// True for `reject_warning`.
    public var isTrial: Bool
    /// How often.
    public var count: Int
  }

  /// Counts per step of time, oldest first.
  public struct Course: Hashable, Sendable {
    /// The start of the first step.
    public var start = LogTime(microseconds: 0)
    /// The length of a step in seconds.
    public var stepSeconds = 60
    /// Connections to smtpd.
    public var connections: [Int] = []
    /// Lines that report a reject.
    public var rejects: [Int] = []
    /// Messages queued by smtpd that reached the active queue.
    public var accepted: [Int] = []
    /// Steps in which Postfix was started or reloaded or could not use its configuration.
    public var marks: [Int] = []
  }

  /// The first and last moment counted; for an empty unlimited window the epoch.
  public var since: LogTime
  /// The end of what is counted, exclusive.
  public var until: LogTime
  /// Connections to smtpd.
  public var connections = 0
  /// Messages queued by smtpd that reached the active queue.
  public var accepted = 0
  /// Sessions that ended.
  public var endedSessions = 0
  /// Ended sessions with at least one reject and no accepted message.
  public var refusedSessions = 0
  /// Rejects and trial rejects by shape of text.
  public var signatures: [SignatureCount] = []
  /// postscreen's words with their counts.
  public var postscreen: [String: Int] = [:]
  /// Actions, deliveries, lost connections, failures and other events.
  public var incidents: [LogIncident: Int] = [:]
  /// The highest loads that anvil reported, one a kind.
  public var peaks: [LoadPeak] = []
  /// Different client addresses, estimated with a standard error of 0.8%.
  public var distinctClients = 0
  /// Client addresses with the most rejects.
  public var topClients: [HeavyHitter] = []
  /// Networks with the most rejects.
  public var topNetworks: [HeavyHitter] = []
  /// HELO names with the most rejects.
  public var topHeloNames: [HeavyHitter] = []
  /// Sender domains with the most rejects.
  public var topSenderDomains: [HeavyHitter] = []
  /// Recipients with the most rejects.
  public var topRecipients: [HeavyHitter] = []
  /// Start of the span that the top lists and the distinct clients cover: up to an eighth of a
  /// sliding window earlier than `since`.
  public var topSince: LogTime
  /// The counts over time.
  public var course = Course()
  /// Lines read, of all programs.
  public var lines = 0
  /// Bytes read.
  public var bytes = 0
  /// Lines of Postfix.
  public var postfixLines = 0
  /// Postfix lines whose form is not known.
  public var unknownLines = 0
  /// The first Postfix line's moment.
  public var firstLine: LogTime?
  /// The newest Postfix line's moment.
  public var lastLine: LogTime?
}
