import Attribution
import MailLog
import PostfixConfig
import TextGrid

// Completion of the filter and of the `:` line, and what is wrong with a text.
extension AppState {
  private func split(_ text: String) -> (before: String, word: String) {
    guard let blank = text.lastIndex(of: " ") else { return ("", text) }
    return (String(text[...blank]), String(text[text.index(after: blank)...]))
  }

  func filterCandidates(_ text: String) -> [Candidate] {
    let (before, word) = split(text)
    guard let equals = word.firstIndex(of: "=") else {
      return LogFilter.names.sorted().filter { $0.hasPrefix(word) }.map {
        Candidate(before + $0 + "=", detail: Self.conditionHelp[$0] ?? "")
      }
    }
    let name = String(word[..<equals])
    let value = String(word[word.index(after: equals)...]).lowercased()
    return conditionValues(name).filter { $0.lowercased().contains(value) && !$0.contains(" ") }
      .map { Candidate(before + name + "=" + $0, label: $0) }
  }

  private static let conditionHelp = [
    "event": "reject, accepted, trial, warning, …", "client": "a part of its name or address",
    "helo": "a part of the HELO name", "sender": "a part of the sender's address",
    "recipient": "a part of the recipient's address",
    "restriction": "what refused it", "service": "a part of the service's name in the log",
    "reply": "what the reply code begins with: 4, 504, 550 5.1.1",
    "command": "RCPT, MAIL, CONNECT, …", "queue": "a queue id", "pid": "a process id",
    "text": "a part of the line",
  ]

  private func conditionValues(_ name: String) -> [String] {
    switch name {
    case "event": LogRow.Kind.allCases.map(\.rawValue)
    case "restriction":
      Array(Set(service?.lists.flatMap { $0.restrictions.map(\.name) } ?? [])).sorted()
    case "client": sessions.map(\.clientAddress)
    case "service": Array(Set(policy.services.map(\.tag))).sorted()
    default: []
    }
  }

  func commandCandidates(_ text: String) -> [Candidate] {
    guard let blank = text.firstIndex(of: " ") else {
      return CommandWord.allCases.filter { $0.rawValue.hasPrefix(text.lowercased()) }.map {
        Candidate($0.rawValue, detail: $0.help)
      }
    }
    let first = String(text[..<blank])
    let rest = String(text[text.index(after: blank)...])
    guard let command = CommandWord(rawValue: first), !rest.contains(" ") || command == .filter
    else { return [] }
    let before = first + " "
    switch command {
    case .enable, .trial, .disable:
      return restrictionNames(command).filter { $0.contains(rest) }.map {
        Candidate(before + $0, label: $0, detail: Catalog.restriction(named: $0)?.summary ?? "")
      }
    case .set, .reset:
      return Catalog.parameters.filter { $0.name.contains(rest) }.map { info in
        let text = before + info.name + (command == .set ? "=" : "")
        return Candidate(text, label: info.name, detail: info.summary)
      }
    case .preset: return Catalog.presets.map { Candidate(before + $0.name, label: $0.name) }
    case .service:
      return policy.services.map {
        Candidate(before + $0.service.description, label: $0.service.description)
      }
    case .client:
      return sessions.map { Candidate(before + $0.clientAddress, label: $0.clientAddress) }
    case .filter:
      return filterCandidates(rest).map {
        Candidate(before + $0.text, label: $0.label, detail: $0.detail)
      }
    default: return []
    }
  }

  private func restrictionNames(_ command: CommandWord) -> [String] {
    let rows = gateRows.filter { row in
      switch command {
      case .enable: row.state == .off || row.state == .trial
      case .trial: row.state == .off || row.state == .on
      default: row.state == .on || row.state == .trial
      }
    }
    var seen: Set<String> = []
    return rows.map(\.id.name).filter { seen.insert($0).inserted }
  }

  /// Says what is wrong with the text, or what it would do.
  mutating func judgePrompt() {
    guard let current = prompt else { return }
    let text = current.current?.text ?? current.input.text
    let note = note(text, for: current.purpose)
    prompt?.note = note
  }

  private func note(_ text: String, for purpose: Prompt.Purpose) -> Notice? {
    let value = text.trimmingBlanks
    switch purpose {
    case .restriction(let stage):
      guard !value.isEmpty, let service, Catalog.restriction(named: value)?.argument == nil else {
        return nil
      }
      return judge(
        .insert(
          stage: stage, service: service.service.description, name: value, argument: nil, state: .on
        ))
    case .newArgument(let stage, let name):
      guard let service, !value.isEmpty else { return Notice(expectation(of: name)) }
      return judge(
        .insert(
          stage: stage, service: service.service.description, name: name, argument: value,
          state: .on))
    case .argument(let target):
      return value.isEmpty
        ? Notice(expectation(of: target.name), kind: .error) : judge(.setArgument(target, value))
    case .parameter(let name): return judge(.setParameter(name: name, value: value, service: nil))
    case .confirmSeconds:
      return (5...86_400).contains(Int(value) ?? 0)
        ? nil : Notice("5 to 86400 seconds", kind: .error)
    case .trialLength:
      return (seconds(value) ?? 0) >= 10
        ? nil : Notice("a span of ten seconds at least: 2h, 1d, 1w", kind: .error)
    case .time:
      guard !value.isEmpty else { return nil }
      return parseHumanTime(value, now: now) == nil ? Notice("no time yet", kind: .warning) : nil
    case .filter:
      do {
        _ = try LogFilter(value)
        return nil
      } catch {
        return Notice(error.description, kind: .error)
      }
    case .search, .command, .preset, .message, .fix: return nil
    }
  }

  private func expectation(of name: String) -> String {
    "\(name) needs \(Catalog.restriction(named: name)?.argument ?? "an argument")"
  }

  /// What an edit would add: its worst finding, else what changes for clients.
  private func judge(_ edit: Edit) -> Notice? {
    guard let candidate = draft?.candidate else { return nil }
    var next = candidate
    do {
      try next.apply(edit)
    } catch {
      return Notice(error.message, kind: .error)
    }
    let added = next.findings(comparedTo: candidate).filter(\.addedByDraft)
    let worst = added.min { rank($0.findingClass) < rank($1.findingClass) }
    if let worst {
      let kind: Notice.Kind = worst.findingClass.blocks ? .error : .warning
      return Notice("\(worst.findingClass.rawValue): \(worst.message)", kind: kind)
    }
    let after = next.policy()
    let words = effectiveDifference(from: policy, to: after)
    return words.isEmpty ? nil : Notice(effectWords(from: policy, to: after))
  }

  private func rank(_ kind: FindingClass) -> Int {
    FindingClass.allCases.firstIndex(of: kind) ?? FindingClass.allCases.count
  }
}
