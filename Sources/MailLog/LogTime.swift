/// A moment in the log: microseconds since 1970-01-01T00:00:00Z.
public struct LogTime: Hashable, Sendable, Comparable {
  /// Microseconds since the epoch.
  public var microseconds: Int64

  /// Creates a moment from microseconds since the epoch.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Creates a moment from whole seconds since the epoch.
  public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  /// Whole seconds since the epoch, rounded down.
  public var seconds: Int64 {
    microseconds >= 0 ? microseconds / 1_000_000 : -((999_999 - microseconds) / 1_000_000)
  }

  /// Earlier is less.
  public static func < (left: LogTime, right: LogTime) -> Bool {
    left.microseconds < right.microseconds
  }
}
