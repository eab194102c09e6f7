extension Configuration {
  mutating func setParameter(
    _ name: String, _ value: String, _ service: String?
  ) throws(EditError) {
    guard !name.isEmpty, name.utf8.allSatisfy(\.isNameByte) else {
      throw EditError("\"\(name)\" is no parameter name; use letters, digits and _")
    }
    let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
    guard !value.utf8.contains(0),
      lines.dropFirst().allSatisfy({ line in
        line.contains { !$0.isWhitespace } && line.first { !$0.isWhitespace } != "#"
      })
    else {
      throw EditError("the value of \(name) holds a NUL, an empty line or a comment; leave it out")
    }
    let before = self
    if let service {
      let index = try entryIndex(service)
      try setOverride(name, value, index)
      try confirm(.override(entry: index, name: name), reads: value, after: before)
    } else {
      setMain(name, lines.map(String.init))
      try confirm(.main(name: name), reads: value, after: before)
    }
  }

  private mutating func setMain(_ name: String, _ lines: [String]) {
    let ending = main.text.lineEnding(near: 0)
    var new = Array((lines.first ?? "").utf8)
    for line in lines.dropFirst() {
      new += ending
      if line.utf8.first?.isSpace != true { new += Array("    ".utf8) }
      new += Array(line.utf8)
    }
    guard let definition = main.definition(of: name) else {
      let space: [UInt8] = new.starts(with: ending) || new.isEmpty ? [] : [32]
      return appendMain(Array("\(name) =".utf8) + space + new + ending)
    }
    guard main.rawBytes(definition) != new else { return }
    var bytes = main.bytes
    // From the last line up, so that earlier offsets stay true; comments in between are kept.
    for line in definition.lines.reversed() where line > definition.lines.lowerBound {
      if main.text.kinds[line] == .continuation { bytes.removeSubrange(main.text.extent(of: line)) }
    }
    let first = main.text.content(of: definition.lines.lowerBound)
    var start = first.lowerBound
    while start < first.upperBound, bytes[start] != Byte.equals { start += 1 }
    guard start < first.upperBound else {
      bytes.replaceSubrange(first, with: Array("\(name) = ".utf8) + new)
      main = MainCF(bytes)
      return
    }
    start += 1
    if !new.starts(with: ending) {
      while start < first.upperBound, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
    }
    var end = first.upperBound
    while end > start, bytes[end - 1].isSpace { end -= 1 }
    let needsSpace = end <= start && bytes[start - 1] == Byte.equals && new.first?.isSpace == false
    bytes.replaceSubrange(start..<max(start, end), with: (needsSpace ? [32] : []) + new)
    main = MainCF(bytes)
  }

  /// Adds a logical line at the end; a last line without its line feed gets one first.
  mutating func appendMain(_ line: [UInt8]) {
    var bytes = main.bytes
    if let last = bytes.last, last != Byte.newline { bytes += main.text.lineEnding(near: 0) }
    main = MainCF(bytes + line)
  }

  private mutating func setOverride(
    _ name: String, _ value: String, _ index: Int
  ) throws(EditError) {
    guard !value.utf8.contains(where: { $0 == 10 || $0 == 13 }) else {
      throw EditError("master.cf: the value of -o \(name) must stay on one line")
    }
    var level = 0
    for byte in value.utf8 where level >= 0 {
      level += byte == Byte.leftBrace ? 1 : byte == Byte.rightBrace ? -1 : 0
    }
    guard level == 0 else { throw EditError("the braces in the value of \(name) do not match") }
    let entry = master.entries[index]
    let isList = Stage.allCases.contains { $0.parameter == name }
    let hasBlanks = value.utf8.contains(where: \.isSpace)
    if let override = entry.override(of: name) {
      if !override.isBraced, hasBlanks {
        let text =
          isList && !value.contains("{")
          ? "-o \(name)=\(listWords(value).joined(separator: ","))" : "-o { \(name) = \(value) }"
        replace(override.range, with: Array(text.utf8), in: .override(entry: index, name: name))
      } else {
        replace(
          override.valueRange, with: Array(value.utf8), in: .override(entry: index, name: name))
      }
      return
    }
    let text = hasBlanks ? "-o { \(name) = \(value) }" : "-o \(name)=\(value)"
    let line = entry.lines.upperBound
    let indentation =
      entry.lines.count > 1
      ? Array(master.bytes[master.text.indentation(of: line)]) : [32, 32]
    let end = master.text.content(of: line).upperBound
    let ending = master.text.lineEnding(near: line)
    let isCRLF = ending.count == 2 && end > 0 && master.bytes[end - 1] == 13
    let place = isCRLF ? end - 1 : end
    replace(
      place..<place, with: ending + indentation + Array(text.utf8),
      in: .override(entry: index, name: name))
  }

  mutating func resetParameter(_ name: String, _ service: String?) throws(EditError) {
    let before = self
    if let service {
      let index = try entryIndex(service)
      while let override = master.entries[index].override(of: name) {
        removeOverride(override, index)
        guard master.entries.count == before.master.entries.count else { break }
      }
      return try confirm(.override(entry: index, name: name), reads: nil, after: before)
    }
    var bytes = main.bytes
    for definition in main.definitions.reversed() where definition.name == name {
      for line in definition.lines.reversed()
      where main.text.kinds[line] == .continuation || main.text.kinds[line] == .content {
        bytes.removeSubrange(main.text.extent(of: line))
      }
    }
    main = MainCF(bytes)
    try confirm(.main(name: name), reads: nil, after: before)
  }

  private mutating func removeOverride(_ override: MasterEntry.Override, _ index: Int) {
    let text = master.text
    let first = text.line(at: override.range.lowerBound)
    let last = text.line(at: override.range.upperBound - 1)
    let before = text.content(of: first).lowerBound..<override.range.lowerBound
    let after = override.range.upperBound..<text.content(of: last).upperBound
    var range = override.range
    if text.bytes[before].allSatisfy(\.isSpace), text.bytes[after].allSatisfy(\.isSpace) {
      range = text.extent(of: first).lowerBound..<text.extent(of: last).upperBound
    } else {
      var start = range.lowerBound
      while start > before.lowerBound, text.bytes[start - 1].isSpace { start -= 1 }
      range = start..<range.upperBound
    }
    replace(range, with: [], in: .override(entry: index, name: override.name))
  }
}
