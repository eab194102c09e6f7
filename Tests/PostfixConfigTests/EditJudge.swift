@testable import PostfixConfig

/// Says what an edit did wrong, reading both texts anew.
struct EditJudge {
  let old: Configuration
  let new: Configuration
  let edit: Edit

  private static func key(_ element: ListElement) -> String {
    "\(element.name.asciiLowercased) \(element.argument ?? "-") \(element.state)"
  }

  /// The values of a configuration by their place.
  private static func values(_ configuration: Configuration) -> [String: String] {
    var values: [String: String] = [:]
    var counts: [String: Int] = [:]
    for definition in configuration.main.definitions {
      let number = counts[definition.name, default: 0]
      counts[definition.name] = number + 1
      values["main \(definition.name) \(number)"] =
        configuration.main.rawBytes(definition).map { String($0) }.joined(separator: " ")
    }
    for (index, entry) in configuration.master.entries.enumerated() {
      values["master \(index)"] = "\(entry.id)" + entry.settings.map(\.text).joined(separator: " ")
      var counts: [String: Int] = [:]
      for override in entry.overrides {
        let number = counts[override.name, default: 0]
        counts[override.name] = number + 1
        values["master \(index) \(override.name) \(number)"] = override.value
      }
    }
    return values
  }

  private func commentLines(_ text: ConfigText) -> [ArraySlice<UInt8>] {
    text.kinds.indices.filter { text.kinds[$0] == .comment }.map {
      text.bytes[text.content(of: $0)]
    }
  }

  /// True when the lines of `part` stand in `whole` in the same order.
  private static func stands(_ part: [ArraySlice<UInt8>], in whole: [ArraySlice<UInt8>]) -> Bool {
    var rest = whole[...]
    for line in part {
      guard let place = rest.firstIndex(of: line) else { return false }
      rest = rest[(place + 1)...]
    }
    return true
  }

  var complaint: String? {
    guard let fault = commentFault ?? foreignFault ?? listFault ?? inverseFault else { return nil }
    return "\(fault)\n\(edit)\n"
      + unifiedDiff(
        old: old.main.bytes, new: new.main.bytes, oldLabel: "main.cf", newLabel: "main.cf")
      + unifiedDiff(
        old: old.master.bytes, new: new.master.bytes, oldLabel: "master.cf", newLabel: "master.cf")
  }

  private var target: RestrictionTarget? {
    switch edit {
    case .setState(let target, _), .remove(let target), .move(let target, _),
      .setArgument(let target, _):
      target
    default: nil
    }
  }

  private var commentFault: String? {
    for (before, after) in [(old.main.text, new.main.text), (old.master.text, new.master.text)] {
      var comments = commentLines(before)
      // The line of the switched-off restriction itself may change.
      if target != nil || isInsert {
        comments.removeAll { line in
          OffRestriction(ConfigText(Array(line)), line: 0, grammar: old.grammar) != nil
        }
      }
      if !Self.stands(comments, in: commentLines(after)) { return "a comment is gone" }
    }
    return nil
  }

  private var isInsert: Bool { if case .insert = edit { true } else { false } }

  /// The names whose values the edit may change.
  private var ownParameter: String? {
    switch edit {
    case .setParameter(let name, _, _), .resetParameter(let name, _): name
    default: target?.parameter
    }
  }

  private var foreignFault: String? {
    let (before, after) = (Self.values(old), Self.values(new))
    var changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    if let own = ownParameter { changed = changed.filter { !$0.contains(" \(own) ") } }
    if changed.count > (isInsert ? 1 : 0) { return "changed as well: \(changed.sorted())" }
    if old.main.problems.count != new.main.problems.count,
      !(ownParameter.map { old.main.definition(of: $0) != nil } ?? false)
    {
      return "the count of broken lines changed"
    }
    return nil
  }

  private func source(_ configuration: Configuration, _ target: RestrictionTarget) -> ValueSource? {
    guard let service = target.override else { return .main(name: target.parameter) }
    return (try? configuration.entryIndex(service)).map {
      .override(entry: $0, name: target.parameter)
    }
  }

  private var listFault: String? {
    switch edit {
    case .setParameter(let name, let value, let service):
      let scope = Scope(new, service: service.map { ServiceID($0) })
      let got = scope.raw(name).map { $0.split(whereSeparator: \.isWhitespace) }
      return got == value.split(whereSeparator: \.isWhitespace)
        ? nil : "the value is \(scope.raw(name) ?? "nil")"
    case .resetParameter(let name, let service):
      let id = service.map { ServiceID($0) }
      let isLeft =
        id.map { new.master.entry($0)?.override(of: name) != nil }
        ?? (new.main.definition(of: name) != nil)
      return isLeft ? "it is still set" : nil
    case .insert(let stage, let service, let name, _, let state):
      // A list that cannot be expanded has no restrictions to count.
      guard new.list(stage, of: service)?.restrictions.isEmpty == false else { return nil }
      let count = { (configuration: Configuration) in
        configuration.policy().services.flatMap { $0.lists.flatMap(\.restrictions) }
          .count { $0.name == name && $0.state == state }
      }
      return count(new) > count(old) || state == .off ? nil : "it does not stand there"
    default: break
    }
    guard let target, let before = source(old, target), let after = source(new, target),
      old.text(of: before) != nil, let (index, elements) = try? old.locate(target, before)
    else { return nil }
    var expected = elements.map(Self.key)
    var element = elements[index]
    switch edit {
    case .setState(_, let state):
      element.state = state
      if state == .off, !old.standsAlone(elements[index], before) {
        expected.remove(at: index)
      } else {
        expected[index] = Self.key(element)
      }
    case .remove: expected.remove(at: index)
    case .setArgument(_, let argument):
      if element.name.contains(":"), let argument {
        element.name = argument
      } else {
        element.argument = argument
      }
      expected[index] = Self.key(element)
    case .move(_, let offset): expected.insert(expected.remove(at: index), at: index + offset)
    default: break
    }
    let got = new.elements(of: after, grammar: new.grammar).map(Self.key)
    return got == expected ? nil : "the list is \(got)\nand not  \(expected)"
  }

  private var inverseFault: String? {
    guard let inverse = edit.inverse(in: old) else { return "there is no inverse" }
    guard let back = try? new.applying([inverse]) else { return "the inverse does not fit" }
    return back.isRestored(of: old)
      ? nil
      : "the inverse \(inverse) gives another text:\n\(back.mainText)\n--\n\(back.masterText)"
  }
}

extension Configuration {
  /// True for the same bytes; a last line that had no line feed may have got one.
  func isRestored(of old: Configuration) -> Bool {
    self == old
      || master == old.master
        && main.bytes == old.main.bytes + old.main.text.lineEnding(near: 0)
  }
}
