import MailLog

/// The log on the screen: a bounded tail of rows, a cursor, and a pause.
public struct LogView: Sendable {
  /// Rows kept; older ones are in the file.
  public static let capacity = 2000

  /// The rows, oldest first.
  public private(set) var rows: [LogRow] = []
  /// Rows dropped at the front since the start; index + dropped names a row for good.
  public private(set) var dropped = 0
  /// True while new rows wait outside.
  public private(set) var isPaused = false
  /// The row that the cursor is on, counted from the first row ever; nil follows the end.
  public private(set) var cursor: Int?
  private var waiting: [LogRow] = []
  private var lost = 0
  /// The rows shown during a pause are to be forgotten at its end.
  private var isStale = false

  /// The row with this number, if it is still kept.
  public subscript(number: Int) -> LogRow? {
    rows.indices.contains(number - dropped) ? rows[number - dropped] : nil
  }

  /// The number of the row that the cursor is on, or of the last one; nil without rows.
  public var current: Int? {
    guard !rows.isEmpty else { return nil }
    let last = dropped + rows.count - 1
    return min(last, max(dropped, cursor ?? last))
  }

  /// How many rows wait until the pause ends.
  public var waitingCount: Int { waiting.count + lost }

  mutating func append(_ new: [LogRow]) {
    if isPaused {
      waiting += new
      let excess = waiting.count - Self.capacity
      if excess > 0 {
        waiting.removeFirst(excess)
        lost += excess
      }
      return
    }
    rows += new
    // Dropped in portions, so that a steady flow does not move the whole array for every row.
    if rows.count > Self.capacity + Self.capacity / 4 {
      let excess = rows.count - Self.capacity
      rows.removeFirst(excess)
      dropped += excess
    }
  }

  /// Forgets the rows, since they will come again; during a pause what is shown stays until its end.
  mutating func clear() {
    waiting = []
    lost = 0
    isStale = isPaused
    guard !isPaused else { return }
    dropped += rows.count
    rows = []
    cursor = nil
  }

  mutating func togglePause() {
    isPaused.toggle()
    guard !isPaused else { return }
    if isStale {
      dropped += rows.count
      rows = []
      cursor = nil
      isStale = false
    }
    let held = waiting
    dropped += lost
    waiting = []
    lost = 0
    append(held)
  }

  mutating func move(by rowsDown: Int) {
    guard let current else { return }
    let last = dropped + rows.count - 1
    let target = max(dropped, min(last, current + rowsDown))
    cursor = target == last ? nil : target
  }

  mutating func moveToStart() { cursor = rows.isEmpty ? nil : dropped }

  mutating func follow() { cursor = nil }
}
