extension Configuration {
  /// Switches a restriction on, to trial or off in its place (DESIGN: "off keeps its place").
  func settingState(
    _ target: RestrictionTarget, _ state: RestrictionState
  ) throws(EditError) -> Configuration {
    let (source, text, index) = try find(target)
    if source.isDefault { return try writingOut(target.parameter).settingState(target, state) }
    let item = text.items[index]
    if item.state == state { return self }
    switch (item.state, state) {
    case (_, .off):
      return commentingOut(item, in: source) ?? removing(item, in: source, text)
    case (.off, _): return uncommenting(item, in: source, to: state)
    case (_, .trial): return warning(item, in: source)
    case (_, .on):
      var patch = TextPatch(source.file)
      unwarn(item, in: source, &patch)
      return patch.applied(to: self)
    }
  }

  /// Puts `# ` before an item that has its line for itself; nil when it shares it.
  private func commentingOut(
    _ item: ListText.Item, in source: ParameterSource
  ) -> Configuration? {
    guard case .main = source.kind, let line = ownLine(of: item, in: source) else { return nil }
    var patch = TextPatch(.main)
    patch.insert("# ", at: line.textStart)
    return patch.applied(to: self)
  }

  /// The physical line of an item when nothing else stands on it.
  func ownLine(of item: ListText.Item, in source: ParameterSource) -> PhysicalLine? {
    let lines = lines(of: source)
    let bytes = bytes(of: source)
    let index = lines.place(of: item.range.lowerBound).line - 1
    let line = lines[index]
    guard line.kind == .continuation, line.range.upperBound >= item.range.upperBound,
      bytes[line.range.lowerBound..<item.range.lowerBound].allSatisfy(\.isListSeparator),
      bytes[item.range.upperBound..<line.range.upperBound].allSatisfy(\.isListSeparator)
    else { return nil }
    return line
  }

  private func uncommenting(
    _ item: ListText.Item, in source: ParameterSource, to state: RestrictionState
  ) -> Configuration {
    guard let mark = item.commentMark else { return self }
    let line = lines(of: source)[lines(of: source).place(of: mark).line - 1]
    var patch = TextPatch(source.file)
    var end = mark + 1
    if end < item.range.lowerBound, main.bytes[end] == 0x20 { end += 1 }
    // In column 0 the restriction would begin a logical line of its own.
    let indent = mark == line.range.lowerBound ? indentation(of: source) : ""
    let space = end < item.range.lowerBound && !indent.isEmpty ? item.range.lowerBound : end
    patch.replace(mark..<space, with: indent)
    if state == .trial, !item.isWarned { patch.insert("warn_if_reject ", at: item.nameStart) }
    if state == .on, item.isWarned { unwarn(item, in: source, &patch) }
    return patch.applied(to: self)
  }

  private func warning(_ item: ListText.Item, in source: ParameterSource) -> Configuration {
    var patch = TextPatch(source.file)
    let blank = canHoldBlanks(source) ? " " : ","
    patch.insert("warn_if_reject" + blank, at: item.nameStart)
    return patch.applied(to: self)
  }

  /// Takes `warn_if_reject` and what separates it from the name away; line breaks stay.
  private func unwarn(
    _ item: ListText.Item, in source: ParameterSource, _ patch: inout TextPatch
  ) {
    let bytes = bytes(of: source)
    var start = item.range.lowerBound
    // Comments may stand between on lines of their own; they are not part of it.
    for line in lines(of: source)
    where line.fullRange.overlaps(item.range.lowerBound..<item.nameStart) {
      let end = min(line.range.upperBound, item.nameStart)
      if start >= end { continue }
      if line.kind == .comment, item.commentMark == nil {
        start = line.fullRange.upperBound
        continue
      }
      if item.nameStart <= line.range.upperBound {
        // The name's own line: everything from the keyword to the name.
        let from = max(start, line.textStart)
        if from < item.nameStart { patch.delete(from..<item.nameStart) }
      } else if bytes[line.range.lowerBound..<start].allSatisfy(\.isListSeparator),
        line.kind == .continuation
      {
        patch.delete(line.fullRange)
      } else {
        patch.delete(start..<end)
      }
      start = line.fullRange.upperBound
    }
  }

  /// False for an `-o name=value` without braces, whose value ends at the first blank.
  func canHoldBlanks(_ source: ParameterSource) -> Bool {
    if case .override(_, let override) = source.kind { override.isBraced } else { true }
  }

  /// The white space before the continued lines of a value; four blanks when there is none.
  func indentation(of source: ParameterSource) -> String {
    guard case .main(let definition) = source.kind else { return "    " }
    for index in definition.lines where main.lines[index].kind == .continuation {
      let line = main.lines[index]
      return String(decoding: main.bytes[line.range.lowerBound..<line.textStart], as: UTF8.self)
    }
    return "    "
  }
}
