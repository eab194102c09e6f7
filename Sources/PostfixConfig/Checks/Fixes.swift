/// Edits that several checks offer as a remedy.
extension CheckContext {
  /// Takes a restriction out; nothing when that would leave a restriction class without a member,
  /// which stops smtpd.
  func removal(of restriction: Restriction) -> [Edit] {
    let target = restriction.target
    if grammar.classes.contains(target.parameter),
      let source = source(of: target),
      configuration.elements(of: source, grammar: grammar).count(where: { $0.state != .off }) <= 1
    {
      return []
    }
    return [.remove(target)]
  }

  /// Gives a restriction another name; nothing where the text allows no such edit.
  func renaming(_ restriction: Restriction, to name: String) -> [Edit] {
    let edit = Edit.rename(restriction.target, name)
    return (try? configuration.applying([edit])) == nil ? [] : [edit]
  }

  /// Brings a permit in front of another restriction of its list.
  func moving(
    _ name: String, inFrontOf other: Restriction, _ list: RestrictionList, _ service: ServiceID
  )
    -> [Edit]
  {
    let isOwn = other.target.parameter == list.originParameter
    let permit = list.restrictions.first {
      $0.name.asciiLowercased == name && $0.target.parameter == list.originParameter
    }
    let override = list.override.flatMap { id in
      configuration.master.entry(id)?.override(of: list.originParameter).map { _ in id.description }
    }
    let target =
      permit?.target
      ?? RestrictionTarget(parameter: list.originParameter, override: override, name: name)
    var edits: [Edit] = []
    switch permit?.state {
    case nil:
      edits.append(
        .insert(
          stage: list.stage, service: service.description, name: name, argument: nil, state: .on))
    case .off: edits.append(.setState(target, .on))
    case .on, .trial: break
    }
    let index = isOwn ? source(of: other.target).flatMap { self.index(of: other.target, $0) } : 0
    return placing(target, at: index ?? 0, after: edits)
  }

  /// The edits, and the move that brings the target to that place among the elements of its value.
  private func placing(_ target: RestrictionTarget, at index: Int, after edits: [Edit]) -> [Edit] {
    guard var draft = try? configuration.applying(edits),
      let source = (target.override == nil ? .main(name: target.parameter) : source(of: target)),
      let found = draft.elements(of: source, grammar: grammar).firstIndex(where: {
        $0.name.asciiLowercased == target.name.asciiLowercased && $0.argument == target.argument
          && $0.occurrence == target.occurrence
      })
    else { return [] }
    guard found != index else { return edits }
    let move = Edit.move(target, offset: index - found)
    guard (try? draft.apply(move)) != nil else { return [] }
    return edits + [move]
  }

  private func index(of target: RestrictionTarget, _ source: ValueSource) -> Int? {
    configuration.elements(of: source, grammar: grammar).firstIndex {
      $0.name.asciiLowercased == target.name.asciiLowercased && $0.argument == target.argument
        && $0.occurrence == target.occurrence
    }
  }

  private func source(of target: RestrictionTarget) -> ValueSource? {
    guard let service = target.override else {
      return configuration.main.definition(of: target.parameter) == nil
        ? nil : .main(name: target.parameter)
    }
    return configuration.master.entries.lastIndex { $0.id == ServiceID(service) }.map {
      .override(entry: $0, name: target.parameter)
    }
  }
}
