import MailLog

/// What the counts of one window say, as an immutable value for the screen and the commands.
public struct LogSnapshot: Hashable, Sendable {
  /// The first moment counted.
  public var since: LogTime
  /// The end of what is counted, exclusive.
  public var until: LogTime
  /// How much of the log these counts rest on.
  public var coverage: Coverage
  /// Connections to smtpd.
  public var connections = 0
  /// Messages queued by smtpd that reached the active queue.
  public var accepted = 0
  /// Lines that report a reject.
  public var rejects = 0
  /// Lines that report a trial reject (`reject_warning`).
  public var trial = 0
  /// Sessions that ended inside the window.
  public var endedSessions = 0
  /// Ended sessions with at least one reject and no accepted message.
  public var refusedSessions = 0
  /// Counts of what one restriction (or a name of the closed list) did, by row.
  public var rows: [RowKey: RowCount] = [:]
  /// Rejects that several restrictions may have caused; rows + open groups = `rejects`.
  public var open: [OpenGroup] = []
  /// Trial rejects that several restrictions may have caused; rows + these = `trial`.
  public var openTrial: [OpenGroup] = []
  /// Rejects by SMTP command, as `RCPT`, or `header` and `body`.
  public var byCommand: [String: Int] = [:]
  /// Rejects by the stage that their text names.
  public var byStage: [String: Int] = [:]
  /// Rejects by tag.
  public var byService: [String: Int] = [:]
  /// Keys such as `504 5.5.2`.
  public var byReply: [String: Int] = [:]
  /// postscreen's own verdict words (`PASS NEW`, `PREGREET`, …).
  public var postscreen: [String: Int] = [:]
  /// Actions, deliveries, lost connections, failures and other events that are no rejects.
  public var incidents: [LogIncident: Int] = [:]
  /// The highest loads that anvil reported, one a kind.
  public var peaks: [LoadPeak] = []
  /// Different client addresses, estimated with a standard error of 0.8%.
  public var distinctClients = 0
  /// Who is refused most.
  public var top = TopTalkers()
  /// From when on `top` and `distinctClients` count; a little earlier than `since` while following.
  public var topSince: LogTime?
  /// The course over the window.
  public var series: Series

  /// Creates an empty snapshot of a window.
  public init(since: LogTime, until: LogTime, coverage: Coverage, series: Series) {
    self.since = since
    self.until = until
    self.coverage = coverage
    self.series = series
  }

  /// `refusedSessions` over `endedSessions`, nil while no session has ended.
  public var refusedShare: Double? {
    endedSessions == 0 ? nil : Double(refusedSessions) / Double(endedSessions)
  }
}

/// How much of the window's log was read.
public struct Coverage: Hashable, Sendable {
  /// A log that was left out or could not be read whole.
  public struct Skipped: Hashable, Sendable {
    /// Its path.
    public var file: String
    /// What is missing of it, and why.
    public var reason: String

    /// Names a log and says why.
    public init(file: String, reason: String) {
      self.file = file
      self.reason = reason
    }

    /// Both in a sentence without its full stop.
    public var text: String { "\(file) is not read whole: \(reason)" }
  }

  /// Lines read, of all programs.
  public var lines = 0
  /// Bytes read.
  public var bytes = 0
  /// Lines of Postfix.
  public var postfixLines = 0
  /// Lines of Postfix whose form is not known.
  public var unknownLines = 0
  /// What was read, oldest first.
  public var files: [String] = []
  /// What is missing in the counts though it belongs to them.
  public var skipped: [Skipped] = []
  /// The earliest moment from which everything was read; later than the window's start while older
  /// log is still being read, or when the log does not reach back that far.
  public var readFrom: LogTime?
  /// False while reading goes on; the screen then says "reading…".
  public var isComplete = false
  /// The newest stamp that was read.
  public var newestLine: LogTime?
  /// How often the log was cut while it was followed: what was written between the copy and the cut
  /// is lost unseen.
  public var truncations = 0
  /// How often no copy held what was unread when the log was cut.
  public var lostRests = 0
  /// 0…1 while reading.
  public var progress = 0.0

  /// Creates the coverage of nothing read.
  public init() {}
}

/// Identifies a row: services that share a tag cannot be told apart.
public struct RowKey: Hashable, Sendable, Comparable {
  /// The tag before the last slash of the program's log name: `postfix`, `postfix/submission`.
  public var tag: String
  /// The restriction's name as the policy spells it, or one of the closed list of other causes.
  public var restriction: String
  /// The restriction's argument; nil when it has none.
  public var argument: String?

  /// Creates the name of a row.
  public init(tag: String, restriction: String, argument: String? = nil) {
    self.tag = tag
    self.restriction = restriction
    self.argument = argument
  }

  /// Orders by the fields as they stand.
  public static func < (left: RowKey, right: RowKey) -> Bool {
    (left.tag, left.restriction, left.argument ?? "")
      < (right.tag, right.restriction, right.argument ?? "")
  }
}

/// Rejects and trial rejects of one row; never mixed.
public struct RowCount: Hashable, Sendable {
  /// Lines that report a reject.
  public var rejects = 0
  /// Lines that report a trial reject (`reject_warning`).
  public var trial = 0
  /// True while an open group names this row: the screen shows `≥`.
  public var isAtLeast = false
  /// The start of the count when the restriction's state changed inside the window.
  public var since: LogTime?
  /// With `since`: what of `rejects` and `trial` was counted after that change.
  public var rejectsSinceChange = 0
  /// With `since`: trial rejects after that change.
  public var trialSinceChange = 0

  /// Creates a count.
  public init(rejects: Int = 0, trial: Int = 0) {
    self.rejects = rejects
    self.trial = trial
  }
}

/// Rejects whose text has several causes, none of which the policy decides.
public struct OpenGroup: Hashable, Sendable {
  /// The tag before the last slash of the program's log name: `postfix`, `postfix/submission`.
  public var tag: String
  /// What may be the cause, sorted by name.
  public var candidates: [CauseCandidate]
  /// How often.
  public var count: Int

  /// Creates a group.
  public init(tag: String, candidates: [CauseCandidate], count: Int) {
    self.tag = tag
    self.candidates = candidates
    self.count = count
  }
}

/// Counts per step of time, oldest first.
public struct Series: Hashable, Sendable {
  /// The start of the first step.
  public var start: LogTime
  /// The length of a step in seconds.
  public var stepSeconds: Int
  /// Connections to smtpd.
  public var connections: [Int]
  /// Lines that report a reject.
  public var rejects: [Int]
  /// Messages queued by smtpd that reached the active queue.
  public var accepted: [Int]
  /// Indices of steps in which Postfix was reloaded or warned about its configuration.
  public var marks: [Int]

  /// Creates a course.
  public init(
    start: LogTime, stepSeconds: Int, connections: [Int] = [], rejects: [Int] = [],
    accepted: [Int] = [], marks: [Int] = []
  ) {
    self.start = start
    self.stepSeconds = stepSeconds
    self.connections = connections
    self.rejects = rejects
    self.accepted = accepted
    self.marks = marks
  }
}

/// The heaviest clients, networks, names and addresses, from a bounded sketch.
public struct TopTalkers: Hashable, Sendable {
  /// One entry; the true count lies between `count - error` and `count`.
  public struct Entry: Hashable, Sendable {
    /// The client, network, name or address.
    public var key: String
    /// How often.
    public var count: Int
    /// How much `count` may be too high.
    public var error: Int

    /// Creates an entry.
    public init(key: String, count: Int, error: Int) {
      self.key = key
      self.count = count
      self.error = error
    }
  }

  /// Client addresses.
  public var clients: [Entry] = []
  /// Networks: /24 of IPv4, /64 of IPv6.
  public var networks: [Entry] = []
  /// HELO names.
  public var heloNames: [Entry] = []
  /// Domains of envelope senders.
  public var senderDomains: [Entry] = []
  /// Envelope recipients.
  public var recipients: [Entry] = []

  /// Creates empty lists.
  public init() {}
}
