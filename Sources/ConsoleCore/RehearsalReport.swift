/// How a rehearsal goes (DESIGN: *what would it have done?*).
public enum RehearsalStatus: Hashable, Sendable {
  /// It is under way: what it does now, and 0…1 where that is known.
  case running(step: String, progress: Double?)
  case finished(RehearsalReport)
  /// It could not be done; one sentence why.
  case failed(String)
}

/// What a draft, or one restriction, would have done to the mail of the window.
public struct RehearsalReport: Hashable, Sendable {
  /// The answer for one restriction.
  public struct Row: Hashable, Sendable {
    /// The restriction with its argument.
    public var restriction: String
    /// How sure the answer is: `exact from the log`, `asked again today`, `not knowable`, …
    public var grade: String
    /// Messages that were accepted and would have been refused; nil when it is not knowable.
    public var lostMessages: Int?
    /// From how many clients; nil when it is not knowable.
    public var lostClients: Int?
    /// One sentence: what the answer does not know.
    public var text: String

    /// Creates the answer for one restriction.
    public init(
      restriction: String, grade: String, lostMessages: Int?, lostClients: Int?, text: String = ""
    ) {
      self.restriction = restriction
      self.grade = grade
      self.lostMessages = lostMessages
      self.lostClients = lostClients
      self.text = text
    }
  }

  /// A sender who would have been refused.
  public struct Victim: Hashable, Sendable {
    /// Name and address of the client.
    public var client: String
    /// The domain that it sent for.
    public var senderDomain: String
    /// Messages that would have been lost.
    public var messages: Int
    /// Messages accepted from that network for that domain in the window: how far it is trusted.
    public var acceptedBefore: Int
    /// When it was last seen, in words.
    public var lastSeen: String
    /// What it would be told.
    public var reply: String
    /// The restriction that would refuse it.
    public var restriction: String
    /// What would save it; empty when nothing is to be proposed.
    public var exception: String

    /// Creates a victim.
    public init(
      client: String, senderDomain: String, messages: Int, acceptedBefore: Int, lastSeen: String,
      restriction: String, reply: String = "", exception: String = ""
    ) {
      self.client = client
      self.senderDomain = senderDomain
      self.messages = messages
      self.acceptedBefore = acceptedBefore
      self.lastSeen = lastSeen
      self.reply = reply
      self.restriction = restriction
      self.exception = exception
    }
  }

  /// What was rehearsed.
  public var subject: String
  /// One answer a restriction.
  public var rows: [Row]
  /// Who would be lost, most trusted first.
  public var victims: [Victim]
  /// The whole answer in a few sentences: lost, caught, coverage.
  public var summary: [String]
  /// How much of the window could be judged, by grade; one sentence each.
  public var coverage: [String]
  /// What the answer does not know, one sentence each.
  public var unknowns: [String]
  /// True when HELO names of accepted mail would have told more, and are not recorded.
  public var lacksHelo: Bool

  /// Creates a report.
  public init(
    subject: String, rows: [Row], victims: [Victim] = [], summary: [String] = [],
    coverage: [String] = [], unknowns: [String] = [], lacksHelo: Bool = false
  ) {
    self.subject = subject
    self.rows = rows
    self.victims = victims
    self.summary = summary
    self.coverage = coverage
    self.unknowns = unknowns
    self.lacksHelo = lacksHelo
  }
}
