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
    public var signature: RejectSignature
    /// The argument where the text tells it, such as the domain of a DNS list.
    public var argument: String?
    /// The tag before the last slash: `postfix`, `postfix/submission`.
    public var tag: String
    /// Number of the policy in force, in the order of ``LogTally/beginEpoch(at:)``; 0 before the first.
    public var epoch: Int
    public var command: String
    /// Code and enhanced code as in `504 5.5.2`; empty when the line has neither.
    public var reply: String
    public var isTrial: Bool
    public var count: Int
  }

  /// Counts per step of time, oldest first.
  public struct Course: Hashable, Sendable {
    public var start = LogTime(microseconds: 0)
    public var stepSeconds = 60
    public var connections: [Int] = []
    public var rejects: [Int] = []
    public var accepted: [Int] = []
    /// Steps in which Postfix was started or reloaded or a fatal mistake was logged.
    public var marks: [Int] = []
  }

  /// The first and last moment counted; for an empty unlimited window the epoch.
  public var since: LogTime
  public var until: LogTime
  public var connections = 0
  public var accepted = 0
  public var endedSessions = 0
  public var refusedSessions = 0
  public var signatures: [SignatureCount] = []
  /// postscreen's words with their counts.
  public var postscreen: [String: Int] = [:]
  public var distinctClients = 0
  public var topClients: [HeavyHitter] = []
  public var topNetworks: [HeavyHitter] = []
  public var topHeloNames: [HeavyHitter] = []
  public var topSenderDomains: [HeavyHitter] = []
  public var topRecipients: [HeavyHitter] = []
  /// Start of the span that the top lists and the distinct clients cover: up to an eighth of a
  /// sliding window earlier than `since`.
  public var topSince: LogTime
  public var course = Course()
  public var lines = 0
  public var bytes = 0
  public var postfixLines = 0
  /// Postfix lines whose form is not known.
  public var unknownLines = 0
  public var firstLine: LogTime?
  public var lastLine: LogTime?
}
