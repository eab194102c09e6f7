/// What a made log holds.
public struct LogTruth: Equatable, Sendable {
  /// Lines, and those of other programs among them.
  public var (lines, foreign) = (0, 0)
  /// Connections and sessions that ended.
  public var (connections, ended) = (0, 0)
  /// Ended sessions with a reject and no accepted message.
  public var refused = 0
  /// Messages that smtpd queued and qmgr made active.
  public var accepted = 0
  /// Reject lines and trial lines.
  public var (rejects, trial) = (0, 0)
  /// Rejects by code and enhanced code; those without are left out.
  public var byReply: [String: Int] = [:]
  /// Rejects by command.
  public var byCommand: [String: Int] = [:]
  /// Rejects by the log name before the program.
  public var byTag: [String: Int] = [:]
  /// Rejects by their place in ``RejectKind/all``.
  public var byKind: [Int: Int] = [:]
  /// Trial rejects likewise.
  public var trialByKind: [Int: Int] = [:]
  /// Actions, deliveries and events by the name that a report gives them.
  public var incidents: [String: Int] = [:]
  /// Rejects by hour since the epoch: a stamp read wrongly shows here.
  public var byHour: [Int64: Int] = [:]
  /// Addresses that connected.
  public var clients: Set<String> = []
  /// Rejects by client address.
  public var byClient: [String: Int] = [:]
}
