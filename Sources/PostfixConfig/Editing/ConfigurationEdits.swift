extension Configuration {
  /// Carries out one edit; the text is unchanged when it throws.
  public mutating func apply(_ edit: Edit) throws(EditError) {
    var result = self
    switch edit {
    case .setState(let target, let state): try result.setState(target, state)
    case .insert(let stage, let service, let name, let argument, let state):
      try result.insert(stage, service, name, argument, state)
    case .remove(let target): try result.remove(target)
    case .move(let target, let offset): try result.move(target, by: offset)
    case .setArgument(let target, let argument): try result.setArgument(target, argument)
    case .rename(let target, let name): try result.rename(target, to: name)
    case .setParameter(let name, let value, let service):
      try result.setParameter(name, value, service)
    case .resetParameter(let name, let service): try result.resetParameter(name, service)
    }
    self = result
  }

  /// Replaces bytes of one file.
  mutating func replace(_ range: Range<Int>, with bytes: [UInt8], in source: ValueSource) {
    if case .override = source {
      var copy = master.bytes
      copy.replaceSubrange(range, with: bytes)
      master = MasterCF(copy)
    } else {
      var copy = main.bytes
      copy.replaceSubrange(range, with: bytes)
      main = MainCF(copy)
    }
  }

  /// The value that a target stands in; a default is first written out, so that it can be edited.
  mutating func source(for target: RestrictionTarget) throws(EditError) -> ValueSource {
    if let service = target.override {
      let entry = try entryIndex(service)
      guard master.entries[entry].override(of: target.parameter) != nil else {
        throw EditError(
          "master.cf: \(service) no longer overrides \(target.parameter); look at the list again")
      }
      return .override(entry: entry, name: target.parameter)
    }
    if main.definition(of: target.parameter) == nil {
      guard let value = value(of: target.parameter), !value.isEmpty else {
        throw EditError("main.cf no longer sets \(target.parameter); look at the list again")
      }
      try setParameter(target.parameter, value, nil)
    }
    return .main(name: target.parameter)
  }

  func entryIndex(_ service: String) throws(EditError) -> Int {
    let id = ServiceID(service)
    guard let index = master.entries.lastIndex(where: { $0.id == id }) else {
      throw EditError("master.cf has no service \(id); name one that it has")
    }
    return index
  }

  func locate(
    _ target: RestrictionTarget, _ source: ValueSource
  ) throws(EditError) -> (index: Int, elements: [ListElement]) {
    let elements = elements(of: source, grammar: grammar)
    let index = elements.firstIndex {
      $0.name.asciiLowercased == target.name.asciiLowercased && $0.argument == target.argument
        && $0.occurrence == target.occurrence
    }
    guard let index else {
      let text = target.name + (target.argument.map { " \($0)" } ?? "")
      throw EditError(
        "\(text) does not stand in \(target.parameter) any more; read the list again, or insert it")
    }
    return (index, elements)
  }

  /// True when nothing but blanks and a comma shares the line with the element.
  func standsAlone(_ element: ListElement, _ source: ValueSource) -> Bool {
    guard let text = text(of: source) else { return false }
    let line = text.content(of: text.line(at: element.range.lowerBound))
    let start = element.hash ?? element.range.lowerBound
    guard element.range.upperBound <= line.upperBound else { return false }
    return text.bytes[line.lowerBound..<start].allSatisfy(\.isSpace) && start > line.lowerBound
      && text.bytes[element.range.upperBound..<line.upperBound].allSatisfy(\.isSeparator)
  }

  /// The blank between words: master.cf's `-o name=value` allows none, a comma means the same.
  func wordSeparator(_ source: ValueSource) -> [UInt8] {
    guard case .override(let entry, let name) = source,
      master.entries[entry].override(of: name)?.isBraced == false
    else { return [32] }
    return [Byte.comma]
  }

  private mutating func setState(
    _ target: RestrictionTarget, _ state: RestrictionState
  ) throws(EditError) {
    let source = try source(for: target)
    let before = self
    var (index, elements) = try locate(target, source)
    let element = elements[index]
    guard element.state != state else { return try confirm(target, hasState: state) }
    elements[index].state = state
    if state == .off {
      if standsAlone(element, source) {
        let start = element.range.lowerBound
        replace(start..<start, with: [Byte.hash, 32], in: source)
      } else {
        removeWords(element, source)
        elements.remove(at: index)
      }
    } else {
      setTrial(element, state == .trial, source)
      if let hash = element.hash { uncomment(hash, source) }
    }
    try confirm(source, holds: elements, after: before)
  }

  private mutating func setTrial(_ element: ListElement, _ isTrial: Bool, _ source: ValueSource) {
    let name = element.nameRange.lowerBound
    guard let trial = element.trialRange else {
      guard isTrial else { return }
      return replace(
        name..<name, with: Array("warn_if_reject".utf8) + wordSeparator(source), in: source)
    }
    guard !isTrial, let text = text(of: source) else { return }
    if text.bytes[trial.lowerBound..<name].contains(Byte.newline) {
      removePiece(trial, source)
    } else {
      replace(trial.lowerBound..<name, with: [], in: source)
    }
  }

  private mutating func uncomment(_ hash: Int, _ source: ValueSource) {
    guard let text = text(of: source) else { return }
    let line = text.line(at: hash)
    let start = text.content(of: line).lowerBound
    var end = hash + 1
    if hash == start {
      replace(hash..<end, with: text.bytes[end].isSpace ? [] : [32, 32, 32, 32], in: source)
      return
    }
    if text.bytes[end] == 32 { end += 1 }
    replace(hash..<end, with: [], in: source)
  }

  /// Takes an element's words out of the text; comment lines between them stay.
  mutating func removeWords(_ element: ListElement, _ source: ValueSource) {
    guard let text = text(of: source) else { return }
    if let hash = element.hash { return removeLines(of: hash..<element.range.upperBound, source) }
    var pieces: [Range<Int>] = []
    for range in [element.trialRange, element.nameRange, element.argumentRange].compactMap({ $0 }) {
      if let last = pieces.last,
        !text.bytes[last.upperBound..<range.lowerBound].contains(Byte.newline)
      {
        pieces[pieces.count - 1] = last.lowerBound..<range.upperBound
      } else {
        pieces.append(range)
      }
    }
    for piece in pieces.reversed() { removePiece(piece, source) }
  }

  private mutating func removeLines(of range: Range<Int>, _ source: ValueSource) {
    guard let text = text(of: source) else { return }
    let last = text.extent(of: text.line(at: range.upperBound - 1))
    let first = text.extent(of: text.line(at: range.lowerBound))
    replace(first.lowerBound..<last.upperBound, with: [], in: source)
  }

  /// Takes words of one line out, with the line when it holds nothing else, else with one separator.
  private mutating func removePiece(_ piece: Range<Int>, _ source: ValueSource) {
    guard let text = text(of: source), let value = valueRange(source) else { return }
    let first = text.content(of: text.line(at: piece.lowerBound)).lowerBound
    let end = text.content(of: text.line(at: piece.upperBound - 1)).upperBound
    if first < piece.lowerBound, text.bytes[first].isSpace,
      text.bytes[first..<piece.lowerBound].allSatisfy(\.isSeparator),
      text.bytes[piece.upperBound..<end].allSatisfy(\.isSeparator)
    {
      return removeLines(of: piece, source)
    }
    let (low, high) = (max(first, value.lowerBound), min(end, value.upperBound))
    var before = piece.lowerBound
    while before > low, text.bytes[before - 1].isSeparator { before -= 1 }
    var after = piece.upperBound
    while after < high, text.bytes[after].isSeparator { after += 1 }
    if after < high {
      replace(piece.lowerBound..<after, with: [], in: source)
    } else if before > low {
      replace(before..<piece.upperBound, with: [], in: source)
    } else {
      while after > piece.upperBound, text.bytes[after - 1] == 13 { after -= 1 }
      replace(piece.lowerBound..<after, with: [], in: source)
    }
  }

  func valueRange(_ source: ValueSource) -> Range<Int>? {
    switch source {
    case .main(let name): main.definition(of: name)?.value
    case .override(let entry, let name): master.entries[entry].override(of: name)?.valueRange
    case .standard: nil
    }
  }

  private mutating func remove(_ target: RestrictionTarget) throws(EditError) {
    let source = try source(for: target)
    let before = self
    var (index, elements) = try locate(target, source)
    removeWords(elements[index], source)
    elements.remove(at: index)
    try confirm(source, holds: elements, after: before)
  }

  private mutating func setArgument(
    _ target: RestrictionTarget, _ argument: String?
  ) throws(EditError) {
    let source = try source(for: target)
    let before = self
    var (index, elements) = try locate(target, source)
    let element = elements[index]
    let new = try checked(argument ?? "", source)
    let isBareTable = grammar.shape(of: element.name) == .bareTable
    guard isBareTable || grammar.takesArgument(element.name) == !new.isEmpty, let argument else {
      throw EditError(
        grammar.takesArgument(element.name) || isBareTable
          ? "\(element.name) needs an argument; give one, or remove it"
          : "\(element.name) takes no argument")
    }
    if isBareTable {
      elements[index].name = argument
      replace(element.nameRange, with: new, in: source)
    } else {
      elements[index].argument = argument
      let end = element.nameRange.upperBound
      replace(
        element.argumentRange ?? end..<end,
        with: (element.argumentRange == nil ? wordSeparator(source) : []) + new, in: source)
    }
    try confirm(source, holds: elements, after: before)
  }

  /// The bytes of a word that may stand in a list, or the reason why it may not.
  func checked(_ word: String, _ source: ValueSource) throws(EditError) -> [UInt8] {
    let words = listWords(word)
    guard words.count <= 1, !word.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }),
      words.first.map({ $0 == word }) ?? true, word.utf8.first != Byte.hash
    else {
      throw EditError(
        "\"\(word)\" is not one word of a list; put braces around an argument with blanks")
    }
    if wordSeparator(source) == [Byte.comma], word.utf8.contains(where: \.isSpace) {
      throw EditError(
        "master.cf: a -o value without braces holds no blanks; use -o { name = value }")
    }
    return Array(word.utf8)
  }

  /// Exchanges the text of restrictions; separators and comments stay where they are.
  private mutating func move(_ target: RestrictionTarget, by offset: Int) throws(EditError) {
    guard offset != 0 else { return }
    let source = try source(for: target)
    let before = self
    var (index, elements) = try locate(target, source)
    let other = index + offset
    guard elements.indices.contains(other), let text = text(of: source) else {
      throw EditError("\(target.name) cannot be moved by \(offset): the list ends there")
    }
    var span = Array(elements[min(index, other)...max(index, other)])
    if span.contains(where: { $0.hash != nil }), !span.allSatisfy({ standsAlone($0, source) }) {
      throw EditError("\(target.name) cannot change places with a line that is switched off")
    }
    let ranges = span.map { ($0.hash ?? $0.range.lowerBound)..<$0.range.upperBound }
    guard ranges.allSatisfy({ !text.bytes[$0].contains(Byte.newline) }) else {
      throw EditError("\(target.name) spans several lines; move it in the file itself")
    }
    if offset > 0 { span.append(span.removeFirst()) } else { span.insert(span.removeLast(), at: 0) }
    let texts = span.map {
      Array(text.bytes[($0.hash ?? $0.range.lowerBound)..<$0.range.upperBound])
    }
    for (range, bytes) in zip(ranges, texts).reversed() { replace(range, with: bytes, in: source) }
    elements.insert(elements.remove(at: index), at: other)
    try confirm(source, holds: elements, after: before)
  }
}
