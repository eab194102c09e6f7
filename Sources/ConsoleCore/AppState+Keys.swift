import PostfixConfig
import TextGrid

extension AppState {
  mutating func press(_ key: Key) -> [Effect] {
    guard let binding = Keymap.binding(for: key, in: context, keys: settings.keys),
      isAvailable(binding.action)
    else {
      return []
    }
    notice = nil
    noticeTime = nil
    return perform(binding.action)
  }

  private mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .up, .down, .pageUp, .pageDown, .first, .last: move(action)
    case .open: open()
    case .toggle, .trial, .undoEdit, .redoEdit: edit(action)
    case .review: return startReview()
    case .diff: showDiff()
    case .offered: hidesOffers.toggle()
    case .service: nextService()
    case .window: return nextWindow()
    case .pause: log.togglePause()
    case .focusNext: focus(by: 1)
    case .focusPrevious: focus(by: -1)
    case .gateScreen:
      screen = .gate
      pane = .restrictions
    case .connectionsScreen: screen = .connections
    case .logScreen: screen = .log
    case .reread: return reread()
    case .undoChange: show(.question(.undoChange))
    case .commands: show(.commands)
    case .help: show(.help)
    case .keep: return confirmWindow.map { [.keepChange(number: $0.number)] } ?? []
    case .takeBack: return confirmWindow.map { [.takeBackChange(number: $0.number)] } ?? []
    case .apply: return applyOrWait()
    case .applyGuarded: review?.isGuarded.toggle()
    case .yes: return yes()
    case .no, .escape: close()
    case .suspend: return [.suspend]
    case .redraw: return [.redraw]
    case .back: return back()
    case .quit: return quit()
    }
    return []
  }

  mutating func show(_ popup: Popup) {
    self.popup = popup
    popupScroll = 0
  }

  private mutating func close() {
    // What is being applied goes on; its Review stays until it says how it ended.
    if case .applying = review?.phase, popup == .review { return }
    if popup == .review { review = nil }
    if popup == nil { pane = .restrictions }
    popup = nil
  }

  private mutating func back() -> [Effect] {
    if popup != nil {
      close()
      return []
    }
    if screen != .gate {
      screen = .gate
      return []
    }
    return quit()
  }

  private mutating func quit() -> [Effect] {
    guard let draft, !draft.isEmpty else { return [.quit] }
    show(.question(.quitWithDraft))
    return []
  }

  private mutating func yes() -> [Effect] {
    switch popup {
    case .question(.quitWithDraft): return [.quit]
    case .question(.undoChange):
      popup = nil
      return [.undoLastChange]
    case .review: return review?.result?.needsYes == true ? apply() : []
    default: return []
    }
  }

  private mutating func open() {
    switch context {
    case .gate: if let row = currentGateRow { show(.row(row.id)) }
    case .connections: if let session = currentSession { show(.session(session.pid)) }
    case .log: if let number = log.current { show(.logLine(number)) }
    default: break
    }
  }

  private mutating func focus(by step: Int) {
    guard screen == .gate else { return }
    let panes = Pane.allCases
    let index = panes.firstIndex(of: pane) ?? 0
    pane = panes[(index + step + panes.count) % panes.count]
  }

  private mutating func nextService() {
    let services = policy.services.map(\.service)
    guard services.count > 1, let current = service?.service,
      let index = services.firstIndex(of: current)
    else { return say("There is only one smtpd service in master.cf.") }
    serviceID = services[(index + 1) % services.count]
  }

  private mutating func nextWindow() -> [Effect] {
    windowSeconds = Self.windows.first { $0 > windowSeconds } ?? Self.windows[0]
    // The old counts are of another window: unknown is better than wrong.
    snapshot = nil
    waitingSnapshot = nil
    snapshotTime = nil
    changedRows = []
    return [.setWindow(seconds: windowSeconds)]
  }

  private mutating func reread() -> [Effect] {
    say("Reading main.cf and master.cf again.")
    return [.rereadConfiguration]
  }
}
