import Attribution
import MailLog

// Search and filter.
extension AppState {
  /// True when a text holds what is searched for.
  public func isFound(_ text: String) -> Bool {
    !searchText.isEmpty && text.lowercased().contains(searchText.lowercased())
  }

  mutating func search(_ text: String) -> [Effect] {
    searchText = text
    return searchNext(isOlder: true, includingCurrent: true)
  }

  /// Goes to the next place found: downwards in lists, to older lines in the log.
  mutating func searchNext(isOlder: Bool, includingCurrent: Bool = false) -> [Effect] {
    guard !searchText.isEmpty else {
      say("Nothing is searched for yet: / searches.")
      return []
    }
    switch context {
    case .log: return searchLog(isOlder: isOlder, includingCurrent: includingCurrent)
    case .connections where isOnOffenders:
      let current = offenders.firstIndex { $0.key == currentOffender?.key }
      find(in: offenders.map(\.key), from: current, isForward: isOlder, includingCurrent).map {
        offenderCursor = offenders[$0].key
      }
    case .connections:
      let texts = sessions.map {
        "\($0.clientAddress) \($0.clientName ?? "") \($0.helo ?? "") \($0.verdict ?? "")"
      }
      let current = sessions.firstIndex { $0.pid == currentSession?.pid }
      find(in: texts, from: current, isForward: isOlder, includingCurrent).map {
        sessionCursor = sessions[$0].pid
      }
    case .settings:
      let rows = parameters
      let current = rows.firstIndex { $0.name == currentParameter?.name }
      find(
        in: rows.map { "\($0.name) \($0.value)" }, from: current, isForward: isOlder,
        includingCurrent
      ).map { parameterCursor = rows[$0].name }
    case .history:
      let rows = changes ?? []
      let current = rows.firstIndex { $0.number == currentChange?.number }
      find(
        in: rows.map { "\($0.who) \($0.why) \($0.diff)" }, from: current, isForward: isOlder,
        includingCurrent
      ).map { changeCursor = rows[$0].number }
    default:
      let rows = gateRows.filter(\.isSelectable)
      let current = rows.firstIndex { $0.id == currentGateRow?.id }
      find(
        in: rows.map { "\($0.id.name) \($0.id.argument ?? "")" }, from: current,
        isForward: isOlder, includingCurrent
      ).map { gateCursor = rows[$0].id }
    }
    return []
  }

  private mutating func find(
    in texts: [String], from current: Int?, isForward: Bool, _ includingCurrent: Bool
  ) -> Int? {
    let count = texts.count
    let start = current ?? 0
    let steps = includingCurrent ? Array(0..<count) : Array(1...max(1, count))
    for step in steps where count > 0 {
      let index = (start + (isForward ? step : count * 2 - step)) % count
      if isFound(texts[index]) { return index }
    }
    say("\(searchText) is not found.")
    return nil
  }

  private mutating func searchLog(isOlder: Bool, includingCurrent: Bool) -> [Effect] {
    guard let current = log.current else { return [] }
    let index = current - log.dropped
    let older = log.rows[..<(includingCurrent ? index + 1 : index)]
    let place =
      isOlder
      ? older.lastIndex { isFound($0.line) }
      : log.rows[min(log.rows.count, index + 1)...].firstIndex { isFound($0.line) }
    if let place {
      log.move(to: log.dropped + place)
      return readOn()
    }
    if isOlder, instance.canReadBack, let request = log.ask(find: searchText) {
      return [.readLog(request)]
    }
    say("\(searchText) is not found \(isOlder ? "in older" : "in newer") lines.")
    return []
  }

  mutating func setFilter(_ text: String) -> [Effect] {
    do {
      log.setFilter(try LogFilter(text), policy: policy)
    } catch {
      say(error.description, .warning)
      return []
    }
    if screen != .log, pane != .log { screen = .log }
    return readOn()
  }

  mutating func take(_ reading: LogReading) -> [Effect] {
    let wasSearching = if case .find? = log.request?.kind { true } else { false }
    guard log.take(reading, policy: policy) else { return [] }
    switch reading {
    case .progress: break
    case .failed(_, let reason): say(reason, .error)
    case .page(let page):
      if wasSearching, page.found == nil { say("\(searchText) is not found in older lines.") }
    }
    return []
  }
}
