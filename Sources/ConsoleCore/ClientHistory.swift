import MailLog

/// What the log tells of one client.
public struct ClientHistory: Hashable, Sendable {
  /// How often one cause refused it.
  public struct Refusal: Hashable, Sendable {
    /// The restriction, or the restrictions that it may have been.
    public var cause: String
    /// How often.
    public var count: Int
    /// The last time.
    public var last: LogTime?
  }

  /// Newest rows that are kept.
  private static let rowLimit = 200

  /// The client's address.
  public let address: String
  /// Its newest lines, newest first.
  public private(set) var rows: [LogRow] = []
  /// What refused it, most frequent first.
  public private(set) var refusals: [Refusal] = []
  /// Trial rejects: what would have refused it.
  public private(set) var trials: [Refusal] = []
  /// Connections of the client.
  public private(set) var connections = 0
  /// Messages accepted from it.
  public private(set) var accepted = 0
  /// When a message of it was accepted last.
  public private(set) var lastAccepted: LogTime?
  /// How far back the log was read.
  public var readFrom: LogTime?
  /// True when all of the log was read that will be.
  public var isComplete = false
  /// Why the log cannot be read; nil when it can.
  public var problem: String?

  /// Creates the history of a client of which nothing is known yet.
  public init(address: String) { self.address = address }

  /// Takes a row of this client; rows come newest first.
  ///
  /// - Parameter cause: the restriction that refused it, in words.
  public mutating func add(_ row: LogRow, cause: String?) {
    if rows.count < Self.rowLimit { rows.append(row) }
    switch row.kind {
    case .connect: connections += 1
    case .accepted:
      accepted += 1
      lastAccepted = lastAccepted ?? row.time
    case .reject: Self.count(cause ?? row.text, row.time, in: &refusals)
    case .trial: Self.count(cause ?? row.text, row.time, in: &trials)
    default: break
    }
  }

  private static func count(_ cause: String, _ time: LogTime?, in list: inout [Refusal]) {
    if let index = list.firstIndex(where: { $0.cause == cause }) {
      list[index].count += 1
    } else if list.count < 50 {
      list.append(Refusal(cause: cause, count: 1, last: time))
    }
    list.sort { ($1.count, $0.cause) < ($0.count, $1.cause) }
  }
}
