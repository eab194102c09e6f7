/// Where the raw text of a value stands.
enum ValueSource: Hashable {
  case main(name: String)
  /// The entry by its place in `MasterCF.entries`.
  case override(entry: Int, name: String)
  /// Postfix's own default.
  case standard(name: String)

  var parameter: String {
    switch self {
    case .main(let name), .override(_, let name), .standard(let name): name
    }
  }
}

/// What one program sees: the overrides of its service over main.cf over the defaults.
struct Scope {
  let configuration: Configuration
  let entry: Int?
  let grammar: RestrictionGrammar

  var version: PostfixVersion { configuration.environment.version }

  init(_ configuration: Configuration, entry: Int?, grammar: RestrictionGrammar) {
    self.configuration = configuration
    self.entry = entry
    self.grammar = grammar
  }

  init(_ configuration: Configuration, service: ServiceID?) {
    let entry = service.flatMap { id in
      configuration.master.entries.lastIndex { $0.id == id }
    }
    self.init(configuration, entry: entry, grammar: configuration.grammar)
  }

  func source(of name: String) -> ValueSource? {
    if let entry, configuration.master.entries[entry].override(of: name) != nil {
      return .override(entry: entry, name: name)
    }
    if configuration.main.lastDefinition[name] != nil { return .main(name: name) }
    return configuration.environment.defaults[name] == nil ? nil : .standard(name: name)
  }

  func traced(_ source: ValueSource, owner: Int32) -> TracedText {
    configuration.traced(source, owner: owner, grammar: grammar)
  }

  /// The expanded value; nil for a name that nothing defines.
  func value(of name: String) throws(ExpansionError) -> String? {
    guard let raw = raw(name) else { return nil }
    guard raw.utf8.contains(Byte.dollar) else { return raw }
    var expander = Expander(for: version) { other in
      self.raw(other).map { TracedText($0, owner: 0) }
    }
    let text = try expander.expand(TracedText(raw, owner: 0))
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// Postfix's own default, expanded; nil where it has none or it cannot be expanded.
  func standard(of name: String) -> String? {
    guard let raw = configuration.environment.defaults[name] else { return nil }
    guard raw.utf8.contains(Byte.dollar) else { return raw }
    var expander = Expander(for: version) { other in
      self.raw(other).map { TracedText($0, owner: 0) }
    }
    guard let text = try? expander.expand(TracedText(raw, owner: 0)) else { return nil }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  func raw(_ name: String) -> String? {
    switch source(of: name) {
    case nil: nil
    case .main: configuration.main.rawValue(of: name)
    case .standard: configuration.environment.defaults[name]
    case .override(let entry, _): configuration.master.entries[entry].override(of: name)?.value
    }
  }
}

extension Configuration {
  /// The raw text of a value with the place of every byte; switched-off restrictions leave a mark.
  func traced(_ source: ValueSource, owner: Int32, grammar: RestrictionGrammar) -> TracedText {
    switch source {
    case .main(let name):
      guard let definition = main.definition(of: name) else { return TracedText() }
      return main.traced(definition, owner: owner) { line in
        OffRestriction(main.text, line: line, grammar: grammar) != nil
      }
    case .override(let entry, let name):
      let service = master.entries[entry]
      guard let override = service.override(of: name) else { return TracedText() }
      let text = master.text
      let last = text.line(
        at: max(override.valueRange.lowerBound, override.valueRange.upperBound - 1))
      return text.traced(
        override.valueRange, lines: text.line(at: override.valueRange.lowerBound)...last,
        owner: owner, followsTrailing: false
      ) { OffRestriction(text, line: $0, grammar: grammar) != nil }
    case .standard(let name):
      return TracedText(environment.defaults[name] ?? "", owner: owner)
    }
  }

  func text(of source: ValueSource) -> ConfigText? {
    switch source {
    case .main: main.text
    case .override: master.text
    case .standard: nil
    }
  }

  func file(of source: ValueSource) -> ConfigFile {
    if case .override = source { return .master }
    return .main
  }

  /// The names that this configuration gives a meaning to in lists.
  var grammar: RestrictionGrammar {
    let raw = main.rawValue(of: "smtpd_restriction_classes") ?? ""
    var expander = Expander(for: environment.version) { name in
      (main.rawValue(of: name) ?? environment.defaults[name]).map { TracedText($0, owner: 0) }
    }
    let expanded = (try? expander.expand(TracedText(raw, owner: 0))) ?? TracedText()
    return RestrictionGrammar(classes: Set(expanded.words().map(\.text)))
  }
}
