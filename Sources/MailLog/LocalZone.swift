/// The time zone of a log's writer: traditional stamps hold local time without a zone.
///
/// A value from outside, since this target asks no system for its zone.
public struct LocalZone: Hashable, Sendable {
  /// From `start` (seconds since the epoch, UTC) on, local time is UTC plus `offset` seconds.
  public struct Transition: Hashable, Sendable {
    /// Seconds since the epoch, UTC.
    public var start: Int64
    /// Seconds east of UTC.
    public var offset: Int

    /// Creates a change of offset.
    public init(start: Int64, offset: Int) {
      self.start = start
      self.offset = offset
    }
  }

  /// Ascending by start; the first one also holds before its start.
  public private(set) var transitions: [Transition]

  /// UTC.
  public static let utc = LocalZone(offset: 0)

  /// A zone with one offset, in seconds east of UTC.
  public init(offset: Int) { transitions = [Transition(start: .min, offset: offset)] }

  /// A zone with daylight saving time; an empty list means UTC.
  public init(transitions: [Transition]) {
    self.transitions =
      transitions.isEmpty
      ? [Transition(start: .min, offset: 0)] : transitions.sorted { $0.start < $1.start }
  }

  /// Seconds east of UTC at a moment given in seconds since the epoch.
  public func offset(at seconds: Int64) -> Int {
    for transition in transitions.reversed() where transition.start <= seconds {
      return transition.offset
    }
    return transitions[0].offset
  }

  /// Seconds by which a line may be earlier than the one before without a clock having been set back.
  /// More would take what follows a pause in the second of two equal hours for the first.
  private static let lateness: Int64 = 300

  /// The moment that a clock on the wall shows as `local`.
  ///
  /// The hour that a clock set back shows twice is resolved by `previous`, the moment of the line
  /// before: the earlier reading, unless time would then run backwards. A time that a clock set
  /// forward skips is read with the offset from before the step.
  func moment(ofLocal local: Int64, after previous: Int64?) -> Int64 {
    var matches: [Int64] = []
    for (index, transition) in transitions.enumerated() {
      let moment = local - Int64(transition.offset)
      let start = index == 0 ? Int64.min : transition.start
      let end = index + 1 < transitions.count ? transitions[index + 1].start : Int64.max
      if moment >= start && moment < end { matches.append(moment) }
    }
    guard let first = matches.first else {
      return local - Int64(offset(at: local - 86_400))
    }
    if let previous, let second = matches.last, first < previous - Self.lateness { return second }
    return first
  }
}
