import ConsoleCore
import MailLog
import TextGrid

/// The pane of live connections beside the restrictions: two lines each.
func renderConnections(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let isFocused = state.pane == .connections
  let title = "Connections \(Format.count(state.sessions.count))"
  renderPaneTitle(title, isFocused: isFocused, on: &screen, in: rect)
  let (_, body) = rect.splitTop(1)
  guard !state.sessions.isEmpty else {
    renderSentence("Nobody is connected.", role: .dim, on: &screen, in: body)
    return
  }
  let visible = max(1, body.height / 2)
  let cursor = cursorIndex(state)
  let first = firstVisible(cursor: cursor, count: state.sessions.count, height: visible)
  for (index, session) in state.sessions[first...].prefix(visible).enumerated() {
    let y = body.y + index * 2
    renderSession(session, now: state.now, on: &screen, in: body, y: y)
    if isFocused, first + index == cursor { screen.select(x: body.x, y: y, width: body.width) }
  }
}

private func cursorIndex(_ state: AppState) -> Int {
  state.sessions.firstIndex { $0.pid == state.sessionCursor } ?? 0
}

private func renderSession(
  _ session: LiveSession, now: LogTime, on screen: inout Screen, in rect: Rect, y: Int
) {
  let age = Format.age(seconds: now.seconds - session.since.seconds)
  let role: Role = session.witness == .stale ? .dim : .normal
  let name = session.helo ?? session.clientName ?? ""
  let line = StyledLine([
    Span(age.padded(to: 5) + " ", .dim), Span(session.clientAddress, role), Span("  \(name)", .dim),
  ])
  screen.write(line, x: rect.x + 1, y: y, width: rect.width - 1)
  let (text, verdictRole) = phase(of: session)
  screen.write(text, x: rect.x + 7, y: y + 1, width: rect.width - 7, role: verdictRole)
}

private func phase(of session: LiveSession) -> (String, Role) {
  if session.witness == .stale { return ("stale: no process serves it", .dim) }
  if let verdict = session.verdict {
    return (verdict, session.rejects > 0 ? .reject : .accept)
  }
  if session.messages > 0 {
    return ("\(session.messages) \(session.messages == 1 ? "message" : "messages")", .accept)
  }
  if let tls = session.tls { return (tls, .dim) }
  if session.witness == .logOnly { return ("from the log only", .dim) }
  return (session.service.map { "connected to \(port(of: $0))" } ?? "connected", .dim)
}

/// `smtp` for `smtp/inet`, `port 2525` for `127.0.0.1:2525/inet`.
private func port(of service: String) -> String {
  let name = service.split(separator: "/").first ?? ""
  let port = name.split(separator: ":").last ?? ""
  return port.allSatisfy(\.isNumber) ? "port \(port)" : String(port)
}

/// The Connections screen: one line each, more columns on a wider screen.
func renderConnectionTable(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let title = "Connections \(Format.count(state.sessions.count))"
  renderPaneTitle(title, isFocused: true, on: &screen, in: rect)
  let (head, body) = rect.splitTop(1).rest.splitTop(1)
  let columns = SessionColumn.all(width: rect.width)
  for column in columns {
    let isSorted = column.column == state.sessionOrder.column
    let arrow = isSorted ? (state.sessionOrder.isReversed ? "↑" : "↓") : ""
    screen.write(
      column.column.rawValue + arrow, x: column.x, y: head.y, width: column.width,
      role: isSorted ? .title : .dim)
  }
  guard !state.sessions.isEmpty else {
    renderSentence("Nobody is connected.", role: .dim, on: &screen, in: body)
    return
  }
  let cursor = cursorIndex(state)
  let first = firstVisible(cursor: cursor, count: state.sessions.count, height: body.height)
  for (index, session) in state.sessions[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    for column in columns {
      let span = text(of: column.column, session, now: state.now)
      screen.write(span.text, x: column.x, y: y, width: column.width, role: span.role)
    }
    if first + index == cursor {
      screen.write(">", x: rect.x, y: y, width: 1, role: .key)
      screen.select(x: rect.x, y: y, width: rect.width)
    }
  }
}

private func text(
  of column: SessionOrder.Column, _ session: LiveSession, now: LogTime
) -> Span {
  switch column {
  case .age: return Span(Format.age(seconds: now.seconds - session.since.seconds), .dim)
  case .address: return Span(session.clientAddress, session.witness == .stale ? .dim : .normal)
  case .name:
    return Span(session.clientName ?? "unknown", session.clientName == nil ? .dim : .normal)
  case .helo: return Span(session.helo ?? "")
  case .service: return Span(session.service ?? session.tag, .dim)
  case .user: return Span(session.saslUser ?? "")
  case .tls: return Span(session.tls ?? "", .dim)
  case .verdict:
    let (text, role) = phase(of: session)
    return Span(text, role)
  }
}
