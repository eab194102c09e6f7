extension Configuration {
  /// Takes an item out, with its whole line when it has one for itself, else with one separator.
  func removing(
    _ item: ListText.Item, in source: ParameterSource, _ text: ListText
  ) -> Configuration {
    var patch = TextPatch(source.file)
    let bytes = bytes(of: source)
    if let mark = item.commentMark {
      patch.delete(lines(of: source)[lines(of: source).place(of: mark).line - 1].fullRange)
    } else if let line = ownLine(of: item, in: source) {
      patch.delete(line.fullRange)
    } else {
      let line = lines(of: source)[lines(of: source).place(of: item.range.upperBound - 1).line - 1]
      var end = item.range.upperBound
      let limit = min(line.range.upperBound, valueEnd(source, containing: item))
      while end < limit, bytes[end].isListSeparator, bytes[end] != 0x0D { end += 1 }
      var start = item.range.lowerBound
      // The last of its line takes the separator in front of it along.
      if end == limit, !hasTextBehind(item, text, bytes) {
        end = item.range.upperBound
        let first = valueStart(source, containing: item)
        while start > first, bytes[start - 1].isListSeparator, bytes[start - 1] != 0x0A { start -= 1 }
      } else if end == limit {
        end = item.range.upperBound
        while end < limit, bytes[end] == 0x2C || bytes[end] == 0x20 { end += 1 }
        while start > line.range.lowerBound, bytes[start - 1] == 0x20, start - 1 > line.textStart { start -= 1 }
      }
      patch.delete(start..<end)
    }
    return patch.applied(to: self)
  }

  private func hasTextBehind(_ item: ListText.Item, _ text: ListText, _ bytes: [UInt8]) -> Bool {
    text.items.contains { $0.commentMark == nil && $0.range.lowerBound >= item.range.upperBound }
  }

  private func valueEnd(_ source: ParameterSource, containing item: ListText.Item) -> Int {
    content(of: source).first { $0.contains(item.range.upperBound - 1) }?.upperBound
      ?? item.range.upperBound
  }

  private func valueStart(_ source: ParameterSource, containing item: ListText.Item) -> Int {
    content(of: source).first { $0.contains(item.range.lowerBound) }?.lowerBound
      ?? item.range.lowerBound
  }

  private func content(of source: ParameterSource) -> [Range<Int>] {
    switch source.kind {
    case .main(let definition): definition.content
    case .override(_, let override): [override.valueRange]
    case .standard: []
    }
  }

  /// Exchanges the texts of an item and its neighbours; lines, separators and comments stay.
  func moving(_ target: RestrictionTarget, _ offset: Int) throws(EditError) -> Configuration {
    let (source, text, index) = try find(target)
    if source.isDefault { return try writingOut(target.parameter).moving(target, offset) }
    guard text.items[index].commentMark == nil else {
      throw EditError("\(target.label) is off; switch it on before it is moved")
    }
    let live = text.items.indices.filter { text.items[$0].commentMark == nil }
    guard let place = live.firstIndex(of: index), live.indices.contains(place + offset) else {
      throw EditError("\(target.label) cannot be moved further in \(target.place)")
    }
    let bytes = bytes(of: source)
    let span = offset < 0 ? live[(place + offset)...place] : live[place...(place + offset)]
    var order = Array(span)
    if offset < 0 { order.insert(order.removeLast(), at: 0) } else { order.append(order.removeFirst()) }
    var patch = TextPatch(source.file)
    for (slot, item) in zip(span, order) where slot != item {
      patch.replace(text.items[slot].range, with: Array(bytes[text.items[item].range]))
    }
    return patch.applied(to: self)
  }

  /// Gives a restriction another argument, or none.
  func settingArgument(
    _ target: RestrictionTarget, _ argument: String?
  ) throws(EditError) -> Configuration {
    if let argument { try checkWord(argument) }
    let (source, text, index) = try find(target)
    if source.isDefault { return try writingOut(target.parameter).settingArgument(target, argument) }
    let item = text.items[index]
    var patch = TextPatch(source.file)
    let blank = canHoldBlanks(source) ? " " : ","
    switch (item.argumentRange, argument) {
    case (let range?, let argument?): patch.replace(range, with: argument)
    case (let range?, nil):
      patch.delete(item.nameStart + item.name.utf8.count..<range.upperBound)
    case (nil, let argument?): patch.insert(blank + argument, at: item.range.upperBound)
    case (nil, nil): break
    }
    return patch.applied(to: self)
  }
}
