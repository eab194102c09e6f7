/// Reads log lines and counts: connections, rejects by signature, accepted mail, sessions, talkers.
///
/// Memory is bounded whatever the log holds. Nothing is allocated per line once the tables are warm.
/// Not thread-safe: one reader owns it.
public final class LogTally {
  private var core: TallyCore

  /// Longer lines, their newline counted, are none of Postfix's: they are counted but not read.
  public static let longestLine = 256 * 1024

  /// One Postfix line inside a block.
  public struct BlockLine: Sendable {
    /// First byte of the line, counted from the block's start.
    public var start: Int
    /// The byte behind the line's last one, its newline not counted.
    public var end: Int
  }

  /// Creates an empty tally.
  ///
  /// - Parameters:
  ///   - window: what to count.
  ///   - zone: the zone of stamps that have none.
  ///   - reference: a moment after the newest line; stamps without a year are read against it.
  ///   - isLive: keep what a follower shows: texts of open sessions, and ``blockLines``.
  public init(
    window: TallyWindow, zone: LocalZone = .utc, reference: LogTime, isLive: Bool = false
  ) {
    core = TallyCore(window: window, zone: zone, reference: reference, isLive: isLive)
  }

  /// Postfix lines of the block consumed last, for a ring of recent lines; empty unless live.
  public var blockLines: [BlockLine] { core.blockLines }

  /// The moment of the newest line.
  public var newestLine: LogTime? { core.newestLine }

  /// For another file: stamps without a year are read against this moment.
  public func setReference(_ reference: LogTime) { core.setReference(reference) }

  /// Time goes on while a log is followed: stamps without a year are read against a later moment.
  public func advanceReference(to moment: LogTime) { core.advanceReference(to: moment) }

  /// From `start` on another policy is in force; sessions that began before keep the former one.
  ///
  /// - Returns: its number, from 1; nil beyond 1023 policies, whose counts stay with the last one.
  @discardableResult
  public func beginEpoch(at start: LogTime) -> Int? { core.beginEpoch(at: start) }

  /// Reads the complete lines of a block.
  ///
  /// - Returns: the number of bytes read, up to and with the last newline.
  public func consume(_ block: Span<UInt8>) -> Int { core.consume(block) }

  /// Reads a last line that has no newline.
  public func consumeRest(_ rest: Span<UInt8>) { core.consumeRest(rest) }

  /// Counts a line that was too long to be kept and was skipped.
  public func skipLongLine(byteCount: Int) { core.skipLongLine(byteCount: byteCount) }

  /// The smtpd sessions that are open by the log, longest first.
  public func openSessions() -> [OpenSession] { core.openSessions() }

  /// Everything counted so far.
  ///
  /// - Parameters:
  ///   - now: the end of a sliding window; a newer line moves it on.
  ///   - topLimit: the length of the top lists.
  public func summary(now: LogTime, topLimit: Int = 20) -> TallySummary {
    core.summary(now: now, topLimit: topLimit)
  }
}
