import PostfixConfig

extension Edit {
  /// What this edit replaces in a text, so that what others put in its place is not overwritten; nil
  /// when there is nothing of the kind.
  func replaced(in configuration: Configuration) -> String? {
    switch self {
    case .setParameter(let name, _, let service), .resetParameter(let name, let service):
      guard let service else { return configuration.main.rawValue(of: name) }
      return configuration.value(of: name, service: ServiceID(service))
    case .setState(let target, _), .remove(let target), .move(let target, _),
      .setArgument(let target, _), .rename(let target, _):
      return configuration.policy().restriction(target)?.state.rawValue
    // A patch looks at its surroundings itself; what is inserted replaces nothing.
    case .insert, .restore: return nil
    }
  }

  /// The name of what is replaced.
  fileprivate var subject: String {
    switch self {
    case .setParameter(let name, _, _), .resetParameter(let name, _): name
    case .setState(let target, _), .remove(let target), .move(let target, _),
      .setArgument(let target, _), .rename(let target, _):
      target.argument.map { "\(target.name) \($0)" } ?? target.name
    case .insert(_, _, let name, _, _): name
    case .restore(let patch): patch.parameter
    }
  }
}

extension [Edit] {
  /// Refuses edits whose subject others changed between the text that they were made for and the
  /// present one: carrying them out would overwrite what those wrote.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` naming what was changed.
  func requireUntouched(
    from base: Configuration, to present: Configuration
  ) throws(ChangeError) {
    // Of one that refers to what an earlier one makes, both texts know nothing.
    for edit in self {
      let old = edit.replaced(in: base)
      let new = edit.replaced(in: present)
      guard old != new else { continue }
      if case .setParameter(_, let wanted, nil) = edit, new == wanted { continue }
      throw .doesNotFit(
        "\(edit.subject) was changed meanwhile (\(old ?? "not set"), now \(new ?? "not set")); look at "
          + "it again and repeat the change")
    }
  }

  /// `present` with these edits, which made `after` of `before`, taken back one by one; nil when one
  /// does not fit, or others changed what it would replace.
  func reversed(
    from before: FilePair, to after: FilePair, on present: Configuration
  ) -> Configuration? {
    guard !isEmpty else { return nil }
    var text = present
    (text.main, text.master) = (MainCF(before.main), MasterCF(before.master))
    var steps: [(inverse: Edit, after: Configuration)] = []
    for edit in self {
      guard let inverse = edit.inverse(in: text), let next = try? text.applying([edit]) else {
        return nil
      }
      text = next
      steps.append((inverse, next))
    }
    guard FilePair(text, tables: after.tables) == after else { return nil }
    var result = present
    for step in steps.reversed() {
      guard step.inverse.replaced(in: step.after) == step.inverse.replaced(in: result),
        let next = try? result.applying([step.inverse])
      else { return nil }
      result = next
    }
    return result
  }
}

extension Policy {
  /// A restriction by its name in the text.
  func restriction(_ target: RestrictionTarget) -> Restriction? {
    for service in services {
      for list in service.lists {
        if let found = list.restrictions.first(where: { $0.target == target }) { return found }
      }
    }
    return nil
  }
}
