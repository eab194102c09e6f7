import Attribution
import ConsoleCore
import MailLog
import PostfixConfig
import PostfixHost

/// Collects the rows that one request of the screen asks for.
struct LogFileReading {
  let window: LogRowWindow
  let request: LogRequest
  let policy: Policy?
  /// False as soon as the screen no longer waits for it.
  let isWanted: () -> Bool
  /// Called with the moment that the reading has come to.
  let progress: (LogTime?) -> Void

  /// Rows on either side of one that was searched for.
  private static let surroundings = 200

  /// The answer; nil when it is no longer wanted.
  func page() -> LogPage? {
    let place = place(of: request.anchor)
    switch request.kind {
    case .before: return rows(before: place, limit: request.limit)
    case .after:
      var page = rows(from: place, limit: request.limit)
      // A row that names the place is shown already.
      if case .row(let row) = request.anchor, page?.rows.first?.line == row.line {
        page?.rows.removeFirst()
      }
      return page
    case .find(let text): return find(text.lowercased(), before: place)
    }
  }

  private func place(of anchor: LogAnchor) -> LogPlace {
    switch anchor {
    case .position(let position): LogPlace(file: position.file, offset: position.offset)
    case .start: window.first
    case .moment(let moment): window.place(of: moment)
    case .row(let row): place(of: row)
    }
  }

  /// The place of a row that came from following the log. Where its line stands there no more, its
  /// stamp is found by halves, and its line by reading on from there.
  private func place(of row: LogRow) -> LogPlace {
    if let place = window.place(of: row) { return place }
    guard let time = row.time else { return window.last() }
    let start = window.place(of: time)
    return window.rows(from: start, limit: 1) { $0.line == row.line }.places.first ?? start
  }

  private func passes(_ row: LogRow) -> Bool { request.filter.passes(row, policy: policy) }

  /// Reads on until there are enough rows, nothing is left, or nobody waits any more.
  private func rows(before place: LogPlace, limit: Int) -> LogPage? {
    var rows: [LogRow] = []
    var start = place
    var isAtEdge = false
    while rows.count < limit, !isAtEdge {
      guard isWanted() else { return nil }
      let page = window.rows(before: start, limit: limit - rows.count, where: passes)
      rows = page.rows + rows
      (start, isAtEdge) = (page.start, page.isAtEdge)
      if !isAtEdge, rows.count < limit { progress(time(at: start)) }
    }
    var page = LogPage(
      id: request.id, rows: rows, start: LogPosition(start), end: LogPosition(place))
    page.isAtStart = isAtEdge
    return page
  }

  private func rows(from place: LogPlace, limit: Int) -> LogPage? {
    var rows: [LogRow] = []
    var end = place
    var isAtEdge = false
    while rows.count < limit, !isAtEdge {
      guard isWanted() else { return nil }
      let page = window.rows(from: end, limit: limit - rows.count, where: passes)
      rows += page.rows
      (end, isAtEdge) = (page.end, page.isAtEdge)
      if !isAtEdge, rows.count < limit { progress(time(at: end)) }
    }
    var page = LogPage(
      id: request.id, rows: rows, start: LogPosition(place), end: LogPosition(end))
    page.isAtEnd = isAtEdge
    page.isAtStart = place == window.first
    return page
  }

  private func find(_ text: String, before place: LogPlace) -> LogPage? {
    var start = place
    while isWanted() {
      let page = window.rows(before: start, limit: 1) { row in
        passes(row) && row.line.lowercased().contains(text)
      }
      start = page.start
      if let found = page.places.first { return surroundings(of: found) }
      if page.isAtEdge {
        return LogPage(
          id: request.id, rows: [], start: LogPosition(start), end: LogPosition(place))
      }
      progress(time(at: start))
    }
    return nil
  }

  private func surroundings(of place: LogPlace) -> LogPage? {
    guard let before = rows(before: place, limit: Self.surroundings),
      let after = rows(from: place, limit: Self.surroundings)
    else { return nil }
    var page = LogPage(
      id: request.id, rows: before.rows + after.rows, start: before.start, end: after.end)
    page.isAtStart = before.isAtStart
    page.isAtEnd = after.isAtEnd
    page.found = before.rows.count
    return page
  }

  private func time(at place: LogPlace) -> LogTime? {
    window.rows(from: place, limit: 1).rows.first?.time
  }
}

extension LogPosition {
  init(_ place: LogPlace) { self.init(file: place.file, offset: place.offset) }
}
