import Attribution
import MailLog
import PostfixConfig
import TextGrid

/// Takes an event into the state and says what is to be done.
///
/// This is the only place where the state changes, and the only place that enforces read-only mode:
/// an effect that changes the machine leaves here only when the instance may be changed.
public func reduce(_ state: inout AppState, _ event: Event) -> [Effect] {
  let before = state.draft?.edits ?? []
  var effects = state.handle(event)
  if state.instance.keepsDrafts, let edits = state.draft?.edits, edits != before {
    effects.append(.saveDraft(edits: edits))
  }
  guard let reason = state.instance.readOnlyReason, effects.contains(where: \.changesMachine) else {
    return effects
  }
  state.refuse(reason)
  return effects.filter { !$0.changesMachine }
}

extension AppState {
  mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .key(let key): return press(key)
    case .pointer(let pointer): return point(pointer)
    case .resize(let size): self.size = size
    case .tick(let now, let utcOffset): tick(now: now, utcOffset: utcOffset)
    case .terminate: return [.quit]
    case .suspendRequested: return [.suspend]
    case .continued: return [.redraw]
    case .instance(let status): instance = status
    case .configurationLoaded(let configuration, let revision):
      load(configuration, revision: revision)
      // Whoever changed the files may have left an entry.
      if screen == .history { return [.readHistory] }
    case .configurationFailed(let reason): configurationProblem = reason
    case .logSnapshot(let snapshot): receive(snapshot)
    case .logCleared: log.clear(keepsPlace: instance.canReadBack)
    case .logRows(let rows):
      log.append(rows, policy: policy)
      if instance.canReadBack, let request = log.wantedForFilter() { return [.readLog(request)] }
    case .sessions(let sessions): self.sessions = sessionOrder.sorted(sessions)
    case .logReading(let reading): return take(reading)
    case .client(let history): if history.address == client?.address { client = history }
    case .history(let changes):
      self.changes = changes
      historyProblem = nil
      return readVerdictOfCurrentChange()
    case .historyFailed(let reason): historyProblem = reason
    case .files(let prefix, let names): take(files: names, below: prefix)
    case .rehearsal(let status): take(status)
    case .trials(let trials): self.trials = trials
    case .verdict(let number, let lines): verdicts[number] = lines
    case .savedDraft(let edits, let saved): take(edits, saved: saved)
    case .mouseMissing:
      isMouseOn = false
      say("This terminal has no mouse that it could report.", .warning)
    case .pasted(let text): return paste(text)
    case .reviewed(let result): return receive(result)
    case .applyProgress(let step):
      if case .applying = review?.phase { review?.phase = .applying(step) }
    case .applied(_, let message):
      applied(message)
      return screen == .history ? [.readHistory] : []
    case .applyFailed(let problems):
      review?.phase = .failed(problems)
      if review == nil, let first = problems.first { say(first.reason, .error) }
    case .undoFinished(let success, let message):
      say(message, success ? .info : .error)
      return screen == .history ? [.readHistory] : []
    case .confirmWindow(let window):
      confirmWindow = window
      // What became of the change stands in its entry.
      return screen == .history ? [.readHistory] : []
    case .commandRan(let command): remember(command)
    case .notice(let notice): say(notice.text, notice.kind)
    }
    return []
  }

  mutating func say(_ text: String, _ kind: Notice.Kind = .info) {
    notice = Notice(text, kind: kind)
    noticeTime = now
  }

  mutating func refuse(_ reason: String) {
    if var current = review, case .applying = current.phase {
      current.phase = .failed([readOnlyProblem(reason)])
      review = current
    }
    say("Read-only: \(reason); nothing was changed.", .warning)
  }

  private func readOnlyProblem(_ reason: String) -> Problem {
    Problem(
      reason: "Read-only: \(reason).", remedy: "Start postgate as root to apply this draft.")
  }

  private mutating func tick(now: LogTime, utcOffset: Int) {
    self.now = now
    self.utcOffset = utcOffset
    if let noticeTime, now.seconds - noticeTime.seconds >= 8 {
      notice = nil
      self.noticeTime = nil
    }
    if let waiting = waitingSnapshot, isSnapshotDue {
      show(waiting)
    } else if let snapshotTime, now.microseconds - snapshotTime.microseconds > 1_500_000 {
      changedRows = []
    }
  }

  private var isSnapshotDue: Bool {
    guard let snapshotTime else { return true }
    // Numbers that flicker cannot be read.
    let pause = settings.refreshSeconds ?? 1
    return now.microseconds - snapshotTime.microseconds >= Int64(pause * 1_000_000)
  }

  private mutating func receive(_ new: LogSnapshot) {
    if isSnapshotDue { show(new) } else { waitingSnapshot = new }
  }

  private mutating func show(_ new: LogSnapshot) {
    changedRows = []
    // While the window is still being read everything grows; only news is marked.
    if let old = snapshot, old.coverage.isComplete {
      for (key, count) in new.rows
      where count.rejects > old.rows[key]?.rejects ?? 0 || count.trial > old.rows[key]?.trial ?? 0 {
        changedRows.insert(key)
      }
    }
    snapshot = new
    snapshotTime = now
    waitingSnapshot = nil
  }

  private mutating func remember(_ command: String) {
    commands.append(command)
    if commands.count > 200 { commands.removeFirst(commands.count - 200) }
  }

  private mutating func load(_ configuration: Configuration, revision: String) {
    configurationProblem = nil
    if draft?.revision == revision { return }
    let misfits = draft?.rebase(onto: configuration, revision: revision) ?? []
    if draft == nil { draft = Draft(base: configuration, revision: revision) }
    basePolicy = configuration.policy()
    offers = strictOptions(of: configuration.environment.version)
    refreshPolicy()
    if let misfit = misfits.first {
      say("The files were changed; an edit no longer fits and was dropped: \(misfit)", .warning)
    }
  }

  mutating func refreshPolicy() {
    guard let draft else { return }
    policy = draft.isEmpty ? basePolicy : draft.candidate.policy()
    if serviceID == nil || !policy.services.contains(where: { $0.service == serviceID }) {
      serviceID = policy.services.first?.service
    }
    if screen == .settings { refreshParameters() }
    if !isTrialDraft { trialSeconds = nil }
  }

  private mutating func receive(_ result: ReviewResult) -> [Effect] {
    guard let draft, var current = review, current.phase == .checking, result.edits == draft.edits
    else { return [] }
    current.phase = .ready(result)
    review = current
    let isClean = !result.isBlocked && !result.needsYes && result.consequences.isEmpty
    return current.appliesWhenClean && isClean ? apply() : []
  }

  private mutating func applied(_ message: String) {
    // Until the files are read again, what was written is what is in force.
    if let draft, !draft.isEmpty {
      self.draft = Draft(base: draft.candidate, revision: "")
      basePolicy = policy
    }
    review = nil
    self.message = nil
    trialSeconds = nil
    if popup == .review { popup = nil }
    say(message)
  }
}
