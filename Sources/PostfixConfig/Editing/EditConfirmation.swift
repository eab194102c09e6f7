/// An edit is read back: what does not do exactly what it says is refused instead of written.
extension Configuration {
  /// Throws unless the value holds these restrictions and nothing else changed since `before`.
  func confirm(
    _ source: ValueSource, holds expected: [ListElement], after before: Configuration
  ) throws(EditError) {
    let found = elements(of: source, grammar: grammar)
    guard found.map(\.content) == expected.map(\.content), keeps(before, but: source, all: false)
    else {
      throw EditError(
        "the way \(source.parameter) is laid out does not allow this edit; make it in the file itself"
      )
    }
  }

  /// Throws unless the parameter reads like `value`, nil for not set, and nothing else changed.
  func confirm(
    _ source: ValueSource, reads value: String?, after before: Configuration
  ) throws(EditError) {
    let isSet = valueRange(source) != nil
    let words = value.map { value in
      value.utf8.split(whereSeparator: \.isSpace).map { Array($0) }
    }
    let found = isSet ? traced(source, owner: 0, grammar: grammar).bytes : []
    guard isSet == (value != nil),
      found.split(whereSeparator: \.isSpace).map({ Array($0) }) == words ?? [],
      keeps(before, but: source, all: value == nil)
    else {
      throw EditError(
        "the text around \(source.parameter) does not allow this edit; make it in the file itself")
    }
  }

  /// Throws when anything but the text of this setting changed since `before`.
  func confirm(
    _ source: ValueSource, isAllThatChangedSince before: Configuration
  ) throws(EditError) {
    guard keeps(before, but: source, all: true) else {
      throw EditError(
        "\(source.parameter) cannot be restored without touching other settings; restore it in the file itself"
      )
    }
  }

  /// True when comments and all settings but one are as they were in `before`.
  private func keeps(_ before: Configuration, but source: ValueSource, all: Bool) -> Bool {
    otherSettings(than: source, all: all) == before.otherSettings(than: source, all: all)
      && commentCount(before.grammar) == before.commentCount(before.grammar)
  }

  /// Throws when no list uses the restriction in that state, though its own text says so: it stands
  /// behind the `warn_if_reject` of a `$name` or of a class.
  func confirm(_ target: RestrictionTarget, hasState state: RestrictionState) throws(EditError) {
    let uses = policy().services.flatMap { $0.lists.flatMap(\.restrictions) }.filter {
      $0.target == target
    }
    guard uses.isEmpty || uses.contains(where: { $0.state == state }) else {
      throw EditError(
        "\(target.name) is on trial through what refers to \(target.parameter); take warn_if_reject away there"
      )
    }
  }

  /// Throws unless `warn_if_reject` in front of the restriction changes what it does: to one that
  /// refuses nobody it means nothing (smtpd_check.c, generic_checks).
  func requireRefusal(_ name: String) throws(EditError) {
    guard let info = Catalog.restriction(named: name), !info.refuses else { return }
    throw EditError(
      "\(name) refuses nobody, so warn_if_reject before it means nothing to Postfix; switch it on or off"
    )
  }

  /// Throws unless the list that the service really uses, `$` expanded, holds the restriction in
  /// that state more often than before: text in front of it may swallow it.
  func confirm(
    _ name: String, _ argument: String?, isNow state: RestrictionState, in stage: Stage,
    of service: ServiceID, after before: Configuration
  ) throws(EditError) {
    func count(_ configuration: Configuration) -> Int {
      configuration.restrictions(stage, of: service).count {
        $0.target.name.asciiLowercased == name.asciiLowercased && $0.target.argument == argument
          && $0.state == state
      }
    }
    guard count(self) > count(before) else {
      throw EditError(
        "\(name) would have no effect in \(stage.parameter) of \(service), because of the text around it; mend that first"
      )
    }
  }

  private func restrictions(_ stage: Stage, of service: ServiceID) -> [Restriction] {
    policy().services.first { $0.service == service }?.lists.first { $0.stage == stage }?
      .restrictions ?? []
  }

  /// Every setting but the one that is edited (with `all`, its earlier duplicates too), as raw bytes.
  private func otherSettings(than source: ValueSource, all: Bool) -> [[UInt8]] {
    var settings: [[UInt8]] = []
    for (index, definition) in main.definitions.enumerated() {
      let isLast = main.lastDefinition[definition.name] == index
      if source == .main(name: definition.name), all || isLast { continue }
      settings.append(Array(definition.name.utf8))
      settings.append(main.rawBytes(definition))
    }
    for (index, entry) in master.entries.enumerated() {
      settings += [entry.id.description, entry.command.text].map { Array($0.utf8) }
      settings += entry.settings.map { Array($0.text.utf8) }
      let own = entry.overrides.indices.filter {
        source == .override(entry: index, name: entry.overrides[$0].name)
      }
      for place in entry.overrides.indices where !(all ? own : own.suffix(1)).contains(place) {
        settings.append(Array(entry.overrides[place].name.utf8))
        settings.append(Array(entry.overrides[place].value.utf8))
      }
    }
    return settings
  }

  /// The comment lines that are no restriction switched off.
  private func commentCount(_ grammar: RestrictionGrammar) -> Int {
    [main.text, master.text].reduce(0) { sum, text in
      sum
        + text.kinds.indices.count {
          text.kinds[$0] == .comment && OffRestriction(text, line: $0, grammar: grammar) == nil
        }
    }
  }
}
