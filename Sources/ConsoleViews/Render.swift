import ConsoleCore
import TextGrid

/// The smallest screen that everything fits on.
public let minimumSize = Size(width: 60, height: 15)

/// The screen that shows this state; the same state gives the same screen.
public func render(_ state: AppState, size: Size, charset: Charset = .unicode) -> Screen {
  var screen = Screen(size: size, charset: charset)
  guard size.width >= minimumSize.width, size.height >= minimumSize.height else {
    renderTooSmall(on: &screen)
    return screen
  }
  let layout = ScreenLayout(size, hasTabs: state.isMouseOn)
  renderHeader(state, on: &screen, in: layout.header)
  renderTabs(state, on: &screen, in: layout.tabs)
  let main = layout.main
  switch state.screen {
  case .gate: renderGate(state, on: &screen, in: main)
  case .connections:
    state.showsOffenders
      ? renderOffenders(state, on: &screen, in: main)
      : renderConnectionTable(state, on: &screen, in: main)
  case .log: renderLog(state, on: &screen, in: main, isFocused: true)
  case .settings: renderSettings(state, on: &screen, in: main)
  case .history: renderHistory(state, on: &screen, in: main)
  }
  renderBottom(state, on: &screen, in: layout.bottom)
  if let popup = state.popupText { renderPopup(popup, state: state, on: &screen) }
  if let prompt = state.prompt { renderPrompt(prompt, on: &screen) }
  return screen
}

private func renderTooSmall(on screen: inout Screen) {
  let size = screen.size
  let sentence =
    "postgate needs \(minimumSize.width)x\(minimumSize.height); this is \(size.width)x\(size.height)."
  for (index, line) in Format.wrap(sentence, width: size.width).enumerated() {
    screen.write(line, x: 0, y: index, role: .warning)
  }
}

private func renderTabs(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  guard rect.height > 0 else { return }
  for tab in state.tabs {
    screen.write(tab.key.name, x: tab.x, y: rect.y, role: .key)
    let role: Role = state.isShown(tab) ? .title : .dim
    screen.write(tab.words, x: tab.x + tab.key.name.count + 1, y: rect.y, role: role)
  }
}

private func renderBottom(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  var x = 1
  // A change that goes back is never hidden by other news.
  if let standing = state.standing, state.notice == nil || state.confirmWindow != nil {
    x += screen.write(standing, x: x, y: rect.y, role: .edited) + 2
  }
  if let notice = state.notice {
    let role: Role =
      switch notice.kind {
      case .info: .normal
      case .warning: .warning
      case .error: .error
      }
    screen.write(notice.text, x: x, y: rect.y, width: rect.width - x - 1, role: role)
  }
  for hint in state.hints {
    screen.write(hint.key.name, x: hint.x, y: rect.y, role: .key)
    screen.write(hint.words, x: hint.x + hint.key.name.count + 1, y: rect.y, role: .dim)
  }
}

private func renderPopup(_ popup: PopupText, state: AppState, on screen: inout Screen) {
  let layout = PopupLayout(popup, scroll: state.popupScroll, on: screen.size)
  let (frame, footer) = (layout.frame, layout.footer)
  screen.frame(frame, title: popup.title)
  for (index, line) in popup.lines[layout.shown].enumerated() {
    screen.write(line, x: footer.x, y: frame.y + 1 + index, width: footer.width)
  }
  screen.write(popup.footer, x: footer.x, y: footer.y, width: footer.width, role: .key)
  guard layout.shown.count < popup.lines.count else { return }
  let place =
    "\(layout.shown.lowerBound + 1)-\(layout.shown.upperBound) of \(popup.lines.count)"
  screen.writeRight(place, right: frame.maxX - 2, y: frame.maxY - 1, role: .dim)
}
