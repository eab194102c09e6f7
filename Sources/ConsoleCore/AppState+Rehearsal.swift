import PostfixConfig

// What would it have done?
extension AppState {
  /// True while a rehearsal is under way.
  public var isRehearsing: Bool {
    if case .running? = rehearsal { true } else { false }
  }

  /// Rehearses the draft; without one, the restriction under the cursor in the other state.
  mutating func rehearse() -> [Effect] {
    if isRehearsing || hasUnseenRehearsal {
      hasUnseenRehearsal = false
      show(.rehearsal)
      return []
    }
    guard let draft else {
      say(configurationProblem ?? "The configuration has not been read yet.", .warning)
      return []
    }
    guard draft.isEmpty else { return rehearse(draft.edits, "the draft", draft.revision) }
    guard screen == .gate, let row = currentGateRow, let (edit, words) = switching(row) else {
      say("There is no draft, and this row is nothing that can be switched.")
      return []
    }
    return rehearse([edit], words, draft.revision)
  }

  /// Shows how the rehearsal goes, or says that it is done where something else is looked at.
  mutating func take(_ status: RehearsalStatus) {
    rehearsal = status
    guard popup != .rehearsal, !isRehearsing else { return }
    hasUnseenRehearsal = true
    say("The rehearsal is done; r shows it.")
  }

  /// True when the draft was edited since the rehearsal began, or is another.
  var isRehearsalOfAnotherDraft: Bool {
    guard rehearsal != nil, let edits = draft?.edits else { return false }
    return !edits.isEmpty && edits != rehearsedEdits
  }

  /// The answer to exactly the draft that is reviewed; nil without one.
  var reportOfDraft: RehearsalReport? {
    guard case .finished(let report)? = rehearsal, let draft, !draft.isEmpty,
      rehearsedEdits == draft.edits
    else { return nil }
    return report
  }

  private mutating func rehearse(
    _ edits: [Edit], _ subject: String, _ revision: String
  ) -> [Effect] {
    rehearsal = .running(step: "reading the log", progress: nil)
    rehearsedEdits = edits
    show(.rehearsal)
    return [
      .rehearse(
        edits: edits, revision: revision, seconds: max(86_400, windowSeconds),
        subject: subject)
    ]
  }

  private func switching(_ row: GateRow) -> (Edit, String)? {
    switch row.content {
    case .restriction(let restriction):
      let isOn = restriction.state == .on
      return (
        .setState(restriction.target, isOn ? .off : .on),
        "\(row.id.name), switched \(isOn ? "off" : "on")"
      )
    case .offered(let stage):
      guard let service else { return nil }
      let edit = Edit.insert(
        stage: stage, service: service.service.description, name: row.id.name, argument: nil,
        state: .on)
      return (edit, "\(row.id.name), switched on")
    default: return nil
    }
  }
}
