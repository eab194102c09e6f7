import MailLog

/// Leaves out the rows that come again when the log is read anew.
public struct RowsOnce: Sendable {
  private var generation: Int?
  private var newest: LogTime?
  /// Rows with the newest stamp: only their number tells them from those that follow in the same second.
  private var countAtNewest = 0
  private var repeated = 0

  /// Creates one that has seen no row.
  public init() {}

  /// The rows of a reading that no earlier one had.
  ///
  /// - Parameter generation: another one than before says that the log is read anew.
  public mutating func new(_ rows: [LogRow], generation: Int) -> [LogRow] {
    if self.generation != generation {
      self.generation = generation
      repeated = countAtNewest
    }
    return rows.filter { isNew($0) }
  }

  private mutating func isNew(_ row: LogRow) -> Bool {
    guard let time = row.time else { return repeated == 0 }
    guard let newest, time <= newest else {
      (newest, countAtNewest, repeated) = (time, 1, 0)
      return true
    }
    // Behind the last row that is known, a stamp may go back a little.
    if repeated == 0 {
      if time == newest { countAtNewest += 1 }
      return true
    }
    if time == newest { repeated -= 1 }
    return false
  }
}
