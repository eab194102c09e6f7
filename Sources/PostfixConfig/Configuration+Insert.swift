extension Configuration {
  /// Puts a new restriction where it works in the list of a stage.
  ///
  /// After the permits for own networks and signed-in users and after relay protection; a cheap check
  /// before the first that asks DNS; in any case before a final `permit` or `reject`.
  func inserting(
    _ restriction: RestrictionText, stage: Stage, service: ServiceID
  ) throws(EditError) -> Configuration {
    try checkWord(restriction.name)
    if let argument = restriction.argument { try checkWord(argument) }
    let parameter = originParameter(of: stage.parameter, service: service)
    guard let source = source(of: parameter, service: service) else {
      throw EditError("this Postfix knows no \(parameter)")
    }
    let text = listText(of: source, service: service)
    if let index = text.items.firstIndex(where: {
      $0.state == .off && $0.name == restriction.name && $0.argument == restriction.argument
    }) {
      let target = RestrictionTarget(
        parameter: parameter, override: source.override?.description, name: restriction.name,
        argument: restriction.argument, occurrence: text.occurrence(of: index))
      return try settingState(target, restriction.state)
    }
    if source.isDefault {
      return text.items.isEmpty
        ? appending(parameter, newList(restriction, stage: stage))
        : try writingOut(parameter).inserting(restriction, stage: stage, service: service)
    }
    return inserting(restriction, into: source, text)
  }

  /// A list that did not exist: own networks and signed-in users pass where strangers are judged.
  private func newList(_ restriction: RestrictionText, stage: Stage) -> String {
    let permits =
      [.client, .helo, .sender, .recipient, .relay].contains(stage)
      ? ["permit_mynetworks", "permit_sasl_authenticated"] : []
    return (permits + [restriction.words()]).map { "\n    " + $0 }.joined(separator: ",")
  }

  private func inserting(
    _ restriction: RestrictionText, into source: ParameterSource, _ text: ListText
  ) -> Configuration {
    let place = insertionIndex(for: restriction, in: text)
    var patch = TextPatch(source.file)
    if place < text.items.count, let line = ownLine(of: text.items[place], in: source) {
      let tail = usesCommas(source, text) ? "," : ""
      patch.insert(
        indent(of: line, source) + restriction.words() + tail + lineEnd(source),
        at: line.range.lowerBound)
    } else if place > 0, let line = ownLine(of: text.items[place - 1], in: source) {
      insertLine(restriction, after: line, text.items[place - 1], source, text, &patch)
    } else {
      let separator = canHoldBlanks(source) ? (usesCommas(source, text) ? ", " : " ") : ","
      let words = restriction.words(separator: canHoldBlanks(source) ? " " : ",")
      if place < text.items.count {
        patch.insert(words + separator, at: text.items[place].range.lowerBound)
      } else if let last = text.items.last(where: { $0.commentMark == nil }) {
        patch.insert(separator + words, at: last.range.upperBound)
      } else {
        patch.insert((canHoldBlanks(source) ? " " : "") + words, at: emptyValueOffset(source))
      }
    }
    return patch.applied(to: self)
  }

  /// Behind the last line of a list; that line gets a comma where the list has commas.
  private func insertLine(
    _ restriction: RestrictionText, after line: PhysicalLine, _ item: ListText.Item,
    _ source: ParameterSource, _ text: ListText, _ patch: inout TextPatch
  ) {
    let bytes = bytes(of: source)
    let commas = usesCommas(source, text)
    let endsInComma = bytes[item.range.upperBound..<line.range.upperBound].contains(0x2C)
    if commas && !endsInComma && item.commentMark == nil { patch.insert(",", at: item.range.upperBound) }
    var new = indent(of: line, source) + restriction.words() + (commas && endsInComma ? "," : "")
    if line.fullRange.upperBound == line.range.upperBound {
      new = lineEnd(source) + new
    } else {
      new += lineEnd(source)
    }
    patch.insert(new, at: line.fullRange.upperBound)
  }

  /// The item before which a new restriction works; the number of items for the end.
  private func insertionIndex(for restriction: RestrictionText, in text: ListText) -> Int {
    let live = text.items.indices.filter { text.items[$0].state != .off }
    let guards: Set = [
      "permit_mynetworks", "permit_sasl_authenticated", "reject_unauth_destination",
      "defer_unauth_destination", "permit_inet_interfaces",
    ]
    let earliest = (live.last { guards.contains(text.items[$0].name.lowercased()) }).map { $0 + 1 } ?? 0
    let end =
      live.first { $0 >= earliest && RestrictionName.endsList(text.items[$0].name) } ?? text.items.count
    if asksDNS(restriction.name) { return end }
    return live.first { $0 >= earliest && $0 < end && asksDNS(text.items[$0].name) } ?? end
  }

  private func asksDNS(_ name: String) -> Bool {
    Catalog.restriction(named: name)?.needsDNS ?? false
  }

  private func usesCommas(_ source: ParameterSource, _ text: ListText) -> Bool {
    let bytes = bytes(of: source)
    let live = text.items.filter { $0.commentMark == nil }
    if live.count < 2 { return true }
    return zip(live, live.dropFirst()).contains { first, second in
      first.range.upperBound <= second.range.lowerBound
        && bytes[first.range.upperBound..<second.range.lowerBound].contains(0x2C)
    }
  }

  private func indent(of line: PhysicalLine, _ source: ParameterSource) -> String {
    line.textStart > line.range.lowerBound
      ? String(decoding: bytes(of: source)[line.range.lowerBound..<line.textStart], as: UTF8.self)
      : indentation(of: source)
  }

  private func lineEnd(_ source: ParameterSource) -> String {
    String(decoding: source.file == .main ? main.lineEnd : [0x0A], as: UTF8.self)
  }

  private func emptyValueOffset(_ source: ParameterSource) -> Int {
    switch source.kind {
    case .main(let definition): definition.content[0].lowerBound
    case .override(_, let override): override.valueRange.lowerBound
    case .standard: main.bytes.count
    }
  }

  /// Refuses what would not be one word of a list.
  func checkWord(_ word: String) throws(EditError) {
    let depth = word.utf8.reduce(0) { $0 + ($1 == 0x7B ? 1 : $1 == 0x7D ? -1 : 0) }
    let isBraced = word.hasPrefix("{") && word.hasSuffix("}") && depth == 0
    guard !word.isEmpty, !word.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }),
      isBraced || !word.utf8.contains(where: \.isListSeparator), !word.hasPrefix("#")
    else {
      throw EditError("\"\(word)\" cannot stand in a list; names and arguments have no blanks or commas")
    }
  }
}
