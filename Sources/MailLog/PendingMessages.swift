/// Queue ids that smtpd opened (`client=`) and qmgr has not yet made active: mail on its way in.
///
/// A message that is refused after all never becomes active. Its entry goes when the next message
/// of the session begins or the session ends (with a grace, since qmgr may log later), or when
/// newer ones need the place.
struct PendingMessages {
  struct Entry {
    var queueID: UInt64
    var session: UInt64
    var tag: Int32
    /// When the transaction was over, microseconds; `Int64.max` while it is open.
    var endedAt = Int64.max
    /// The end of its session, where that was counted as refused.
    var refusedAt: Int64?
  }

  /// How long after the end of its session a message may still become active.
  static let grace: Int64 = 60 * 1_000_000
  static let limit = 16_384

  private var entries: [UInt64: Entry] = [:]

  init() { entries.reserveCapacity(1024) }

  mutating func open(_ entry: Entry) {
    if entries.count >= Self.limit { dropOldest() }
    entries[entry.queueID] = entry
  }

  /// The entry that becomes active at `time`, nil when smtpd did not open it.
  mutating func take(_ queueID: UInt64, at time: Int64) -> Entry? {
    guard !entries.isEmpty, let entry = entries.removeValue(forKey: queueID) else { return nil }
    return entry.endedAt != .max && time > entry.endedAt + Self.grace ? nil : entry
  }

  /// Forgets a message that was refused, or that somebody else made under a reused queue id.
  mutating func cancel(_ queueID: UInt64) { entries.removeValue(forKey: queueID) }

  /// Notes that the transaction is over; `refusedAt` is set when its session ended as refused.
  mutating func close(_ queueID: UInt64, at time: Int64, refusedAt: Int64?) {
    guard let index = entries.index(forKey: queueID) else { return }
    entries.values[index].endedAt = time
    entries.values[index].refusedAt = refusedAt
  }

  /// Gives up the half that ended first.
  private mutating func dropOldest() {
    let oldest = entries.values.sorted { $0.endedAt < $1.endedAt }.prefix(Self.limit / 2)
    for entry in oldest { entries.removeValue(forKey: entry.queueID) }
  }
}
