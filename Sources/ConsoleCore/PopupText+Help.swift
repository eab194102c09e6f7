import TextGrid

extension AppState {
  /// The keys by the place where they work; those of the present place first.
  func helpText(width: Int) -> PopupText {
    var text = PopupText(title: "Keys", footer: "Esc back")
    let lines = helpLines
    let own = lines.filter { $0.contexts.count < 4 && $0.contexts.contains(screenContext) }
    if !own.isEmpty { text.add(screenContext.title, .title) }
    for line in own { addHelp(line, to: &text) }
    text.add("Everywhere", .title)
    for line in lines where line.contexts.count >= 4 { addHelp(line, to: &text) }
    for context in KeyContext.allCases where context != screenContext {
      let others = lines.filter { line in
        line.contexts.count < 4 && line.contexts.contains(context)
          && !line.contexts.contains(screenContext)
      }
      guard !others.isEmpty else { continue }
      text.add(context.title, .title)
      for line in others { addHelp(line, to: &text) }
    }
    return text
  }

  /// The keys that work now: what they do and where.
  var helpLines: [(action: Action, keys: String, help: String, contexts: [KeyContext])] {
    Keymap.bindings(keys: settings.keys).filter { isAvailable($0.action) }.map { binding in
      let places = KeyContext.allCases.filter { binding.contexts.contains($0) }
      return (binding.action, binding.keys.map(\.name).joined(separator: " "), binding.help, places)
    }
  }

  private func addHelp(
    _ line: (action: Action, keys: String, help: String, contexts: [KeyContext]),
    to text: inout PopupText
  ) {
    let gap = String(repeating: " ", count: max(1, 18 - line.keys.count))
    text.lines.append(StyledLine([Span("  " + line.keys + gap, .key), Span(line.help)]))
  }

  /// Where keys go while no popup is open.
  private var screenContext: KeyContext {
    var bare = self
    bare.popup = nil
    bare.prompt = nil
    return bare.context
  }
}
