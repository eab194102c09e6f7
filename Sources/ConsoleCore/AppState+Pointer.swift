import PostfixConfig
import TextGrid

/// What lies under a cell of the screen.
public enum PointerTarget: Hashable, Sendable {
  /// A key that is named on the screen, or the tab of a screen.
  case key(Key)
  case gateRow(GateRow.ID)
  /// A session, by the process that serves it.
  case session(Int32)
  /// A client that is refused often, by its address.
  case offender(String)
  /// A row of the log, by its number.
  case logRow(Int)
  case parameter(String)
  /// A change, by its number.
  case change(Int)
  case column(SessionOrder.Column)
  /// A pane of the Gate screen, beside its rows.
  case pane(AppState.Pane)
  /// An open popup, and what is around it.
  case popup, outsidePopup
}

// The mouse: what lies where depends on the state and its size alone.
extension AppState {
  /// Rows that a notch of the wheel moves by.
  static let wheelRows = 3

  mutating func toggleMouse() -> [Effect] {
    isMouseOn.toggle()
    let off = Keymap.bindings(keys: settings.keys).first { $0.action == .mouse }?.keys.first?.name
    say(
      isMouseOn
        ? "Mouse on: a click picks, a second one opens; Shift lets you select text. "
          + "\(off ?? "") ends it." : "Mouse off.")
    return [.setMouse(isMouseOn)]
  }

  mutating func point(_ pointer: Pointer) -> [Effect] {
    // Reports may still arrive after the mouse was switched off.
    guard isMouseOn, size.width > 0 else { return [] }
    let target = target(x: pointer.x, y: pointer.y)
    switch pointer.kind {
    case .wheelUp: return wheel(.up, over: target)
    case .wheelDown: return wheel(.down, over: target)
    case .press: return click(target)
    }
  }

  private mutating func wheel(_ action: Action, over target: PointerTarget?) -> [Effect] {
    if prompt != nil { return perform(action == .up ? .previousCandidate : .nextCandidate) }
    if popup == nil, let pane = target.flatMap(pane(of:)) { self.pane = pane }
    return (0..<Self.wheelRows).flatMap { _ in move(action) }
  }

  private mutating func click(_ target: PointerTarget?) -> [Effect] {
    guard prompt == nil, let target else { return [] }
    if case .key(let key) = target { return press(key) }
    if target == .outsidePopup, context != .question { return press(.escape) }
    guard popup == nil else { return [] }
    notice = nil
    noticeTime = nil
    // A click on what is chosen already opens it, and so does a double click.
    if target == chosen { return perform(.open) }
    if let pane = pane(of: target), screen == .gate { self.pane = pane }
    switch target {
    case .gateRow(let id): gateCursor = id
    case .session(let pid): sessionCursor = pid
    case .offender(let address): offenderCursor = address
    case .logRow(let number): log.move(to: number)
    case .parameter(let name): parameterCursor = name
    case .change(let number):
      changeCursor = number
      return readVerdictOfCurrentChange()
    case .column(let column): sessionOrder.choose(column, of: &sessions)
    case .pane, .key, .popup, .outsidePopup: break
    }
    return []
  }

  private func pane(of target: PointerTarget) -> Pane? {
    guard screen == .gate else { return nil }
    return switch target {
    case .gateRow: .restrictions
    case .session: .connections
    case .logRow: .log
    case .pane(let pane): pane
    default: nil
    }
  }

  /// The row that the cursor is on, in the list that has the focus.
  private var chosen: PointerTarget? {
    switch context {
    case .gate: currentGateRow.map { .gateRow($0.id) }
    case .connections:
      isOnOffenders
        ? currentOffender.map { .offender($0.key) } : currentSession.map { .session($0.pid) }
    case .log: log.cursor.map { .logRow($0) }
    case .settings: currentParameter.map { .parameter($0.name) }
    case .history: currentChange.map { .change($0.number) }
    case .popup, .review, .question, .prompt: nil
    }
  }
}

// What lies where.
extension AppState {
  /// What lies under a cell; nil for nothing.
  public func target(x: Int, y: Int) -> PointerTarget? {
    let layout = ScreenLayout(size, hasTabs: isMouseOn)
    if let popup = popupText { return target(x, y, in: popup, layout) }
    if layout.bottom.contains(x, y) { return key(at: x, of: hints) }
    if layout.tabs.contains(x, y) { return key(at: x, of: tabs) }
    guard layout.main.contains(x, y) else { return nil }
    switch screen {
    case .gate: return gateTarget(x, y, GateLayout(layout.main))
    case .connections: return tableTarget(x, y, layout.main)
    case .log: return logTarget(y, layout.main)
    case .settings:
      return row(y, in: SettingsLayout(layout.main).rows, of: parameters) {
        $0.name == currentParameter?.name
      }.map { .parameter($0.name) }
    case .history:
      guard let changes else { return nil }
      let list = HistoryLayout(layout.main, changes: changes.count).list
      guard list.contains(x, y) else { return nil }
      return row(y, in: list.splitTop(1).rest, of: changes) {
        $0.number == currentChange?.number
      }.map { .change($0.number) }
    }
  }

  private func target(
    _ x: Int, _ y: Int, in popup: PopupText, _ layout: ScreenLayout
  ) -> PointerTarget? {
    let place = PopupLayout(popup, scroll: popupScroll, on: size)
    if place.footer.contains(x, y) { return footerKey(popup.footer, at: x - place.footer.x) }
    if place.frame.contains(x, y) { return .popup }
    if layout.bottom.contains(x, y), let key = key(at: x, of: hints) { return key }
    return .outsidePopup
  }

  private func key(at x: Int, of hints: [KeyHint]) -> PointerTarget? {
    hints.first { ($0.x..<($0.x + $0.width)).contains(x) }.map { .key($0.key) }
  }

  /// The keys of a popup stand in its footer, three spaces apart, each in front of what it does.
  private func footerKey(_ footer: String, at x: Int) -> PointerTarget? {
    var start = 0
    var rest = footer[...]
    while !rest.isEmpty {
      let gap = rest.firstRange(of: "   ")
      let part = rest[..<(gap?.lowerBound ?? rest.endIndex)]
      if (start..<(start + part.count)).contains(x) {
        return part.split(separator: " ").first.flatMap { Key(name: String($0)) }.map { .key($0) }
      }
      start += part.count + 3
      rest = gap.map { rest[$0.upperBound...] } ?? ""
    }
    return nil
  }

  private func gateTarget(_ x: Int, _ y: Int, _ layout: GateLayout) -> PointerTarget? {
    if layout.restrictions.contains(x, y) {
      let current = currentGateRow?.id
      let found = row(y, in: layout.restrictions.splitTop(1).rest, of: gateRows) {
        $0.isSelectable && $0.id == current
      }
      guard let found, found.isSelectable else { return .pane(.restrictions) }
      return .gateRow(found.id)
    }
    if layout.connections.contains(x, y) {
      let body = layout.connections.splitTop(1).rest
      return session(y, in: body, rowHeight: 2) ?? .pane(.connections)
    }
    return layout.log.contains(x, y) ? logTarget(y, layout.log) ?? .pane(.log) : nil
  }

  private func tableTarget(_ x: Int, _ y: Int, _ main: Rect) -> PointerTarget? {
    let (head, body) = main.splitTop(1).rest.splitTop(1)
    if showsOffenders {
      return row(y, in: body, of: offenders) { $0.key == currentOffender?.key }
        .map { .offender($0.key) }
    }
    guard head.contains(x, y) else { return session(y, in: body, rowHeight: 1) }
    return SessionColumn.all(width: main.width)
      .first { ($0.x..<($0.x + $0.width)).contains(x) }.map { .column($0.column) }
  }

  private func session(_ y: Int, in body: Rect, rowHeight: Int) -> PointerTarget? {
    row(y, in: body, of: sessions, rowHeight: rowHeight) { $0.pid == currentSession?.pid }
      .map { .session($0.pid) }
  }

  private func logTarget(_ y: Int, _ pane: Rect) -> PointerTarget? {
    let body = pane.splitTop(1).rest
    guard let first = log.firstVisible(height: body.height), y >= body.y else { return nil }
    let number = log.dropped + first + y - body.y
    return log[number] == nil ? nil : .logRow(number)
  }

  /// The row of a list at this height, with the cursor kept in the middle as drawing does.
  private func row<Row>(
    _ y: Int, in body: Rect, of rows: [Row], rowHeight: Int = 1, isCursor: (Row) -> Bool
  ) -> Row? {
    guard y >= body.y, y < body.maxY, !rows.isEmpty else { return nil }
    let cursor = rows.firstIndex(where: isCursor) ?? 0
    let visible = max(1, body.height / rowHeight)
    let first = firstVisible(cursor: cursor, count: rows.count, height: visible)
    let index = first + (y - body.y) / rowHeight
    return rows.indices.contains(index) && index < first + visible ? rows[index] : nil
  }
}
