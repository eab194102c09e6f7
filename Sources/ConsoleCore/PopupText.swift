import Attribution
import MailLog
import PostfixConfig
import TextGrid

/// What a popup says, broken into lines for the present size of the screen.
public struct PopupText: Hashable, Sendable {
  /// The words on the upper edge.
  public var title: String
  /// The text, already broken into lines.
  public var lines: [StyledLine] = []
  /// The keys that matter here, as the last line of the popup.
  public var footer = ""

  /// Columns for text in a popup on a screen of this width.
  public static func width(on screen: Size) -> Int { max(1, min(100, screen.width - 6)) }

  /// Lines for text in a popup on a screen of this height.
  public static func height(on screen: Size) -> Int { max(1, screen.height - 6) }

  mutating func add(_ text: String = "", _ role: Role = .normal) {
    lines.append(StyledLine(text, role))
  }

  mutating func addWrapped(_ text: String, _ role: Role = .normal, width: Int, indent: Int = 0) {
    let margin = String(repeating: " ", count: indent)
    for line in Format.wrap(text, width: width - indent) { add(margin + line, role) }
  }

  mutating func addField(_ name: String, _ value: String?, width: Int) {
    guard let value, !value.isEmpty else { return }
    let lines = Format.wrap(value, width: width - 14)
    for (index, line) in lines.enumerated() {
      let label = index == 0 ? name : ""
      let gap = String(repeating: " ", count: max(1, 14 - label.count))
      self.lines.append(StyledLine([Span(label + gap, .dim), Span(line)]))
    }
  }

  mutating func addDiff(_ diff: String) {
    for line in diff.split(separator: "\n", omittingEmptySubsequences: false) {
      switch line.first {
      case "+": add(String(line), .diffAdded)
      case "-": add(String(line), .diffRemoved)
      case "@": add(String(line), .diffHunk)
      default: add(String(line))
      }
    }
    if let last = lines.last?.spans.first, last.text.isEmpty { lines.removeLast() }
  }
}

extension AppState {
  /// What the open popup says; nil without one.
  public var popupText: PopupText? {
    let width = PopupText.width(on: size)
    switch popup {
    case nil: return nil
    case .help: return helpText(width: width)
    case .commands: return commandsText(width: width)
    case .diff(let diff):
      var text = PopupText(title: "Draft", footer: "Esc back")
      text.addDiff(diff)
      return text
    case .review: return reviewText(width: width)
    case .row(let id): return rowText(id, width: width)
    case .session(let pid, let address): return sessionText(pid, address, width: width)
    case .logLine(let row): return logLineText(row, width: width)
    case .parameter(let name): return parameterText(name, width: width)
    case .change(let number): return changeText(number, width: width)
    case .rehearsal: return rehearsalText(width: width)
    case .question(let question): return questionText(question, width: width)
    }
  }

  /// The highest sensible value of `popupScroll`.
  var popupLimit: Int {
    max(0, (popupText?.lines.count ?? 0) - PopupText.height(on: size))
  }

  private func commandsText(width: Int) -> PopupText {
    var text = PopupText(title: "Commands that were run", footer: "Esc back")
    if commands.isEmpty { text.add("None yet.", .dim) }
    for command in commands { text.addWrapped(command, width: width) }
    return text
  }

  private func questionText(_ question: Question, width: Int) -> PopupText {
    switch question {
    case .recordHelo(let on): return recordingText(on, width: width)
    case .quitWithDraft:
      var text = PopupText(title: "Quit", footer: "y quit   n stay")
      let edits = pendingEdits == 1 ? "1 edit is" : "\(pendingEdits) edits are"
      let fate = instance.keepsDrafts ? "kept for your next start" : "lost"
      text.addWrapped(
        "\(edits) not applied and would be \(fate). Quit all the same?", width: width)
      return text
    case .undoChange(let number):
      var text = PopupText(title: "Undo", footer: "y take it back   n leave it")
      let change = number.map { "change \($0)" } ?? "the last applied change"
      text.addWrapped("Take \(change) back, write main.cf and reload?", width: width)
      if pendingEdits > 0 {
        text.addWrapped("The draft stays and is moved onto the older text.", .dim, width: width)
      }
      return text
    }
  }
}
