import TextGrid

extension AppState {
  mutating func move(_ action: Action) {
    switch context {
    case .gate: moveGate(action)
    case .connections: moveSession(action)
    case .log: moveLog(action)
    case .popup, .review, .question: scroll(action)
    }
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
    guard !sessions.isEmpty else { return }
    let index = sessions.firstIndex { $0.pid == sessionCursor } ?? 0
    sessionCursor = sessions[target(action, from: index, count: sessions.count)].pid
  }

  private mutating func moveLog(_ action: Action) {
    switch action {
    case .first: log.moveToStart()
    case .last: log.follow()
    default: log.move(by: step(action))
    }
  }

  // The end of the text is the view's to know; it never scrolls further than that.
  private mutating func scroll(_ action: Action) {
    popupScroll = max(0, min(popupLimit, popupScroll + step(action)))
  }
}
