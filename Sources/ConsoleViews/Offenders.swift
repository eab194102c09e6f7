import Attribution
import ConsoleCore
import TextGrid

/// The Connections screen in its other form: the clients that were refused most in the window.
func renderOffenders(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let title = "Refused most, \(Format.window(seconds: state.windowSeconds))"
  renderPaneTitle(title, isFocused: true, on: &screen, in: rect)
  let (head, body) = rect.splitTop(1).rest.splitTop(1)
  guard let snapshot = state.snapshot, !state.offenders.isEmpty else {
    let sentence =
      state.instance.logProblem ?? (state.snapshot == nil ? "reading…" : "Nobody was refused.")
    return renderSentence(sentence, role: .dim, on: &screen, in: body)
  }
  let barWidth = rect.width >= 100 ? 20 : 10
  let address = rect.x + 12 + barWidth
  screen.writeRight("rejected", right: rect.x + 10, y: head.y, role: .title)
  screen.write("share", x: rect.x + 11, y: head.y, role: .dim)
  screen.write("address", x: address, y: head.y, role: .dim)
  screen.write("now", x: address + 26, y: head.y, width: rect.maxX - address - 26, role: .dim)
  let all = state.offenders
  let current = state.currentOffender?.key
  let cursor = all.firstIndex { $0.key == current } ?? 0
  let first = firstVisible(cursor: cursor, count: all.count, height: body.height)
  for (index, offender) in all[first...].prefix(body.height).enumerated() {
    let y = body.y + index
    // The true count may be less by the error of the sketch.
    let sign = offender.error > 0 ? "≤" : ""
    screen.writeRight(
      sign + Format.count(offender.count), right: rect.x + 10, y: y, role: .reject)
    let share = Double(offender.count) / Double(max(1, snapshot.rejects))
    screen.write(
      Format.bar(share, width: barWidth), x: rect.x + 11, y: y, width: barWidth, role: .bar)
    screen.write(offender.key, x: address, y: y, width: 25)
    let session = state.sessions.first { $0.clientAddress == offender.key }
    screen.write(
      session.map { "connected, \($0.helo ?? "no HELO yet")" } ?? "", x: address + 26, y: y,
      width: rect.maxX - address - 26, role: .dim)
    guard first + index == cursor else { continue }
    screen.write(">", x: rect.x, y: y, width: 1, role: .key)
    screen.select(x: rect.x, y: y, width: rect.width)
  }
}
