import Attribution
import ConsoleCore
import TextGrid

/// The two lines on top: who and what, and how much.
func renderHeader(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  renderIdentity(state, on: &screen, in: rect)
  renderRates(state, on: &screen, in: rect)
}

private func renderIdentity(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  // Without seconds: an idle screen sends nothing for minutes, which matters on slow lines.
  let clock = Format.minuteClock(secondsSinceMidnight: state.localSeconds(state.now))
  var right = screen.writeRight(clock, right: rect.maxX - 1, y: rect.y, role: .header)
  right = screen.writeRight(
    Format.window(seconds: state.windowSeconds), right: right - 3, y: rect.y, role: .header)
  var spans = [Span(state.instance.hostname, .header), Span("  postfix", .normal)]
  if let version = state.instance.version { spans.append(Span(" \(version)")) }
  switch (state.instance.isRunning, state.instance.runningSince) {
  case (false, _): spans.append(Span(" not running", .error))
  case (_, let since?):
    spans.append(Span(" up \(Format.uptime(seconds: state.now.seconds - since.seconds))"))
  default: break
  }
  if state.instance.readOnlyReason != nil { spans.append(Span("  READ-ONLY", .warning)) }
  if let service = state.service?.service {
    let word = rect.width < 90 ? "" : "service "
    spans.append(Span("  \(word)\(service.name) \(service.type)"))
  }
  screen.write(StyledLine(spans), x: 1, y: rect.y, width: right - 3)
}

private func renderRates(_ state: AppState, on screen: inout Screen, in rect: Rect) {
  let y = rect.y + 1
  let (text, role) = logStatus(state)
  let isNarrow = rect.width < 100
  let room = max(22, rect.width - 66)
  let status = isNarrow || state.instance.logName == nil ? text : "log: \(text)"
  let right = screen.writeRight(status, right: rect.maxX - 1, y: y, width: room, role: role)
  let gap = isNarrow ? "  " : "   "
  var spans = [Span("\(Format.count(state.sessions.count)) connected")]
  if let snapshot = state.snapshot {
    spans += rates(snapshot, gap: gap, sparkWidth: rect.width >= 120 ? 20 : 7)
  }
  screen.write(StyledLine(spans), x: 1, y: y, width: right - 2)
}

private func rates(_ snapshot: LogSnapshot, gap: String, sparkWidth: Int) -> [Span] {
  let connections = snapshot.ratePerMinute(snapshot.series.connections)
  let accepted = snapshot.ratePerMinute(snapshot.series.accepted)
  var spans: [Span] = []
  if let connections { spans.append(Span("\(gap)\(Format.rate(connections))/min ")) }
  spans += sparkline(snapshot.series, width: sparkWidth)
  if let share = snapshot.refusedShare {
    spans.append(Span("\(gap)rejected "))
    spans.append(Span(Format.percent(share), .reject))
  }
  if let accepted {
    spans.append(Span("\(gap)accepted "))
    spans.append(Span("\(Format.rate(accepted))/min", .accept))
  }
  return spans
}

/// The course of the connections; a step with a reload or a warning is a `!` in its place.
private func sparkline(_ series: Series, width: Int) -> [Span] {
  let steps = series.connections
  let first = max(0, steps.count - width)
  let marks = Set(series.marks)
  let bars = Array(Format.sparkline(steps[first...]))
  var spans: [Span] = []
  for (index, bar) in bars.enumerated() {
    let isMarked = marks.contains(first + index)
    let (text, role) = isMarked ? ("!", Role.warning) : (String(bar), .bar)
    if spans.last?.role == role {
      spans[spans.count - 1].text += text
    } else {
      spans.append(Span(text, role))
    }
  }
  return spans
}

private func logStatus(_ state: AppState) -> (String, Role) {
  guard let name = state.instance.logName else {
    return (state.instance.logProblem ?? "looking for the log…", .warning)
  }
  if state.log.isPaused {
    let waiting = state.log.waitingCount
    return ("\(name), paused\(waiting > 0 ? " (\(Format.count(waiting)) new)" : "")", .warning)
  }
  guard let coverage = state.snapshot?.coverage, coverage.isComplete else {
    let progress = state.snapshot?.coverage.progress ?? 0
    let percent = progress > 0 ? " \(Int(progress * 100))%" : ""
    if let counted = state.snapshot?.countedSeconds, counted < state.windowSeconds * 9 / 10 {
      return ("\(name), \(Format.shortSpan(seconds: counted))…\(percent)", .dim)
    }
    return ("\(name), reading…\(percent)", .dim)
  }
  return ("\(name), live", .normal)
}

extension LogSnapshot {
  /// The length of what is counted, in seconds.
  var countedSeconds: Int { Int(until.seconds - since.seconds) }

  /// What happened a minute, over the last full step and the part of the present one; nil without
  /// steps.
  func ratePerMinute(_ steps: [Int]) -> Double? {
    guard let last = steps.last, series.stepSeconds > 0 else { return nil }
    let step = Double(series.stepSeconds)
    let start = series.start.seconds + Int64((steps.count - 1) * series.stepSeconds)
    let elapsed = min(step, max(1, Double(until.seconds - start)))
    guard steps.count > 1 else { return Double(last) * 60 / elapsed }
    let before = Double(steps[steps.count - 2])
    return (Double(last) + before * (1 - elapsed / step)) * 60 / step
  }
}
