import Attribution
import MailLog

/// A place in the log on disk, as the host counts; the console only hands it back.
public struct LogPosition: Hashable, Sendable {
  /// Number of the file, oldest first.
  public var file: Int
  /// Position in the file, in bytes.
  public var offset: Int64

  /// Creates a position.
  public init(file: Int, offset: Int64) {
    self.file = file
    self.offset = offset
  }
}

/// What names a place in the log.
public enum LogAnchor: Hashable, Sendable {
  case position(LogPosition)
  /// Before a row that came from following the log.
  case row(LogRow)
  /// The first line that is not older than this.
  case moment(LogTime)
  /// The beginning of the oldest file.
  case start
}

/// Asks for rows of the log on disk that pass a filter.
public struct LogRequest: Hashable, Sendable {
  /// Which rows.
  public enum Kind: Hashable, Sendable {
    /// The last ones before the anchor.
    case before
    /// The first ones from the anchor on.
    case after
    /// The nearest row before the anchor that holds this text (any case), with what surrounds it.
    case find(String)
  }

  /// Rises by one a request; the newest one alone is wanted.
  public var id: Int
  /// Which rows.
  public var kind: Kind
  /// From where.
  public var anchor: LogAnchor
  /// Rows that do not pass are left out.
  public var filter: LogFilter
  /// How many rows at most.
  public var limit = 400
}

/// The answer to a ``LogRequest``.
public struct LogPage: Hashable, Sendable {
  /// The request that it answers.
  public var id: Int
  /// Oldest first.
  public var rows: [LogRow]
  /// What lies before it was not looked at.
  public var start: LogPosition
  /// What lies behind it was not looked at.
  public var end: LogPosition
  /// Nothing more lies before it.
  public var isAtStart = false
  /// Nothing more lies behind it: what comes next is new.
  public var isAtEnd = false
  /// The row that was searched for.
  public var found: Int?

  /// Creates a page.
  public init(id: Int, rows: [LogRow], start: LogPosition, end: LogPosition) {
    self.id = id
    self.rows = rows
    self.start = start
    self.end = end
  }
}

/// How the reading for a ``LogRequest`` goes.
public enum LogReading: Hashable, Sendable {
  /// It is under way and has come to this moment.
  case progress(id: Int, at: LogTime?)
  case page(LogPage)
  /// It cannot be done; one sentence why.
  case failed(id: Int, String)
}
