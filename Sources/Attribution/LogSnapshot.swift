import MailLog

/// What the counts of one window say, as an immutable value for the screen and the commands.
public struct LogSnapshot: Hashable, Sendable {
  public var since: LogTime
  public var until: LogTime
  public var coverage: Coverage
  public var connections = 0
  public var accepted = 0
  public var rejects = 0
  public var trial = 0
  /// Sessions that ended inside the window, and those of them with at least one reject and no
  /// accepted message (attribution.md, "Refused share").
  public var endedSessions = 0
  public var refusedSessions = 0
  /// Counts of what one restriction (or a name of the closed list) did, by row.
  public var rows: [RowKey: RowCount] = [:]
  /// Rejects that several restrictions may have caused; rows + open groups = `rejects`.
  public var open: [OpenGroup] = []
  /// Trial rejects that several restrictions may have caused; rows + these = `trial`.
  public var openTrial: [OpenGroup] = []
  public var byCommand: [String: Int] = [:]
  public var byStage: [String: Int] = [:]
  public var byService: [String: Int] = [:]
  /// Keys such as `504 5.5.2`.
  public var byReply: [String: Int] = [:]
  /// postscreen's own verdict words (`PASS NEW`, `PREGREET`, …).
  public var postscreen: [String: Int] = [:]
  public var distinctClients = 0
  public var top = TopTalkers()
  /// From when on `top` and `distinctClients` count; a little earlier than `since` while following.
  public var topSince: LogTime?
  public var series: Series

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
  public var lines = 0
  public var bytes = 0
  public var postfixLines = 0
  public var unknownLines = 0
  public var files: [String] = []
  /// The earliest moment from which everything was read; later than the window's start while older
  /// log is still being read, or when the log does not reach back that far.
  public var readFrom: LogTime?
  /// False while reading goes on; the screen then says "reading…".
  public var isComplete = false
  /// The newest stamp that was read.
  public var newestLine: LogTime?
  /// Truncations of the log that may have destroyed lines before they could be read.
  public var truncations = 0
  /// 0…1 while reading.
  public var progress = 0.0

  public init() {}
}

/// Identifies a row: services that share a tag cannot be told apart (attribution.md, "Unit and rows").
public struct RowKey: Hashable, Sendable, Comparable {
  public var tag: String
  public var restriction: String
  public var argument: String?

  public init(tag: String, restriction: String, argument: String? = nil) {
    self.tag = tag
    self.restriction = restriction
    self.argument = argument
  }

  public static func < (left: RowKey, right: RowKey) -> Bool {
    (left.tag, left.restriction, left.argument ?? "")
      < (right.tag, right.restriction, right.argument ?? "")
  }
}

/// Rejects and trial rejects of one row; never mixed.
public struct RowCount: Hashable, Sendable {
  public var rejects = 0
  public var trial = 0
  /// True while an open group names this row: the screen shows `≥`.
  public var isAtLeast = false
  /// The start of the count when the restriction's state changed inside the window.
  public var since: LogTime?
  /// With `since`: what of `rejects` and `trial` was counted after that change.
  public var rejectsSinceChange = 0
  public var trialSinceChange = 0

  public init(rejects: Int = 0, trial: Int = 0) {
    self.rejects = rejects
    self.trial = trial
  }
}

/// Rejects whose text has several causes, none of which the policy decides.
public struct OpenGroup: Hashable, Sendable {
  public var tag: String
  public var candidates: [CauseCandidate]
  public var count: Int

  public init(tag: String, candidates: [CauseCandidate], count: Int) {
    self.tag = tag
    self.candidates = candidates
    self.count = count
  }
}

/// Counts per step of time, oldest first.
public struct Series: Hashable, Sendable {
  public var start: LogTime
  public var stepSeconds: Int
  public var connections: [Int]
  public var rejects: [Int]
  public var accepted: [Int]
  /// Indices of steps in which Postfix was reloaded or warned about its configuration.
  public var marks: [Int]

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
    public var key: String
    public var count: Int
    public var error: Int

    public init(key: String, count: Int, error: Int) {
      self.key = key
      self.count = count
      self.error = error
    }
  }

  public var clients: [Entry] = []
  public var networks: [Entry] = []
  public var heloNames: [Entry] = []
  public var senderDomains: [Entry] = []
  public var recipients: [Entry] = []

  public init() {}
}
