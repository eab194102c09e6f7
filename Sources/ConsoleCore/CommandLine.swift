import Attribution
import MailLog
import PostfixConfig

/// One word of the `:` line.
enum CommandWord: String, CaseIterable {
  case enable, trial, disable, set, reset, preset, review, diff, undo, rehearse, record
  case gate, connections, offenders, log, settings, history, commands, help
  case client, filter, search, goto, service, window, read, quit

  /// What completion shows beside it.
  var help: String {
    switch self {
    case .enable: "RESTRICTION [ARGUMENT]: switch it on"
    case .trial: "RESTRICTION [ARGUMENT]: log only"
    case .disable: "RESTRICTION [ARGUMENT]: switch it off"
    case .set: "PARAMETER=VALUE"
    case .reset: "PARAMETER: back to its default"
    case .preset: "NAME: put a preset into the draft"
    case .review: "review the draft and apply it"
    case .diff: "show the draft as a diff"
    case .undo: "[NUMBER]: take an applied change back"
    case .rehearse: "what the draft would have done"
    case .record: "HELO names of accepted mail in the log, or no longer"
    case .gate, .connections, .log, .settings, .history: "go to this screen"
    case .offenders: "who is refused most"
    case .commands: "the commands that were run"
    case .help: "the keys"
    case .client: "ADDRESS: what the log tells of a client"
    case .filter: "CONDITIONS: for the log; none shows all"
    case .search: "TEXT"
    case .goto: "TIME: 09:00, 2h, yesterday"
    case .service: "NAME: the service whose lists are shown"
    case .window: "TIME: the span of the counts: 15m, 6h, 7d"
    case .read: "read main.cf and master.cf again"
    case .quit: "leave; asks when there is a draft"
    }
  }
}

extension AppState {
  /// Carries out a `:` line.
  mutating func run(_ line: String) -> [Effect] {
    let words = line.split(separator: " ").map(String.init)
    guard let first = words.first else { return [] }
    let matches = CommandWord.allCases.filter { $0.rawValue.hasPrefix(first.lowercased()) }
    guard let command = CommandWord(rawValue: first.lowercased()) ?? matches.first,
      matches.count == 1 || command.rawValue == first.lowercased()
    else {
      say(
        matches.isEmpty
          ? "There is no command \(first); Tab shows all."
          : "\(first) may be \(matches.map(\.rawValue).joined(separator: ", ")).", .warning)
      return []
    }
    let rest = words.dropFirst().joined(separator: " ")
    switch command {
    case .enable: return switchByName(Array(words.dropFirst()), .on)
    case .trial: return switchByName(Array(words.dropFirst()), .trial)
    case .disable: return switchByName(Array(words.dropFirst()), .off)
    case .set: setByName(rest)
    case .reset: resetByName(rest)
    case .preset: runPreset(rest)
    case .undo: return runUndo(rest)
    case .client: return runClient(rest)
    case .filter: return setFilter(rest)
    case .search: return search(rest)
    case .goto: return goTo(rest)
    case .service: chooseService(rest)
    case .window: return chooseWindow(rest)
    default: return runAction(command)
    }
    return []
  }

  private mutating func runAction(_ command: CommandWord) -> [Effect] {
    let actions: [CommandWord: Action] = [
      .review: .review, .diff: .diff, .rehearse: .rehearse,
      .record: .recordHelo, .offenders: .offenders, .gate: .gateScreen,
      .connections: .connectionsScreen, .log: .logScreen, .settings: .settingsScreen,
      .history: .historyScreen, .commands: .commands, .help: .help, .read: .reread, .quit: .quit,
    ]
    guard let action = actions[command] else { return [] }
    guard isAvailable(action) else {
      say("\(command.rawValue) is not possible here.")
      return []
    }
    return perform(action)
  }

  private mutating func switchByName(_ words: [String], _ state: RestrictionState) -> [Effect] {
    guard draft != nil, let name = words.first else {
      say("Name a restriction; Tab completes.")
      return []
    }
    let argument = words.count > 1 ? words.dropFirst().joined(separator: " ") : nil
    let rows = gateRows.filter {
      $0.id.name == name && (argument == nil || $0.id.argument == argument)
    }
    for row in rows {
      if case .restriction(let restriction) = row.content {
        let before = policy
        _ = go(to: .gate)
        gateCursor = row.id
        if add(.setState(restriction.target, state)) { sayEffect(since: before) }
        return []
      }
    }
    guard state != .off else {
      say("\(name) stands in no list of this service.", .warning)
      return []
    }
    guard let info = Catalog.restriction(named: name) else {
      let near = Catalog.nearestRestriction(to: name).map { " Did you mean \($0)?" } ?? ""
      say("Postfix has no restriction \(name).\(near)", .warning)
      return []
    }
    _ = go(to: .gate)
    insert(info.name, argument: argument, stage: info.stages.first ?? .recipient, state: state)
    return []
  }

  private mutating func setByName(_ text: String) {
    let separator = text.firstIndex(of: "=") ?? text.firstIndex(of: " ")
    guard let separator, separator != text.startIndex else {
      return say("Write :set PARAMETER=VALUE.", .warning)
    }
    setParameter(
      text[..<separator].trimmingBlanks, text[text.index(after: separator)...].trimmingBlanks)
  }

  mutating func setParameter(_ name: String, _ value: String) {
    guard draft != nil else { return say("The configuration has not been read yet.", .warning) }
    let before = policy
    parameterCursor = name
    guard add(.setParameter(name: name, value: value, service: nil)) else { return }
    let words = effectiveDifference(from: before, to: policy)
    say(words.isEmpty ? "\(name) is \(value) in the draft." : effectWords(from: before, to: policy))
  }

  private mutating func resetByName(_ name: String) {
    guard draft?.candidate.main.rawValue(of: name) != nil else {
      return say("main.cf does not set \(name.isEmpty ? "that" : name).", .warning)
    }
    parameterCursor = name
    if add(.resetParameter(name: name, service: nil)) {
      say("\(name) goes back to its default in the draft.")
    }
  }

  private mutating func runPreset(_ name: String) {
    guard Catalog.preset(named: name) != nil else {
      let names = Catalog.presets.map(\.name).joined(separator: ", ")
      return say("There are the presets \(names).", .warning)
    }
    takePreset(name)
  }

  private mutating func runUndo(_ text: String) -> [Effect] {
    guard let number = Int(text) else {
      show(.question(.undoChange(nil)))
      return []
    }
    show(.question(.undoChange(number)))
    return []
  }

  private mutating func runClient(_ address: String) -> [Effect] {
    guard !address.isEmpty else {
      say("Write :client ADDRESS.", .warning)
      return []
    }
    let session = sessions.first { $0.clientAddress == address }
    return openClient(address, pid: session?.pid ?? 0)
  }

  mutating func goTo(_ text: String) -> [Effect] {
    guard instance.canReadBack else {
      say("Only in a log that is a file can one go to a time.", .warning)
      return []
    }
    guard let moment = parseHumanTime(text, now: now, zone: LocalZone(offset: utcOffset)) else {
      say("\(text) is no time; write 2h, 09:00, yesterday or 2026-11-22 09:00.", .warning)
      return []
    }
    if screen != .log, pane != .log { screen = .log }
    return [.readLog(log.ask(.after, .moment(moment)))]
  }

  private mutating func chooseService(_ name: String) {
    let found = policy.services.first {
      $0.service.description == name || $0.service.name == name
    }
    guard let found else {
      let all = policy.services.map(\.service.description).joined(separator: ", ")
      return say("There is no smtpd service \(name); there are \(all).", .warning)
    }
    serviceID = found.service
  }

  private mutating func chooseWindow(_ text: String) -> [Effect] {
    guard let start = parseHumanTime(text, now: now), start < now,
      now.seconds - start.seconds <= 60 * 86_400
    else {
      say("\(text) is no span; write 15m, 6h or 7d (60 days at most).", .warning)
      return []
    }
    return setWindow(Int(max(60, now.seconds - start.seconds)))
  }
}

extension StringProtocol {
  /// The text without blanks around it.
  var trimmingBlanks: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
