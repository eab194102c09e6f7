@testable import PostfixConfig

/// Says where our reading of both files differs from what postconf prints.
struct OracleJudge {
  let ours: Configuration
  let postconf: Postconf

  var expectsRefusal: Bool { ours.isRefusedByPostconf || !ours.master.badLines.isEmpty }

  func complaint() throws -> String? {
    guard let raw = try postconf.settings(["-n"]), let expanded = try postconf.settings(["-nx"])
    else { return expectsRefusal ? nil : "Postfix refuses it, we do not" }
    guard !expectsRefusal else { return "we refuse it, Postfix does not" }
    return try mainFault(raw, expanded) ?? masterFault()
  }

  private func mainFault(
    _ raw: [[UInt8]: [UInt8]], _ expanded: [[UInt8]: [UInt8]]
  ) throws -> String? {
    let names = ours.namesThatPostconfPrints
    let theirs = Set(raw.keys.map { String(decoding: $0, as: UTF8.self) })
    guard theirs.subtracting(["config_directory"]) == names.subtracting(["config_directory"]) else {
      return
        "names: only Postfix \(theirs.subtracting(names)), only we \(names.subtracting(theirs))"
    }
    for name in names {
      guard let definition = ours.main.definition(of: name) else { continue }
      let (key, value) = (Postconf.folded(name), Postconf.folded(ours.main.rawBytes(definition)))
      guard raw[key] == value else {
        return "\(name) is \(Self.text(value)), to Postfix \(Self.text(raw[key] ?? []))"
      }
      // The process number of the postconf that defines process_id is gone.
      guard !value.contains(Array("process_id".utf8)) else { continue }
      let whole = Postconf.folded(try ours.expandedBytes(of: name))
      guard expanded[key] == whole else {
        return
          "\(name) expands to \(Self.text(whole)), to Postfix \(Self.text(expanded[key] ?? []))"
      }
    }
    let asked = names.sorted()
    guard !asked.isEmpty else { return nil }
    let values = try postconf.lines(["-h"] + asked)?.map { Postconf.folded($0) }
    let own = asked.map { name in
      ours.main.definition(of: name).map { Postconf.folded(ours.main.rawBytes($0)) } ?? []
    }
    return values == own ? nil : "postconf -h prints other values"
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func masterFault() throws -> String? {
    guard !ours.master.entries.isEmpty else { return nil }
    guard let lines = try postconf.lines(["-M"]), let overrides = try postconf.settings(["-P"])
    else { return "Postfix refuses master.cf, we do not" }
    let entries = ours.master.entries
    let services = lines.map { Postconf.folded($0) }.filter { !$0.isEmpty }
    let own = entries.map { Postconf.folded($0.postconfText(ours.master)) }
    guard Set(services) == Set(own), services.count == own.count else {
      return "services: \(services.map(Self.text)) and not \(own.map(Self.text))"
    }
    // Where a service stands twice, postconf -P shows the overrides of both entries together (they
    // share a dictionary in it), though master(8) runs the last one only.
    var settings: [[UInt8]: [UInt8]] = [:]
    for entry in entries {
      for override in entry.overrides {
        settings[Postconf.folded("\(entry.id)/\(override.name)")] = Postconf.folded(override.value)
      }
    }
    guard settings == overrides else {
      return
        "overrides: \(overrides.map { (Self.text($0), Self.text($1)) }) and not \(settings.map { (Self.text($0), Self.text($1)) })"
    }
    return nil
  }
}

extension MasterEntry {
  /// The entry as `postconf -M` prints it: `-o` apart from its value, the value without the blanks
  /// around `=` that braces allow, and braces around what holds blanks.
  fileprivate func postconfText(_ master: MasterCF) -> [UInt8] {
    var words = [id.name, id.type] + settings.map(\.text) + [command.text]
    var isOption = true
    for argument in arguments {
      let override = overrides.last { $0.range.upperBound == argument.range.upperBound }
      var argumentWords = [argument.text]
      if override == nil, !argument.text.hasPrefix("-") { isOption = false }
      if let override {
        let isJoined = override.range.lowerBound == argument.range.lowerBound
        let value = override.isBraced ? "\(override.name)=\(override.value)" : nil
        argumentWords = [value ?? argument.text]
        if isJoined {
          let letters = argument.text.prefix { $0 != "o" }
          argumentWords = (letters == "-" ? [] : [String(letters)]) + ["-o"]
          argumentWords.append(value ?? String(argument.text.dropFirst(letters.count + 1)))
        }
      } else if isOption, argument.text.hasPrefix("-"), argument.text.hasSuffix("o"),
        argument.text != "-o"
      {
        argumentWords = [String(argument.text.dropLast()), "-o"]
      }
      words += argumentWords.map { word in
        word.utf8.contains { $0.isSpace } ? "{\(word)}" : word
      }
    }
    return Array(words.joined(separator: " ").utf8)
  }
}

extension Configuration {
  /// True when a program that reads main.cf and every value that something uses dies. Of a value of the
  /// user's own that nothing refers to postconf only warns: nobody expands it.
  var isRefusedByPostconf: Bool {
    if main.problems.contains(where: { $0.kind != .orphan }) || hasValueThatPostconfDiesOf {
      return true
    }
    return namesThatPostconfPrints.contains { (try? expandedBytes(of: $0)) == nil }
  }

  /// The protocols it reads for itself, and to the level it compares from 3.6 on.
  private var hasValueThatPostconfDiesOf: Bool {
    ["inet_protocols", "compatibility_level"].contains { name in
      guard main.definition(of: name) != nil, let value = try? expandedBytes(of: name),
        let kind = Catalog.parameter(named: name)?.kind(in: environment)
      else { return false }
      if case .earlyLevel = kind { return false }
      return kind.fault(in: String(decoding: value, as: UTF8.self)) != nil
    }
  }

  /// True when some value cannot be expanded, whether anybody reads it or not.
  var hasBrokenValue: Bool {
    main.lastDefinition.keys.contains { (try? expandedBytes(of: $0)) == nil }
  }

  /// The value with `$` expanded, as bytes.
  func expandedBytes(of name: String) throws(ExpansionError) -> [UInt8] {
    let scope = Scope(self, service: nil)
    var expander = Expander(for: scope.version) { other in
      scope.source(of: other).map { source in
        var text = scope.traced(source, owner: 0)
        text.bytes.removeAll { $0 == TracedText.commentMark }
        return text
      }
    }
    guard let source = scope.source(of: name) else { return [] }
    return try expander.expand(scope.traced(source, owner: 0)).bytes.filter {
      $0 != TracedText.commentMark
    }
  }

  /// The names that `postconf -n` shows: those it knows, and those that something refers to.
  var namesThatPostconfPrints: Set<String> {
    var used: Set<String> = Set(grammar.classes)
    for name in main.parameterNames {
      used.formUnion(Self.references(main.rawValue(of: name) ?? ""))
    }
    for entry in master.entries {
      for override in entry.overrides { used.formUnion(Self.references(override.value)) }
    }
    return Set(main.parameterNames.filter { environment.defaults[$0] != nil || used.contains($0) })
  }

  /// The names behind `$`, `${` and `$(`.
  private static func references(_ text: String) -> Set<String> {
    var names: Set<String> = []
    var rest = Array(text.utf8)[...]
    while let dollar = rest.firstIndex(of: Byte.dollar) {
      rest = rest[(dollar + 1)...]
      if rest.first == Byte.dollar {
        rest = rest.dropFirst()
        continue
      }
      if rest.first == Byte.leftBrace || rest.first == Byte.leftParenthesis {
        rest = rest.dropFirst().drop { $0.isSpace }
      }
      names.insert(String(decoding: rest.prefix { $0.isNameByte }, as: UTF8.self))
    }
    return names
  }
}
