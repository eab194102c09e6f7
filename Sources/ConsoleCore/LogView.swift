import Attribution
import MailLog
import PostfixConfig

/// The log on the screen: the newest rows, further back what was read from the file, a cursor, a
/// filter and a pause.
public struct LogView: Sendable {
  /// Newest rows kept; older ones are in the file.
  public static let capacity = 2000
  /// Rows kept at most while scrolled back.
  private static let scrolledCapacity = 6000

  /// The rows that pass the filter, oldest first.
  public private(set) var rows: [LogRow] = []
  /// Rows dropped at the front since the start, less those read back; index + dropped names a row.
  public private(set) var dropped = 0
  /// True while new rows wait outside.
  public private(set) var isPaused = false
  /// The row that the cursor is on, by its number; nil follows the end.
  public private(set) var cursor: Int?
  /// What rows must fulfil to be shown.
  public private(set) var filter = LogFilter()
  /// False while `rows` is a part of the file with which the newest rows are not connected.
  public private(set) var isAttached = true
  /// True when no older row is left in the file.
  public private(set) var isAtStart = false
  /// What is being read; nil when nothing is.
  public private(set) var request: LogRequest?
  /// How far the reading has come.
  public private(set) var readingAt: LogTime?

  /// The newest rows, whether they pass the filter or not.
  private var tail: [LogRow] = []
  private var waiting: [LogRow] = []
  private var lost = 0
  /// The rows shown during a pause are to be forgotten at its end.
  private var isStale = false
  private var start: LogPosition?
  private var end: LogPosition?
  private var nextID = 1
  /// True when the reading was ended by hand: it is not begun again without a key.
  private var isEnded = false

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

  /// The row that the cursor is on.
  public var currentRow: LogRow? { current.flatMap { self[$0] } }

  /// How many rows wait until the pause ends.
  public var waitingCount: Int { waiting.count + lost }

  /// The index of the first row to show on so many lines; nil without rows.
  public func firstVisible(height: Int) -> Int? {
    guard let current else { return nil }
    guard cursor != nil else { return max(0, rows.count - height) }
    return ConsoleCore.firstVisible(cursor: current - dropped, count: rows.count, height: height)
  }

  mutating func append(_ new: [LogRow], policy: Policy?) {
    if isPaused {
      waiting += new
      let excess = waiting.count - Self.capacity
      if excess > 0 {
        waiting.removeFirst(excess)
        lost += excess
      }
      return
    }
    tail += new
    trim(&tail)
    guard isAttached else { return }
    rows += filter.isEmpty ? new : new.filter { filter.passes($0, policy: policy) }
    if cursor == nil {
      let excess = trim(&rows)
      if excess > 0 {
        dropped += excess
        (start, isAtStart) = (nil, false)
      }
    } else if rows.count > Self.scrolledCapacity {
      // Who reads on an old page is not moved by what comes.
      cutEnd()
    }
  }

  // Dropped in portions, so that a steady flow does not move the whole array for every row.
  @discardableResult
  private func trim(_ rows: inout [LogRow]) -> Int {
    guard rows.count > Self.capacity + Self.capacity / 4 else { return 0 }
    let excess = rows.count - Self.capacity
    rows.removeFirst(excess)
    return excess
  }

  private mutating func cutEnd() {
    let excess = rows.count - Self.scrolledCapacity
    guard excess > 0 else { return }
    rows.removeLast(excess)
    isAttached = false
    end = nil
  }

  /// Forgets the rows, since they will come again; during a pause what is shown stays until its end.
  ///
  /// - Parameter keepsPlace: whoever reads further back stays there, since the file has the same rows.
  mutating func clear(keepsPlace: Bool) {
    waiting = []
    lost = 0
    tail = []
    isStale = isPaused
    guard !isPaused, isAttached else { return }
    if keepsPlace, cursor != nil {
      isAttached = false
      end = nil
    } else {
      replaceRows([])
    }
  }

  mutating func togglePause(policy: Policy?) {
    isPaused.toggle()
    guard !isPaused else { return }
    if isStale {
      replaceRows([])
      isStale = false
    }
    let held = waiting
    if isAttached { dropped += lost }
    waiting = []
    lost = 0
    append(held, policy: policy)
  }

  /// Shows other rows; those shown so far lose their numbers.
  private mutating func replaceRows(_ new: [LogRow]) {
    dropped += rows.count
    rows = new
    cursor = nil
    (start, end, isAtStart) = (nil, nil, false)
    isAttached = true
    request = nil
    isEnded = false
  }

  /// Shows only rows that pass; an empty filter shows all.
  mutating func setFilter(_ filter: LogFilter, policy: Policy?) {
    self.filter = filter
    replaceRows(filter.isEmpty ? tail : tail.filter { filter.passes($0, policy: policy) })
  }

  mutating func move(by rowsDown: Int) {
    guard let current else { return }
    let last = dropped + rows.count - 1
    let target = max(dropped, min(last, current + rowsDown))
    cursor = target == last && isAttached ? nil : target
  }

  mutating func move(to number: Int) {
    guard self[number] != nil else { return }
    cursor = number == dropped + rows.count - 1 && isAttached ? nil : number
  }

  mutating func moveToStart() { cursor = rows.isEmpty ? nil : dropped }

  /// Goes back to the newest rows and stays with them.
  mutating func follow(policy: Policy?) {
    if isAttached {
      cursor = nil
    } else {
      setFilter(filter, policy: policy)
    }
  }
}

// Reading the file.
extension LogView {
  /// Rows from the cursor to an end at which more is read, so that scrolling does not stop there.
  private static let margin = 100

  /// What is to be read so that one can go on moving; nil when enough rows are there.
  mutating func wanted() -> LogRequest? {
    guard request == nil, cursor != nil || rows.count < Self.margin else { return nil }
    let index = (current ?? dropped) - dropped
    if index < Self.margin, !isAtStart, let anchor = startAnchor { return ask(.before, anchor) }
    if !isAttached, rows.count - index < Self.margin, let anchor = endAnchor {
      return ask(.after, anchor)
    }
    return nil
  }

  /// The same for a filter that few of the newest rows pass, when these come only now.
  mutating func wantedForFilter() -> LogRequest? {
    cursor == nil && !filter.isEmpty && !isEnded ? wanted() : nil
  }

  private var startAnchor: LogAnchor? {
    start.map { .position($0) } ?? (rows.first ?? tail.first).map { .row($0) }
  }

  private var endAnchor: LogAnchor? { end.map { .position($0) } ?? rows.last.map { .row($0) } }

  mutating func ask(_ kind: LogRequest.Kind, _ anchor: LogAnchor) -> LogRequest {
    let request = LogRequest(id: nextID, kind: kind, anchor: anchor, filter: filter)
    nextID += 1
    self.request = request
    readingAt = nil
    return request
  }

  /// Asks for the nearest older row with this text, seen from the first row that is kept.
  mutating func ask(find text: String) -> LogRequest? {
    guard !isAtStart, let anchor = startAnchor else { return nil }
    return ask(.find(text), anchor)
  }

  mutating func cancelReading() {
    request = nil
    isEnded = true
  }

  /// Takes what was read; false when nobody wants it any more.
  mutating func take(_ reading: LogReading, policy: Policy?) -> Bool {
    switch reading {
    case .progress(let id, let moment):
      guard id == request?.id else { return false }
      readingAt = moment
    case .failed(let id, _):
      guard id == request?.id else { return false }
      cancelReading()
    case .page(let page):
      guard let request, page.id == request.id else { return false }
      self.request = nil
      take(page, for: request, policy: policy)
    }
    return true
  }

  private mutating func take(_ page: LogPage, for request: LogRequest, policy: Policy?) {
    switch (request.kind, request.anchor) {
    case (.find, _): if let found = page.found { show(page, cursorAt: found) }
    case (.before, .position), (.before, .row): prepend(page)
    case (.after, .position), (.after, .row): appendOld(page, policy: policy)
    case (_, .moment), (_, .start): show(page, cursorAt: 0)
    }
  }

  private mutating func show(_ page: LogPage, cursorAt index: Int) {
    replaceRows(page.rows)
    (start, end, isAtStart) = (page.start, page.end, page.isAtStart)
    isAttached = false
    cursor = rows.isEmpty ? nil : dropped + index
  }

  private mutating func prepend(_ page: LogPage) {
    rows = page.rows + rows
    dropped -= page.rows.count
    (start, isAtStart) = (page.start, page.isAtStart)
    cutEnd()
  }

  private mutating func appendOld(_ page: LogPage, policy: Policy?) {
    rows += page.rows
    end = page.end
    if page.isAtEnd { return joinTail(policy: policy) }
    let excess = rows.count - Self.scrolledCapacity
    guard excess > 0 else { return }
    rows.removeFirst(excess)
    dropped += excess
    (start, isAtStart) = (nil, false)
  }

  /// At the file's end: goes on with the newest rows behind the last one that was read.
  private mutating func joinTail(policy: Policy?) {
    end = nil
    isAttached = true
    guard let newest = rows.last,
      let place = tail.lastIndex(where: { $0.line == newest.line && $0.offset == newest.offset })
    else { return }
    rows += tail[(place + 1)...].filter { filter.passes($0, policy: policy) }
  }
}
