/// Queue ids that smtpd opened (`client=`) and qmgr has not yet made active: mail on its way in.
///
/// A message that is refused after all never becomes active. Its entry goes with the line that says so,
/// a day after the next message of its session began or the session ended, or when newer ones need the
/// place.
struct PendingMessages: ~Copyable {
  struct Entry {
    var queueID: UInt64
    var session: UInt64
    /// When that session began, microseconds: another one of the same process has the same key.
    var sessionBegan: Int64 = 0
    var tag: Int32
    /// When the transaction was over, microseconds; `Int64.max` while it is open.
    var endedAt = Int64.max
    /// The end of its session, where that was counted as refused.
    var refusedAt: Int64?
    /// True where other messages of the session may have the same end.
    var isOneOfSeveral = false
  }

  /// How long after the end of its session a message may still become active, since the queue manager
  /// may be busy or stopped. A queue id comes again in so short a time only where a file gets the same
  /// inode within the same microsecond of a second.
  static let grace: Int64 = 86_400 * 1_000_000
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

  /// The message with a queue id, which stays pending.
  func entry(of queueID: UInt64) -> Entry? {
    var found: Entry?
    entries.look(queueID) { found = $0 }
    return found
  }

  /// Notes of all messages of a session that it ended as refused at `time`; nil takes that back.
  mutating func setRefused(at time: Int64?, session: UInt64, began: Int64) {
    for other in entries.entries.map(\.value)
    where other.session == session && other.sessionBegan == began {
      entries.update(other.queueID) { entry in
        entry.refusedAt = time
        entry.isOneOfSeveral = true
      }
    }
  }

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
