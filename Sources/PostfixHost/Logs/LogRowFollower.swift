import Glibc
import HostSystem
import MailLog

/// What ``followLogRows(_:since:zone:body:)`` tells.
public enum LogFollowing {
  /// A line, foreign ones not.
  case row(LogRow)
  /// Everything that was there at the start was given.
  case caughtUp
  /// The log cannot be read now, or lines may be missing: one sentence.
  case problem(String)
}

/// Gives every Postfix line of a log from a moment on as a row, in order and each once, then those
/// that come, through rotations. Blocks until `body` throws, or standard input ends.
///
/// - Parameters:
///   - since: lines before it are passed over.
///   - zone: the zone of stamps that have none; nil for the machine's.
///   - body: called once for each row and for what happens to the log.
/// - Throws: what `body` throws.
public func followLogRows(
  _ source: LogSource, since: LogTime, zone: LocalZone? = nil,
  body: (LogFollowing) throws -> Void
) throws {
  var now = LogTime(microseconds: wallClockMicroseconds())
  let zone = zone ?? .system(around: now)
  // A block holds fewer lines than the ring: none is pushed out before it is given.
  let ring = LineRing(capacity: BlockReader.smallBlock / 16)
  let tally = LogTally(
    window: .sliding(seconds: 60), zone: zone, reference: now, isLive: true)
  let input = FollowedInput(
    source: source, zone: zone, since: since, now: now, ring: ring, preloads: false)
  defer { input.close() }
  var rows = LogRowReader(zone: zone, reference: now)
  var given: UInt64 = 0
  var (isCaughtUp, truncations) = (false, 0)
  var problem: String?
  while true {
    now = LogTime(microseconds: wallClockMicroseconds())
    let didRead = input.readBlock(into: tally, ring: ring, now: now)
    rows.advanceReference(to: now)
    for line in ring.news(after: given, limit: .max).lines {
      given = line.sequence
      let row = rows.row(line.bytes.span, sequence: line.sequence)
      if let time = row.time, time < since { continue }
      try body(.row(row))
    }
    if input.isCaughtUp && !isCaughtUp {
      isCaughtUp = true
      try body(.caughtUp)
    }
    if input.truncations > truncations {
      truncations = input.truncations
      try body(.problem("the log was cut; lines written just before may be missing"))
    }
    if input.problem != problem {
      problem = input.problem
      if let problem { try body(.problem(problem)) }
    }
    if input.isFinished { return }
    if !didRead { usleep(50_000) }
  }
}
