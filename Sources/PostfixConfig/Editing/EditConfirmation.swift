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
