import MailLog
import PostfixConfig

// Opening, typing and taking a line.
extension AppState {
  mutating func ask(_ prompt: Prompt) -> [Effect] {
    self.prompt = prompt
    return refreshPrompt()
  }

  mutating func promptFor(_ action: Action) -> [Effect] {
    switch action {
    case .search: ask(Prompt(.search, title: "/"))
    case .filter: ask(Prompt(.filter, title: "show only: ", text: log.filter.text))
    case .commandLine: ask(Prompt(.command, title: ":"))
    default: ask(Prompt(.time, title: "go to: "))
    }
  }

  mutating func promptForRestriction() {
    guard let stage = currentGateRow?.id.stage ?? service?.lists.first?.stage else { return }
    prompt = Prompt(.restriction(stage), title: "insert into \(stage.parameter): ")
  }

  /// Asks for the argument of the restriction, or the value of the parameter, under the cursor.
  mutating func promptForValue() {
    if screen == .settings {
      guard let row = currentParameter else { return }
      parameterCursor = row.name
      let text = row.value.split(separator: "\n").joined(separator: " ")
      prompt = Prompt(
        .parameter(row.name), title: "\(row.name) = ", text: text.trimmingBlanks)
      return
    }
    guard let row = currentGateRow, case .restriction(let restriction) = row.content else {
      return say("Only a restriction that stands in a list has something to change.")
    }
    guard let argument = restriction.argument else {
      return say("\(restriction.name) takes no argument; Space switches it.")
    }
    gateCursor = row.id
    prompt = Prompt(
      .argument(restriction.target), title: "\(restriction.name) ", text: argument)
  }

  mutating func promptForPreset() {
    prompt = Prompt(.preset, title: "preset: ")
    _ = refreshPrompt()
  }

  mutating func promptForTrialLength() {
    guard let row = currentGateRow, row.state == .on || row.state == .off else {
      return say("This row is nothing that can be put on trial.")
    }
    guard draft?.isEmpty == true else {
      return say("A trial with an end is a change of its own: apply the draft first, or z it away.")
    }
    prompt = Prompt(.trialLength(row.id), title: "on trial for: ", text: "1d")
    _ = refreshPrompt()
  }

  mutating func promptForConfirmTime() {
    prompt = Prompt(
      .confirmSeconds, title: "seconds to wait for a yes: ", text: "\(confirmSeconds)")
    _ = refreshPrompt()
  }

  mutating func promptForMessage() {
    let standard = summary(of: draft?.edits ?? [])
    prompt = Prompt(.message, title: "why: ", text: message ?? standard)
    _ = refreshPrompt()
  }

  mutating func promptForFix() {
    if fixes.count == 1 { return takeFix(0) }
    prompt = Prompt(.fix, title: "fix: ")
    _ = refreshPrompt()
  }

  /// Findings of the Review for which there is a fix.
  var fixes: [Finding] { review?.result?.fixable ?? [] }

  mutating func type(_ character: Character) -> [Effect] {
    prompt?.input.insert(character)
    return inputChanged()
  }

  mutating func paste(_ text: String) -> [Effect] {
    guard prompt != nil else { return [] }
    // A line end in the middle of a value is never what was meant, and must not accept it.
    for character in text { prompt?.input.insert(character.isNewline ? " " : character) }
    return inputChanged()
  }

  private mutating func inputChanged() -> [Effect] {
    prompt?.selected = nil
    return refreshPrompt()
  }

  mutating func performTyping(_ action: Action) -> [Effect] {
    guard let current = prompt else { return [] }
    let input = current.input
    switch action {
    case .accept: return accept()
    case .complete: return complete()
    case .nextCandidate: select(by: 1)
    case .previousCandidate: select(by: -1)
    case .cursorLeft: prompt?.input.move(to: input.cursor - 1)
    case .cursorRight: prompt?.input.move(to: input.cursor + 1)
    case .cursorStart: prompt?.input.move(to: 0)
    case .cursorEnd: prompt?.input.move(to: input.characters.count)
    case .deleteBackward:
      // As in vi and less: backspace on an empty line leaves it.
      guard !input.characters.isEmpty else {
        prompt = nil
        return []
      }
      prompt?.input.deleteBackward()
      return inputChanged()
    case .deleteForward:
      prompt?.input.deleteForward()
      return inputChanged()
    case .deleteWord:
      prompt?.input.deleteWord()
      return inputChanged()
    case .clearInput:
      prompt?.input.clearBefore()
      return inputChanged()
    default: break
    }
    return []
  }

  private mutating func select(by step: Int) {
    guard let current = prompt, !current.candidates.isEmpty else { return }
    let count = current.candidates.count
    let start = current.selected ?? (current.isPicker ? 0 : step > 0 ? -1 : count)
    prompt?.selected = max(0, min(count - 1, start + step))
    judgePrompt()
  }

  /// Takes what all candidates have in common, or else the one that is picked.
  private mutating func complete() -> [Effect] {
    guard let current = prompt, let first = current.candidates.first else { return [] }
    var text = (current.current ?? first).text
    if current.selected == nil {
      let common = current.candidates.dropFirst().reduce(first.text) {
        $0.commonPrefix(with: $1.text)
      }
      if common.count > current.input.text.count { text = common }
    }
    prompt?.input = TextInput(text)
    return inputChanged()
  }

  private mutating func accept() -> [Effect] {
    guard let current = prompt else { return [] }
    if current.isPicker, current.current == nil { return [] }
    if let note = current.note, note.kind == .error { return [] }
    // A picked completion is first taken into the line of a command, which may go on.
    if let picked = current.current, current.purpose == .command || current.purpose == .filter,
      picked.text != current.input.text
    {
      prompt?.input = TextInput(picked.text)
      return inputChanged()
    }
    let text = current.current?.text ?? current.input.text
    prompt = nil
    return take(text, for: current.purpose)
  }

  private mutating func take(_ text: String, for purpose: Prompt.Purpose) -> [Effect] {
    switch purpose {
    case .search: return search(text)
    case .filter: return setFilter(text)
    case .command: return run(text)
    case .time: return goTo(text)
    case .restriction(let stage): return take(restriction: text, stage)
    case .newArgument(let stage, let name):
      insert(name, argument: text.trimmingBlanks, stage: stage, state: .on)
    case .argument(let target):
      let before = policy
      if add(.setArgument(target, text.trimmingBlanks)) {
        gateCursor?.argument = text.trimmingBlanks
        sayEffect(since: before)
      }
    case .parameter(let name): setParameter(name, text.trimmingBlanks)
    case .preset: takePreset(text)
    case .message: message = text.trimmingBlanks.isEmpty ? nil : text.trimmingBlanks
    case .confirmSeconds: confirmSeconds = Int(text) ?? confirmSeconds
    case .trialLength(let id):
      gateCursor = id
      changeCurrentRow(wantsTrial: true)
      if isTrialDraft { trialSeconds = seconds(text) }
    case .fix: takeFix(Int(text) ?? 0)
    }
    return []
  }

  private mutating func take(restriction name: String, _ stage: Stage) -> [Effect] {
    guard let info = Catalog.restriction(named: name), info.argument != nil else {
      insert(name, argument: nil, stage: stage, state: .on)
      return []
    }
    return ask(Prompt(.newArgument(stage, name), title: "\(name) "))
  }

  private mutating func takeFix(_ index: Int) {
    guard fixes.indices.contains(index) else { return }
    let finding = fixes[index]
    for edit in finding.fix where !add(edit) { return }
    review = nil
    popup = nil
    say("The fix is in the draft; a reviews it again.")
  }

  /// The seconds of a span such as `2h` or `1d`; nil when it is none.
  func seconds(_ text: String) -> Int? {
    guard let start = parseHumanTime(text, now: now), start < now else { return nil }
    return Int(now.seconds - start.seconds)
  }
}

extension String {
  /// What both begin with.
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
