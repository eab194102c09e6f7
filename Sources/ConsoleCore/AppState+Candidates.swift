import Attribution
import MailLog
import PostfixConfig

// What may be picked for the line that is being typed.
extension AppState {
  /// More cannot be looked through; typing narrows them down.
  private static let candidateLimit = 200

  /// Makes the candidates and the note anew after the text has changed.
  mutating func refreshPrompt() -> [Effect] {
    guard let current = prompt else { return [] }
    let text = current.input.text
    let candidates =
      switch current.purpose {
      case .restriction(let stage): restrictions(for: stage, matching: text)
      case .newArgument(_, let name): arguments(of: name, text)
      case .argument(let target): arguments(of: target.name, text)
      case .parameter(let name): values(of: name, text)
      case .preset: presets(matching: text)
      case .fix: fixCandidates(matching: text)
      case .filter: filterCandidates(text)
      case .command: commandCandidates(text)
      case .search, .time, .message, .confirmSeconds, .trialLength: [Candidate]()
      }
    prompt?.candidates = Array(candidates.prefix(Self.candidateLimit))
    if let selected = current.selected, selected >= candidates.count { prompt?.selected = nil }
    judgePrompt()
    return wantedFiles()
  }

  /// The restrictions that make sense in the list, those that begin with the text first.
  private func restrictions(for stage: Stage, matching text: String) -> [Candidate] {
    let version = draft?.base.environment.version ?? PostfixVersion(major: 3, minor: 5)
    let infos = Catalog.restrictions.filter {
      ($0.stages.isEmpty || $0.stages.contains(stage)) && $0.replacedBy == nil
        && $0.isKnown(to: version) && $0.name != "warn_if_reject"
    }
    let natural = infos.filter { $0.stages.first == stage }
    let others = infos.filter { $0.stages.first != stage }
    return ranked(natural + others, by: \.name, matching: text).map { info in
      Candidate(
        info.name, label: info.name + (info.argument.map { " \($0)" } ?? ""),
        detail: info.summary, warning: info.mayHurt)
    }
  }

  private func ranked<Element>(
    _ all: [Element], by name: (Element) -> String, matching text: String
  ) -> [Element] {
    let words = text.lowercased().split(separator: " ")
    let found = all.filter { element in
      let name = name(element).lowercased()
      return words.allSatisfy { name.contains($0) }
    }
    guard let first = words.first else { return found }
    return found.filter { name($0).lowercased().hasPrefix(first) }
      + found.filter { !name($0).lowercased().hasPrefix(first) }
  }

  private func arguments(of name: String, _ text: String) -> [Candidate] {
    guard let shape = Catalog.restriction(named: name)?.argument else { return [] }
    if shape.hasPrefix("type:table") { return tables(text) }
    return used(name).filter { $0.hasPrefix(text) }.map { Candidate($0, detail: "used already") }
  }

  /// Arguments of the same restriction elsewhere.
  private func used(_ name: String) -> [String] {
    var seen: Set<String> = []
    return policy.services.flatMap(\.lists).flatMap(\.restrictions).compactMap { restriction in
      guard restriction.name == name, let argument = restriction.argument,
        seen.insert(argument).inserted
      else { return nil }
      return argument
    }
  }

  private func tables(_ text: String) -> [Candidate] {
    guard let colon = text.firstIndex(of: ":") else {
      let types = (draft?.base.environment.tableTypes ?? []).sorted()
      return types.filter { $0.hasPrefix(text) && !Self.innerTypes.contains($0) }.map {
        Candidate("\($0):", detail: Self.typeHelp[$0] ?? "")
      }
    }
    let path = String(text[text.index(after: colon)...])
    guard let files, path.hasPrefix(files.prefix) || files.prefix.hasPrefix(path) else { return [] }
    return files.names.filter { $0.hasPrefix(path) }.map {
      Candidate(String(text[...colon]) + $0, label: $0)
    }
  }

  /// Types that are of no use in an access check.
  private static let innerTypes: Set = ["internal", "environ", "fail", "debug", "unix"]

  /// DATABASE_README in a few words.
  private static let typeHelp = [
    "hash": "a file with an index; run postmap after each change",
    "btree": "a file with an index; run postmap after each change",
    "lmdb": "a file with an index; run postmap after each change",
    "cdb": "a file with an index; run postmap after each change",
    "texthash": "a file without an index; read once, so reload after each change",
    "cidr": "a file of networks; read once, so reload after each change",
    "regexp": "a file of regular expressions; read once, so reload after each change",
    "pcre": "a file of Perl expressions; read once, so reload after each change",
    "inline": "the table itself: inline:{key=value, key=value}",
    "static": "one answer to everything: static:OK",
    "proxy": "another table through proxymap(8)",
    "socketmap": "a server asked over a socket", "tcp": "a server asked over TCP",
  ]

  /// Asks for the names of files while a table's path is typed.
  private func wantedFiles() -> [Effect] {
    guard let prompt else { return [] }
    let name: String
    switch prompt.purpose {
    case .newArgument(_, let restriction): name = restriction
    case .argument(let target): name = target.name
    default: return []
    }
    let text = prompt.input.text
    guard Catalog.restriction(named: name)?.argument?.hasPrefix("type:table") == true,
      let colon = text.firstIndex(of: ":")
    else { return [] }
    let path = text[text.index(after: colon)...]
    let directory =
      path.lastIndex(of: "/").map { String(path[...$0]) }
      ?? (path.isEmpty ? instance.configurationDirectory + "/" : "")
    guard directory.hasPrefix("/"), directory != files?.prefix else { return [] }
    return [.listFiles(prefix: directory)]
  }

  mutating func take(files names: [String], below prefix: String) {
    files = (prefix, names)
    _ = refreshPrompt()
  }

  private func values(of name: String, _ text: String) -> [Candidate] {
    let row = allParameters.first { $0.name == name }
    var values: [Candidate] = []
    let environment = draft?.base.environment
    switch environment.flatMap({ row?.info?.kind(in: $0) }) ?? row?.info?.kind {
    case .bool: values = [Candidate("yes"), Candidate("no")]
    case .choice(let words):
      values = words.map { Candidate($0, label: $0.isEmpty ? "(empty)" : $0) }
    default: break
    }
    if let standard = row?.standard { propose(standard, "the default", in: &values) }
    for preset in Catalog.presets {
      for setting in preset.settings where setting.parameter == name {
        let value = setting.value.split(separator: "\n").joined(separator: " ").trimmingBlanks
        propose(value, "preset \(preset.name): \(setting.reason)", in: &values)
      }
    }
    return values
  }

  /// Adds a value, or what speaks for it when it is there already.
  private func propose(_ value: String, _ detail: String, in values: inout [Candidate]) {
    if let index = values.firstIndex(where: { $0.text == value }) {
      let before = values[index].detail
      values[index].detail = before.isEmpty ? detail : "\(before); \(detail)"
    } else {
      values.append(Candidate(value, label: value.isEmpty ? "(empty)" : value, detail: detail))
    }
  }

  private func presets(matching text: String) -> [Candidate] {
    ranked(Catalog.presets, by: \.name, matching: text).map { preset in
      let count = preset.settings.count
      return Candidate(
        preset.name, detail: "sets \(count) \(count == 1 ? "parameter" : "parameters")")
    }
  }

  private func fixCandidates(matching text: String) -> [Candidate] {
    let all = fixes.enumerated().map { index, finding in
      Candidate(
        "\(index)",
        label: "\(finding.location.file.rawValue):\(finding.location.line) "
          + finding.code, detail: finding.message, warning: summary(of: finding.fix))
    }
    return ranked(all, by: \.label, matching: text)
  }
}
