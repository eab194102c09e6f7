/// An edit is read back: what does not do exactly what it says is refused instead of written.
extension Configuration {
  /// Throws unless the value holds these restrictions and nothing else changed since `before`.
  func confirm(
    _ source: ValueSource, holds expected: [ListElement], after before: Configuration
  ) throws(EditError) {
    let found = elements(of: source, grammar: grammar)
    guard found.map(\.content) == expected.map(\.content),
      otherSettings(than: source) == before.otherSettings(than: source),
      commentCount == before.commentCount
    else {
      throw EditError(
        "the way \(source.parameter) is laid out does not allow this edit; make it in the file itself")
    }
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

  /// Every setting but the one that is edited, with its raw bytes.
  private func otherSettings(than source: ValueSource) -> [[UInt8]] {
    var settings: [[UInt8]] = []
    for (index, definition) in main.definitions.enumerated() {
      let isOwn =
        source == .main(name: definition.name) && main.lastDefinition[definition.name] == index
      settings.append(Array(definition.name.utf8))
      if !isOwn { settings.append(main.rawBytes(definition)) }
    }
    for (index, entry) in master.entries.enumerated() {
      settings.append(Array(entry.id.description.utf8))
      settings += entry.settings.map { Array($0.text.utf8) }
      let own = entry.overrides.lastIndex { source == .override(entry: index, name: $0.name) }
      for (place, override) in entry.overrides.enumerated() {
        settings.append(Array(override.name.utf8))
        if place != own { settings.append(Array(override.value.utf8)) }
      }
    }
    return settings + main.problems.map { Array($0.text.utf8) }
  }

  /// The comment lines that are no restriction switched off.
  private var commentCount: Int {
    let grammar = grammar
    return [main.text, master.text].reduce(0) { sum, text in
      sum
        + text.kinds.indices.count {
          text.kinds[$0] == .comment && OffRestriction(text, line: $0, grammar: grammar) == nil
        }
    }
  }
}
