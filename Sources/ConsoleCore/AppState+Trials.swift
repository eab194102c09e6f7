import MailLog
import PostfixConfig

// Trials with an end, and what they showed.
extension AppState {
  /// The trial with an end that this row is on; nil for one without.
  public func trial(of row: GateRow) -> RunningTrial? {
    guard case .restriction(let restriction) = row.content else { return nil }
    return trials.last { $0.isOf(restriction) }
  }

  /// Seconds until a trial ends by itself.
  public func secondsLeft(of trial: RunningTrial) -> Int {
    Int(max(0, trial.until.seconds - now.seconds))
  }

  /// The verdict of a trial that is over stands on the disk, so that it costs nothing to show it at once.
  func readVerdictOfCurrentChange() -> [Effect] {
    guard screen == .history, let change = currentChange, change.isTrialOver,
      verdicts[change.number] == nil
    else { return [] }
    return [.readVerdict(number: change.number)]
  }

  /// Takes the edits that an earlier console left, where nothing was edited since.
  mutating func take(_ edits: [Edit], saved: LogTime) {
    guard draft?.isEmpty == true, !edits.isEmpty else { return }
    var misfits = 0
    for edit in edits {
      do { try draft?.add(edit) } catch { misfits += 1 }
    }
    refreshPolicy()
    let kept = pendingEdits == 1 ? "1 edit" : "\(pendingEdits) edits"
    let lost = misfits == 0 ? "" : " (\(misfits) no longer fit and were dropped)"
    say("The draft of \(shortMoment(saved)) is back: \(kept)\(lost); z takes edits away.", .warning)
  }
}
