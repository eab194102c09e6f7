import PostfixConfig
import TextGrid

extension AppState {
  mutating func press(_ key: Key) -> [Effect] {
    // A letter is text while a line is typed, whatever the user's settings say.
    if prompt != nil, case .character(let character) = key { return type(character) }
    guard let binding = Keymap.binding(for: key, in: context, keys: settings.keys),
      isAvailable(binding.action)
    else {
      return []
    }
    notice = nil
    noticeTime = nil
    let hadEnd = trialSeconds != nil
    let effects = perform(binding.action)
    if hadEnd, trialSeconds == nil, pendingEdits > 0 {
      say(
        "Beside another edit the trial has no end any more: z takes the edit away, T asks anew.",
        .warning)
    }
    return effects
  }

  mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .up, .down, .pageUp, .pageDown, .first, .last: return move(action)
    case .open: return open()
    case .toggle, .trial, .undoEdit, .redoEdit, .insert, .remove, .moveUp, .moveDown, .edit:
      edit(action)
      // What may be typed as an argument is completed from the files at hand.
      return refreshPrompt()
    case .trialFor: promptForTrialLength()
    case .preset: promptForPreset()
    case .review: return startReview()
    case .diff: showDiff()
    case .offered: if screen == .settings { hidesDefaults.toggle() } else { hidesOffers.toggle() }
    case .service: nextService()
    case .window: return nextWindow()
    case .pause: log.togglePause(policy: policy)
    case .focusNext: return focus(by: 1)
    case .focusPrevious: return focus(by: -1)
    case .gateScreen, .connectionsScreen, .logScreen, .settingsScreen, .historyScreen:
      return go(to: Self.screens[action] ?? .gate)
    case .search, .filter, .commandLine, .goToTime: return promptFor(action)
    case .searchNext: return searchNext(isOlder: true)
    case .searchPrevious: return searchNext(isOlder: false)
    case .sortNext, .sortPrevious, .sortReverse: sort(action)
    case .reread: return reread()
    case .undoChange: askForUndo()
    case .commands: show(.commands)
    case .help: show(.help)
    case .rehearse: return rehearse()
    case .cancelRehearsal: return [.cancelRehearsal]
    case .recordHelo: askForRecording()
    case .mouse: return toggleMouse()
    case .offenders: toggleOffenders()
    default: return performAnswer(action)
    }
    return []
  }

  private static let screens: [Action: ScreenID] = [
    .gateScreen: .gate, .connectionsScreen: .connections, .logScreen: .log,
    .settingsScreen: .settings, .historyScreen: .history,
  ]

  private mutating func performAnswer(_ action: Action) -> [Effect] {
    switch action {
    case .keep: return confirmWindow.map { [.keepChange(number: $0.number)] } ?? []
    case .takeBack: return confirmWindow.map { [.takeBackChange(number: $0.number)] } ?? []
    case .apply: return applyOrWait()
    case .applyGuarded: review?.isGuarded.toggle()
    case .confirmTime: promptForConfirmTime()
    case .message: promptForMessage()
    case .fix: promptForFix()
    case .yes: return yes()
    case .no: close()
    case .escape: return escape()
    case .suspend: return [.suspend]
    case .redraw: return [.redraw]
    case .back: return back()
    case .quit: return quit()
    default: return performTyping(action)
    }
    return []
  }

  mutating func show(_ popup: Popup) {
    self.popup = popup
    popupScroll = 0
  }

  /// Shows one of the screens.
  mutating func go(to screen: ScreenID) -> [Effect] {
    self.screen = screen
    switch screen {
    case .gate: pane = .restrictions
    case .settings: openSettings()
    case .history: return [.readHistory]
    case .connections: showsOffenders = false
    case .log: break
    }
    return []
  }

  private mutating func escape() -> [Effect] {
    if prompt != nil {
      prompt = nil
      return []
    }
    if popup == nil, log.request != nil {
      log.cancelReading()
      return [.cancelReadLog]
    }
    return leave()
  }

  /// Goes back one step, and ends what ran for what was looked at only.
  private mutating func leave() -> [Effect] {
    let wasClient = if case .session? = popup { true } else { false }
    close()
    return wasClient && client?.isComplete == false ? [.cancelReadClient] : []
  }

  mutating func close() {
    // What is being applied goes on; its Review stays until it says how it ended.
    if case .applying = review?.phase, popup == .review { return }
    if popup == .rehearsal, review != nil {
      return show(.review)
    }
    if popup == .review { review = nil }
    if popup == nil {
      if screen == .gate { pane = .restrictions } else { screen = .gate }
    }
    popup = nil
  }

  private mutating func back() -> [Effect] {
    if popup != nil { return leave() }
    if screen != .gate {
      screen = .gate
      return []
    }
    return quit()
  }

  mutating func quit() -> [Effect] {
    prompt = nil
    guard let draft, !draft.isEmpty else { return [.quit] }
    show(.question(.quitWithDraft))
    return []
  }

  private mutating func yes() -> [Effect] {
    switch popup {
    case .question(.quitWithDraft): return [.quit]
    case .question(.undoChange(let number)):
      popup = nil
      return [number.map { .undoChange(number: $0) } ?? .undoLastChange]
    case .question(.recordHelo(let on)): return record(on)
    case .review: return review?.result?.needsYes == true ? apply() : []
    default: return []
    }
  }

  private mutating func askForUndo() {
    guard screen == .history, let change = currentChange else {
      return show(.question(.undoChange(nil)))
    }
    guard change.isInForce else {
      return say("Change \(change.number) is not in force (\(change.outcome)).")
    }
    show(.question(.undoChange(change.number)))
  }

  private mutating func open() -> [Effect] {
    switch context {
    case .gate:
      guard let row = currentGateRow else { return [] }
      show(.row(row.id))
      return trial(of: row).map { [.readVerdict(number: $0.number)] } ?? []
    case .connections:
      if isOnOffenders { return openOffender() }
      guard let session = currentSession else { return [] }
      return openClient(session.clientAddress, pid: session.pid)
    case .log: if let row = log.currentRow { show(.logLine(row)) }
    case .settings: if let row = currentParameter { show(.parameter(row.name)) }
    case .history:
      guard let change = currentChange else { return [] }
      show(.change(change.number))
      return change.trial == nil ? [] : [.readVerdict(number: change.number)]
    default: break
    }
    return []
  }

  mutating func openClient(_ address: String, pid: Int32) -> [Effect] {
    show(.session(pid, address: address))
    if client?.address != address { client = ClientHistory(address: address) }
    return [.readClient(address: address)]
  }

  private mutating func focus(by step: Int) -> [Effect] {
    guard screen == .gate else {
      let screens = ScreenID.allCases
      let index = screens.firstIndex(of: screen) ?? 0
      return go(to: screens[(index + step + screens.count) % screens.count])
    }
    let panes = Pane.allCases
    let index = panes.firstIndex(of: pane) ?? 0
    pane = panes[(index + step + panes.count) % panes.count]
    return []
  }

  private mutating func sort(_ action: Action) {
    switch action {
    case .sortNext: sessionOrder.step(1)
    case .sortPrevious: sessionOrder.step(-1)
    default: sessionOrder.isReversed.toggle()
    }
    sessions = sessionOrder.sorted(sessions)
  }

  private mutating func nextService() {
    let services = policy.services.map(\.service)
    guard services.count > 1, let current = service?.service,
      let index = services.firstIndex(of: current)
    else { return say("There is only one smtpd service in master.cf.") }
    serviceID = services[(index + 1) % services.count]
  }

  private mutating func nextWindow() -> [Effect] {
    setWindow(Self.windows.first { $0 > windowSeconds } ?? Self.windows[0])
  }

  mutating func setWindow(_ seconds: Int) -> [Effect] {
    windowSeconds = seconds
    // The old counts are of another window: unknown is better than wrong.
    snapshot = nil
    waitingSnapshot = nil
    snapshotTime = nil
    changedRows = []
    return [.setWindow(seconds: seconds)]
  }

  private mutating func reread() -> [Effect] {
    say("Reading main.cf and master.cf again.")
    return [.rereadConfiguration] + (screen == .history ? [.readHistory] : [])
  }
}
