import PostfixConfig

extension AppState {
  /// How many edits are not applied.
  public var pendingEdits: Int { draft?.edits.count ?? 0 }

  mutating func edit(_ action: Action) {
    guard draft != nil else {
      return say(configurationProblem ?? "The configuration has not been read yet.", .warning)
    }
    switch action {
    case .undoEdit:
      if draft?.undo() == true { refreshPolicy() } else { say("There is no edit to take back.") }
    case .redoEdit:
      if draft?.redo() == true { refreshPolicy() } else { say("There is no edit to make again.") }
    case .insert: promptForRestriction()
    case .remove: removeCurrentRow()
    case .moveUp: moveCurrentRow(by: -1)
    case .moveDown: moveCurrentRow(by: 1)
    case .edit: promptForValue()
    default: changeCurrentRow(wantsTrial: action == .trial)
    }
  }

  /// True when the draft puts one restriction on trial and does nothing else: only then can the trial
  /// end by itself, since whatever else it did would be taken back with it.
  var isTrialDraft: Bool {
    guard let edits = draft?.edits, edits.count == 1 else { return false }
    switch edits[0] {
    case .setState(_, .trial), .insert(_, _, _, _, .trial): return true
    default: return false
    }
  }

  mutating func showDiff() {
    guard let draft, !draft.isEmpty else { return say("There is no draft: nothing differs.") }
    show(.diff(draft.diff))
  }

  mutating func startReview() -> [Effect] {
    guard let draft, !draft.isEmpty else {
      say("There is no draft to apply. Space switches a restriction on or off.")
      return []
    }
    review = ReviewState(
      diff: draft.diff, difference: effectiveDifference(from: basePolicy, to: policy))
    show(.review)
    return [.review(edits: draft.edits, revision: draft.revision)]
  }

  mutating func applyOrWait() -> [Effect] {
    guard let review else { return [] }
    switch review.phase {
    case .checking:
      self.review?.appliesWhenClean = true
      return []
    case .ready(let result):
      if result.isBlocked {
        say("Blocked: nothing is written. Esc goes back to the draft.", .error)
        return []
      }
      if result.needsYes {
        say("\(result.reasonForYes). Press y to apply it all the same.", .warning)
        return []
      }
      return apply()
    case .applying: return []
    case .failed:
      // Try again from the checks on: the files may have changed.
      return startReview()
    }
  }

  mutating func apply() -> [Effect] {
    guard let draft, let review, let result = review.result, !result.isBlocked else { return [] }
    self.review?.phase = .applying("applying")
    return [
      .apply(
        edits: draft.edits, revision: draft.revision,
        message: message ?? summary(of: draft.edits),
        confirmSeconds: review.isGuarded ? confirmSeconds : nil,
        trialSeconds: trialSeconds)
    ]
  }

  // The reason that the history shows when the admin gives none.
  func summary(of edits: [Edit]) -> String {
    edits.map { edit in
      switch edit {
      case .setState(let target, let state): "\(target.name) \(state.rawValue)"
      case .insert(_, _, let name, _, let state): "\(name) \(state.rawValue)"
      case .remove(let target): "remove \(target.name)"
      case .move(let target, _): "move \(target.name)"
      case .setArgument(let target, let argument): "\(target.name) \(argument ?? "")"
      case .rename(let target, let name): "\(target.name) becomes \(name)"
      case .setParameter(let name, let value, _): "\(name) = \(value)"
      case .resetParameter(let name, _): "reset \(name)"
      case .restore(let patch): "restore \(patch.parameter)"
      }
    }.joined(separator: ", ")
  }
}
