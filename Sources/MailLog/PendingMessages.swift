/// Queue ids that smtpd opened (`client=`) and qmgr has not yet made active: mail on its way in.
///
/// A message that is refused after all never becomes active. Its entry goes when the next message
/// of the session begins or the session ends (with a grace, since qmgr may log later), or when
/// newer ones need the place.
struct PendingMessages: ~Copyable {
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

  private var entries = FlatTable(filler: Entry(queueID: 0, session: 0, tag: 0))

  mutating func open(_ entry: Entry) {
    if entries.count >= Self.limit { dropOldest() }
    entries.set(entry.queueID, entry)
  }

  /// The entry that becomes active at `time`, nil when smtpd did not open it.
  mutating func take(_ queueID: UInt64, at time: Int64) -> Entry? {
    var found: Entry?
    entries.remove(queueID) { found = $0 }
    guard let entry = found else { return nil }
    return entry.endedAt != .max && time > entry.endedAt + Self.grace ? nil : entry
  }

  /// Forgets a message that was refused, or that somebody else made under a reused queue id.
  mutating func cancel(_ queueID: UInt64) { entries.remove(queueID) }

  /// Notes that the transaction is over; `refusedAt` is set when its session ended as refused.
  mutating func close(_ queueID: UInt64, at time: Int64, refusedAt: Int64?) {
    entries.update(queueID) { entry in
      entry.endedAt = time
      entry.refusedAt = refusedAt
    }
  }

  /// Gives up the half that ended first.
  private mutating func dropOldest() {
    let oldest = entries.entries.map(\.value).sorted { $0.endedAt < $1.endedAt }.prefix(
      Self.limit / 2)
    for entry in oldest { cancel(entry.queueID) }
  }
}
