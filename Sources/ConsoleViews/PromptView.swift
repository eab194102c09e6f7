import ConsoleCore
import TextGrid

/// Draws the line that is being typed: on the last line of the screen, or in a box with what may be
/// picked.
func renderPrompt(_ prompt: Prompt, on screen: inout Screen) {
  if prompt.isBox {
    renderPromptBox(prompt, on: &screen)
  } else {
    let y = screen.size.height - 1
    screen.clear(Rect(x: 0, y: y, width: screen.size.width, height: 1))
    renderInput(prompt, on: &screen, x: 0, y: y, width: screen.size.width)
    renderCompletions(prompt, on: &screen, bottom: y)
  }
}

/// The title, the text and the cursor; a long text is shown from where the cursor can be seen.
private func renderInput(
  _ prompt: Prompt, on screen: inout Screen, x: Int, y: Int, width: Int
) {
  let title = screen.write(prompt.title, x: x, y: y, width: max(1, width / 2), role: .key)
  let room = max(1, width - title - 1)
  var shown = Substring(prompt.input.textBeforeCursor)
  while DisplayWidth.of(Sanitiser.clean(shown)) >= room { shown.removeFirst() }
  let used = screen.write(shown, x: x + title, y: y, width: room)
  let rest = String(prompt.input.characters[prompt.input.cursor...])
  screen.write(rest, x: x + title + used, y: y, width: room - used + 1)
  screen.cursor = (x + title + used, y)
}

/// A few proposals above the last line, and what is wrong with the text.
private func renderCompletions(_ prompt: Prompt, on screen: inout Screen, bottom: Int) {
  var top = bottom
  if let note = prompt.note {
    top -= 1
    screen.clear(Rect(x: 0, y: top, width: screen.size.width, height: 1))
    screen.write(note.text, x: 1, y: top, width: screen.size.width - 2, role: role(of: note))
  }
  let count = min(8, prompt.candidates.count, max(0, top - 4))
  guard count > 0 else { return }
  let selected = prompt.selected ?? 0
  let first = firstVisible(cursor: selected, count: prompt.candidates.count, height: count)
  let rect = Rect(x: 0, y: top - count - 1, width: screen.size.width, height: count + 1)
  screen.clear(rect)
  renderPaneTitle(
    "\(prompt.candidates.count) proposals", isFocused: false, on: &screen, in: rect)
  renderCandidates(prompt, first: first, count: count, on: &screen, in: rect.splitTop(1).rest)
}

private func renderCandidates(
  _ prompt: Prompt, first: Int, count: Int, on screen: inout Screen, in rect: Rect
) {
  let shown = prompt.candidates[first...].prefix(count)
  let widest = shown.map { DisplayWidth.of(Sanitiser.clean($0.label)) }.max() ?? 0
  let nameWidth = min(max(20, widest), max(20, rect.width * 6 / 10))
  let picked = prompt.selected ?? (prompt.isPicker ? 0 : -1)
  for (index, candidate) in shown.enumerated() {
    let y = rect.y + index
    screen.write(candidate.label, x: rect.x + 1, y: y, width: nameWidth)
    screen.write(
      candidate.detail, x: rect.x + nameWidth + 3, y: y, width: rect.width - nameWidth - 4,
      role: .dim)
    if first + index == picked { screen.select(x: rect.x, y: y, width: rect.width) }
  }
}

private func renderPromptBox(_ prompt: Prompt, on screen: inout Screen) {
  let width = min(100, screen.size.width - 2)
  let inner = width - 4
  let current = prompt.current
  var notes: [(String, Role)] = []
  if let current, !current.detail.isEmpty { notes.append((current.detail, .normal)) }
  if let current, !current.warning.isEmpty {
    notes.append(("May hurt: \(current.warning)", .warning))
  }
  if let note = prompt.note { notes.append((note.text, role(of: note))) }
  let lines = notes.flatMap { text, role in
    Format.wrap(text, width: inner).prefix(3).map { StyledLine($0, role) }
  }
  // As high as it may get, so that the box does not jump while one types.
  let height = min(22, screen.size.height - 2)
  let frame = screen.bounds.centered(width: width, height: height)
  screen.frame(frame, title: prompt.isPicker ? "Pick" : "Change")
  renderInput(prompt, on: &screen, x: frame.x + 2, y: frame.y + 1, width: inner)
  screen.rule(x: frame.x + 1, y: frame.y + 2, width: width - 2)
  let noteRows = min(7, max(3, height / 3))
  let list = Rect(
    x: frame.x + 1, y: frame.y + 3, width: width - 2, height: height - 6 - noteRows)
  let selected = prompt.selected ?? 0
  let first = firstVisible(cursor: selected, count: prompt.candidates.count, height: list.height)
  if prompt.candidates.isEmpty {
    let sentence = prompt.isPicker ? "Nothing has that name." : "Type; there are no proposals."
    screen.write(sentence, x: list.x + 1, y: list.y, width: list.width - 2, role: .dim)
  } else {
    renderCandidates(prompt, first: first, count: list.height, on: &screen, in: list)
  }
  screen.rule(x: frame.x + 1, y: list.maxY, width: width - 2)
  for (index, line) in lines.prefix(noteRows).enumerated() {
    screen.write(line, x: frame.x + 2, y: list.maxY + 1 + index, width: inner)
  }
  let keys = "Enter take   Tab complete   Up Down pick   Esc back"
  screen.write(keys, x: frame.x + 2, y: frame.maxY - 2, width: inner, role: .key)
}

private func role(of note: Notice) -> Role {
  switch note.kind {
  case .info: .accept
  case .warning: .warning
  case .error: .error
  }
}
