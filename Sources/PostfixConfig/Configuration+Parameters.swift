extension Configuration {
  /// Sets a parameter in main.cf, in its place where it has one, or in an override of `service`.
  func settingParameter(
    _ name: String, _ value: String, _ service: ServiceID?
  ) throws(EditError) -> Configuration {
    guard !name.isEmpty, name.utf8.allSatisfy(\.isNameByte) else {
      throw EditError("\"\(name)\" is no parameter name; names consist of letters, digits and _")
    }
    guard !value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
      throw EditError("the value of \(name) holds a line break or a NUL, which no parameter can hold")
    }
    if let service { return try settingOverride(name, value, service) }
    guard let definition = main.definition(name) else { return appending(name, value) }
    if definition.rawValue == value { return self }
    return replacingValue(of: definition, with: value)
  }

  /// The first line takes the value; further lines go, comments between them stay.
  private func replacingValue(of definition: Definition, with value: String) -> Configuration {
    var patch = TextPatch(.main)
    let first = definition.content[0]
    let old = main.bytes[first].trimmed()
    if old.isEmpty {
      let hasReturn = main.bytes[first].last == 0x0D
      patch.replace(first.lowerBound..<first.upperBound - (hasReturn ? 1 : 0), with: " " + value)
    } else {
      patch.replace(old.startIndex..<old.endIndex, with: value)
    }
    for range in definition.content.dropFirst() {
      patch.delete(main.lines[main.place(of: range.lowerBound).line - 1].fullRange)
    }
    return patch.applied(to: self)
  }

  private func settingOverride(
    _ name: String, _ value: String, _ service: ServiceID
  ) throws(EditError) -> Configuration {
    guard let entry = master.entry(service) else {
      throw EditError("master.cf has no service \(service)")
    }
    let needsBraces = value.utf8.contains(where: \.isSpace) || value.isEmpty
    let word = needsBraces && !value.isEmpty ? "{ \(name) = \(value) }" : "\(name)=\(value)"
    var patch = TextPatch(.master)
    if let override = entry.override(name) {
      patch.replace(override.wordRange, with: word)
    } else {
      patch.insert("\n  -o \(word)", at: entry.end)
    }
    return patch.applied(to: self)
  }

  /// Removes every definition, so that the default holds; comments stay.
  func resettingParameter(
    _ name: String, _ service: ServiceID?
  ) throws(EditError) -> Configuration {
    if let service {
      guard let entry = master.entry(service) else {
        throw EditError("master.cf has no service \(service)")
      }
      var patch = TextPatch(.master)
      for override in entry.overrides where override.name == name { deleteOverride(override, &patch) }
      return patch.applied(to: self)
    }
    var patch = TextPatch(.main)
    for definition in main.definitions where definition.name == name {
      for index in definition.lines where main.lines[index].kind != .comment && main.lines[index].kind != .blank {
        patch.delete(main.lines[index].fullRange)
      }
    }
    return patch.applied(to: self)
  }

  /// Takes `-o word` away, with its line when nothing else stands on it.
  private func deleteOverride(_ override: MasterEntry.Override, _ patch: inout TextPatch) {
    let line = master.lines[master.place(of: override.fullRange.lowerBound).line - 1]
    let before = master.bytes[line.range.lowerBound..<override.fullRange.lowerBound]
    let isLast = override.fullRange.upperBound <= line.range.upperBound
    let after = isLast ? master.bytes[override.fullRange.upperBound..<line.range.upperBound] : []
    if line.kind == .continuation, isLast, before.allSatisfy(\.isSpace), after.allSatisfy(\.isSpace) {
      patch.delete(line.fullRange)
    } else {
      let start = before.last?.isSpace == true ? override.fullRange.lowerBound - 1 : override.fullRange.lowerBound
      patch.delete(start..<override.fullRange.upperBound)
    }
  }
}
