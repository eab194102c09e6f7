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
  let (header, body) = screen.bounds.splitTop(2)
  renderHeader(state, on: &screen, in: header)
  let (main, bottom) = body.splitTop(body.height - 1)
  switch state.screen {
  case .gate: renderGate(state, on: &screen, in: main)
  case .connections: renderConnectionTable(state, on: &screen, in: main)
  case .log: renderLog(state, on: &screen, in: main, isFocused: true)
  case .settings: renderSettings(state, on: &screen, in: main)
  case .history: renderHistory(state, on: &screen, in: main)
  }
  renderBottom(state, on: &screen, in: bottom)
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

private func renderBottom(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  if let notice = state.notice {
    let role: Role =
      switch notice.kind {
      case .info: .normal
      case .warning: .warning
      case .error: .error
      }
    screen.write(notice.text, x: 1, y: rect.y, width: rect.width - 2, role: role)
    return
  }
  var x = 1
  if let window = state.confirmWindow {
    let left = max(0, window.deadline.seconds - state.now.seconds)
    x += screen.write(
      "change \(window.number) goes back in \(left) s", x: x, y: rect.y, role: .edited)
  } else if state.pendingEdits > 0 {
    let edits = state.pendingEdits == 1 ? "1 edit" : "\(state.pendingEdits) edits"
    x += screen.write("\(edits) not applied", x: x, y: rect.y, role: .edited)
  }
  // A popup names its own keys.
  if state.popup == nil, state.prompt == nil {
    renderHints(state, on: &screen, y: rect.y, from: x + 2)
  }
}

private func renderHints(_ state: AppState, on screen: inout Screen, y: Int, from left: Int) {
  let hints = Keymap.bindings(in: state.context, keys: state.settings.keys).filter {
    state.isAvailable($0.action)
  }
  .compactMap { binding in
    binding.keys.first.flatMap { key in hint(of: binding, in: state).map { (key.name, $0) } }
  }
  // Right-aligned; what does not fit is left out from the front, since help and quit come last.
  var shown: [(String, String)] = []
  var room = screen.size.width - 1 - left
  for (key, hint) in hints.reversed() {
    let columns = key.count + hint.count + 3
    guard columns <= room else { break }
    room -= columns
    shown.insert((key, hint), at: 0)
  }
  var x = left + room
  for (key, hint) in shown {
    x += 2
    x += screen.write(key, x: x, y: y, role: .key)
    x += 1 + screen.write(hint, x: x + 1, y: y, role: .dim)
  }
}

private func hint(of binding: Binding, in state: AppState) -> String? {
  binding.action == .back && state.screen == .gate ? "quit" : binding.hint
}

private func renderPopup(_ popup: PopupText, state: AppState, on screen: inout Screen) {
  let width = PopupText.width(on: screen.size)
  let visible = min(popup.lines.count, PopupText.height(on: screen.size))
  let frame = screen.bounds.centered(width: width + 4, height: visible + 4)
  screen.frame(frame, title: popup.title)
  let last = max(0, popup.lines.count - visible)
  let first = min(state.popupScroll, last)
  for (index, line) in popup.lines[first..<(first + visible)].enumerated() {
    screen.write(line, x: frame.x + 2, y: frame.y + 1 + index, width: width)
  }
  screen.write(popup.footer, x: frame.x + 2, y: frame.maxY - 2, width: width, role: .key)
  guard last > 0 else { return }
  let place = "\(first + 1)-\(first + visible) of \(popup.lines.count)"
  screen.writeRight(place, right: frame.maxX - 2, y: frame.maxY - 1, role: .dim)
}
