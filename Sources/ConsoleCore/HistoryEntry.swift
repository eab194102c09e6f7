/// One change of the history, as the screen shows it.
public struct HistoryEntry: Hashable, Sendable {
  /// Its place in the history, from 1.
  public var number: Int
  /// When it was made, in local time.
  public var time: String
  /// Who made it.
  public var who: String
  /// Why, in the words of who made it.
  public var message: String
  /// What became of it: `kept`, `undone`, …
  public var outcome: String
  /// The change that this one takes back.
  public var undoes: Int?
  /// True when it is in force, so that it can be taken back.
  public var isInForce: Bool
  /// Unified diff.
  public var diff: String
  /// What the checks and Postfix said, what could not be judged, and how it ended.
  public var remarks: [String]
  /// The commands that ran for it, with their exit status.
  public var commands: [String]
  /// The trial with an end that it began, in words: until when, or that it is over.
  public var trial: String?
  /// True when that trial is over, so that its verdict stands.
  public var isTrialOver = false

  /// Creates an entry.
  public init(
    number: Int, time: String, who: String, message: String, outcome: String, undoes: Int? = nil,
    isInForce: Bool, diff: String, remarks: [String] = [], commands: [String] = []
  ) {
    self.number = number
    self.time = time
    self.who = who
    self.message = message
    self.outcome = outcome
    self.undoes = undoes
    self.isInForce = isInForce
    self.diff = diff
    self.remarks = remarks
    self.commands = commands
  }

  /// The reason, or which change it takes back.
  public var why: String { message.isEmpty ? undoes.map { "undo of \($0)" } ?? "" : message }
}
