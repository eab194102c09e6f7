import TextGrid

extension AppState {
  mutating func move(_ action: Action) -> [Effect] {
    switch context {
    case .gate: moveGate(action)
    case .connections: moveSession(action)
    case .log: return moveLog(action)
    case .settings: moveParameter(action)
    case .history:
      moveChange(action)
      return readVerdictOfCurrentChange()
    case .popup, .review, .question, .prompt: scroll(action)
    }
    return []
  }

  /// Rows that a page key moves by.
  private var page: Int { max(1, size.height - 10) }

  private func step(_ action: Action) -> Int {
    switch action {
    case .up: -1
    case .down: 1
    case .pageUp: -page
    case .pageDown: page
    case .first: -1_000_000
    case .last: 1_000_000
    default: 0
    }
  }

  private func target(_ action: Action, from index: Int, count: Int) -> Int {
    max(0, min(count - 1, index + step(action)))
  }

  private mutating func moveGate(_ action: Action) {
    let rows = gateRows.filter(\.isSelectable)
    guard !rows.isEmpty else { return }
    let index = rows.firstIndex { $0.id == gateCursor } ?? 0
    gateCursor = rows[target(action, from: index, count: rows.count)].id
  }

  private mutating func moveSession(_ action: Action) {
    if isOnOffenders {
      let step = step(action)
      return moveOffender { index, count in max(0, min(count - 1, index + step)) }
    }
    guard !sessions.isEmpty else { return }
    let index = sessions.firstIndex { $0.pid == sessionCursor } ?? 0
    sessionCursor = sessions[target(action, from: index, count: sessions.count)].pid
  }

  private mutating func moveParameter(_ action: Action) {
    let rows = parameters
    guard !rows.isEmpty else { return }
    let index = rows.firstIndex { $0.name == parameterCursor } ?? 0
    parameterCursor = rows[target(action, from: index, count: rows.count)].name
  }

  private mutating func moveChange(_ action: Action) {
    guard let changes, !changes.isEmpty else { return }
    let index = changes.firstIndex { $0.number == changeCursor } ?? 0
    changeCursor = changes[target(action, from: index, count: changes.count)].number
  }

  private mutating func moveLog(_ action: Action) -> [Effect] {
    switch action {
    case .first:
      log.moveToStart()
      if instance.canReadBack, !log.isAtStart { return [.readLog(log.ask(.after, .start))] }
    case .last:
      let isReading = log.request != nil
      log.cancelReading()
      log.follow(policy: policy)
      return isReading ? [.cancelReadLog] : []
    default: log.move(by: step(action))
    }
    return readOn()
  }

  /// Reads more of the file when the cursor comes near the end of what is kept.
  mutating func readOn() -> [Effect] {
    guard instance.canReadBack, let request = log.wanted() else { return [] }
    return [.readLog(request)]
  }

  // The end of the text is the view's to know; it never scrolls further than that.
  private mutating func scroll(_ action: Action) {
    popupScroll = max(0, min(popupLimit, popupScroll + step(action)))
  }

  /// The change that the cursor is on.
  public var currentChange: HistoryEntry? {
    changes?.first { $0.number == changeCursor } ?? changes?.first
  }
}
