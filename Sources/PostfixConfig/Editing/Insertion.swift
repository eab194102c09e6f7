extension Configuration {
  mutating func insert(
    _ stage: Stage, _ service: String, _ name: String, _ argument: String?,
    _ state: RestrictionState
  ) throws(EditError) {
    let entry = try entryIndex(service)
    guard master.entries[entry].isSmtpd else {
      throw EditError("\(service) does not run smtpd, so it has no lists; name a service that does")
    }
    let grammar = grammar
    guard [.builtIn, .classReference, .bareTable].contains(grammar.shape(of: name)),
      name.asciiLowercased != "warn_if_reject"
    else {
      throw EditError("\(name) is no restriction that Postfix knows; pick one from the catalog")
    }
    guard grammar.takesArgument(name) == (argument != nil) else {
      throw EditError("\(name) \(argument == nil ? "needs an" : "takes no") argument")
    }
    if state == .trial { try requireRefusal(name) }
    let original = self
    let scope = Scope(self, entry: entry, grammar: grammar)
    var source = scope.origin(of: stage.parameter)
    if case .standard(let parameter) = source {
      try writeDefault(parameter, stage, name)
      source = .main(name: parameter)
    } else if case .main(let parameter) = source, main.definition(of: parameter) == nil {
      try writeDefault(parameter, stage, name)
    }
    var elements = elements(of: source, grammar: grammar)
    let same = elements.first {
      $0.name.asciiLowercased == name.asciiLowercased && $0.argument == argument
    }
    if let same {
      guard same.state != state else {
        throw EditError("\(name) already stands in \(source.parameter); switch it instead")
      }
      let target = RestrictionTarget(
        parameter: source.parameter, override: overrideName(source), name: same.name,
        argument: same.argument, occurrence: same.occurrence)
      return try apply(.setState(target, state))
    }
    var words = [try checked(name, source)]
    if let argument { words.append(try checked(argument, source)) }
    if state == .trial { words.insert(Array("warn_if_reject".utf8), at: 0) }
    let text = Array(words.joined(separator: wordSeparator(source)))
    let before = self
    let index = position(of: name, elements)
    place(text, at: index, elements, source)
    elements.insert(
      ListElement(
        name: name, argument: argument, state: state == .trial ? .trial : .on, isReference: false,
        nameRange: 0..<0), at: index)
    try confirm(source, holds: elements, after: before)
    if state == .off {
      let placed = RestrictionTarget(
        parameter: source.parameter, override: overrideName(source), name: name, argument: argument)
      try apply(.setState(placed, .off))
    }
    try confirm(
      name, argument, isNow: state, in: stage, of: master.entries[entry].id, after: original)
  }

  private func overrideName(_ source: ValueSource) -> String? {
    guard case .override(let entry, _) = source else { return nil }
    return master.entries[entry].id.description
  }

  /// Writes a list that was unset: what protected so far stays, own users come first.
  private mutating func writeDefault(
    _ parameter: String, _ stage: Stage, _ name: String
  ) throws(EditError) {
    let standard = listWords(value(of: parameter) ?? "")
    var words = standard
    if words.isEmpty, !name.asciiLowercased.hasPrefix("permit"),
      [.client, .helo, .sender, .recipient].contains(stage)
    {
      words = ["permit_mynetworks", "permit_sasl_authenticated"]
    }
    let value = words.isEmpty ? "" : "\n" + words.joined(separator: ",\n")
    try setParameter(parameter, value, nil)
  }

  /// Behind the permits of own users, before what ends the list, cheap checks before DNS checks.
  private func position(of name: String, _ elements: [ListElement]) -> Int {
    let lower = name.asciiLowercased
    if lower == "permit_mynetworks" { return 0 }
    let own: Set<String> = ["permit_mynetworks", "permit_sasl_authenticated"]
    let active = elements.map { $0.state == .off ? "" : $0.name.asciiLowercased }
    let start = (active.lastIndex { own.contains($0) } ?? -1) + 1
    let ends: Set<String> = ["permit", "reject", "defer"]
    // What lacks its argument would take the new one for it.
    let isOpen =
      elements.last.map {
        $0.state != .off && $0.argument == nil && grammar.takesArgument($0.name)
      } ?? false
    let end =
      active[start...].firstIndex { ends.contains($0) } ?? elements.count - (isOpen ? 1 : 0)
    if lower.hasPrefix("permit") || lower.hasSuffix("_unauth_destination") { return start }
    if ends.contains(lower) || Self.isSlow(lower) { return end }
    return active[start..<end].firstIndex(where: Self.isSlow) ?? end
  }

  private static func isSlow(_ name: String) -> Bool {
    name == "check_policy_service" || Catalog.restriction(named: name)?.needsDNS == true
  }

  private mutating func place(
    _ new: [UInt8], at index: Int, _ elements: [ListElement], _ source: ValueSource
  ) {
    guard let text = text(of: source), let value = valueRange(source) else { return }
    guard let first = elements.first else {
      let isMain = if case .main = source { true } else { false }
      return replace(value, with: (isMain ? [32] : []) + new, in: source)
    }
    let neighbour = elements[max(0, index - 1)]
    let line = text.line(at: neighbour.range.upperBound - 1)
    let isMultiline = elements.contains { standsAlone($0, source) }
    let ending = text.lineEnding(near: line)
    if isMultiline {
      let alone = elements.first { standsAlone($0, source) } ?? first
      let indentation = Array(
        text.bytes[text.indentation(of: text.line(at: alone.range.lowerBound))])
      if index == 0, standsAlone(first, source) {
        let start = text.extent(of: text.line(at: first.range.lowerBound)).lowerBound
        return replace(start..<start, with: indentation + new + [Byte.comma] + ending, in: source)
      }
      let content = text.content(of: line)
      guard index > 0 else { return placeInline(new, at: index, elements, source, text) }
      let tail = text.bytes[neighbour.range.upperBound..<content.upperBound]
      if tail.allSatisfy(\.isSeparator) {
        let comma: [UInt8] = tail.contains(Byte.comma) ? [Byte.comma] : []
        let end = text.extent(of: line).upperBound
        let hasFeed = end > content.upperBound
        let bytes = (hasFeed ? [] : ending) + indentation + new + comma + (hasFeed ? ending : [])
        return replace(end..<end, with: bytes, in: source)
      }
    }
    placeInline(new, at: index, elements, source, text)
  }

  private mutating func placeInline(
    _ new: [UInt8], at index: Int, _ elements: [ListElement], _ source: ValueSource,
    _ text: ConfigText
  ) {
    var separator: [UInt8] =
      wordSeparator(source) == [Byte.comma] ? [Byte.comma] : [Byte.comma, 32]
    if elements.count > 1 {
      let gap =
        elements[0].range
        .upperBound..<max(
          elements[0].range.upperBound, elements[1].range.lowerBound)
      let bytes = Array(text.bytes[gap])
      if !bytes.isEmpty, bytes.allSatisfy({ $0.isSeparator && $0 != 10 && $0 != 13 }) {
        separator = bytes
      }
    }
    if index == 0 {
      let start = elements[0].range.lowerBound
      replace(start..<start, with: new + separator, in: source)
    } else {
      let end = elements[index - 1].range.upperBound
      replace(end..<end, with: separator + new, in: source)
    }
  }
}
