import MailLog

/// Rows that were not fetched before, as of one moment.
public struct LogRowNews: Sendable {
  /// Rises when the log is read again from another place: the same lines then come again under new
  /// numbers, and rows fetched before are to be forgotten.
  public var generation: Int
  /// Oldest first.
  public var rows: [LogRow]
}
