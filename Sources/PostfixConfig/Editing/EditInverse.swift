extension Edit {
  /// The edit that takes this one back when `configuration` is the text before it; nil when this
  /// edit does not fit that text, or changes nothing.
  ///
  /// On an unchanged text it restores every byte, with one exception: the line feed that a file
  /// without a last one got, when a parameter was added behind it, stays.
  public func inverse(in configuration: Configuration) -> Edit? {
    guard let changed = try? configuration.applying([self]), changed != configuration else {
      return nil
    }
    for candidate in candidates(in: configuration) {
      guard let restored = try? changed.applying([candidate]) else { continue }
      if restored == configuration { return candidate }
      let main = configuration.main
      if case .resetParameter = candidate,
        restored.main.bytes == main.bytes + main.text.lineEnding(near: 0)
      {
        return candidate
      }
    }
    guard let (parameter, service) = place(in: configuration),
      let patch = configuration.patch(restoring: parameter, of: service, in: changed),
      (try? changed.applying([.restore(patch)])) == configuration
    else { return nil }
    return .restore(patch)
  }

  /// The setting whose text changes: its parameter, and its service in master.cf.
  private func place(in configuration: Configuration) -> (parameter: String, service: String?)? {
    switch self {
    case .setState(let target, _), .remove(let target), .move(let target, _),
      .setArgument(let target, _), .rename(let target, _):
      return (target.parameter, target.override)
    case .setParameter(let name, _, let service), .resetParameter(let name, let service):
      return (name, service)
    case .restore(let patch): return (patch.parameter, patch.service)
    case .insert(let stage, let service, _, _, _):
      guard let entry = try? configuration.entryIndex(service) else { return nil }
      let scope = Scope(configuration, entry: entry, grammar: configuration.grammar)
      let source = scope.origin(of: stage.parameter)
      guard case .override(let index, _) = source else { return (source.parameter, nil) }
      return (source.parameter, configuration.master.entries[index].id.description)
    }
  }

  /// Edits that may be the inverse and still fit when the text around has changed.
  private func candidates(in configuration: Configuration) -> [Edit] {
    switch self {
    case .setState(let target, _):
      guard let (index, elements) = configuration.find(target) else {
        return [.resetParameter(name: target.parameter, service: target.override)]
      }
      return [.setState(target, elements[index].state)]
    case .setArgument(let target, let argument):
      return argumentInverse(target, argument, in: configuration)
    case .rename(let target, let name):
      guard let (index, found) = configuration.find(target) else {
        return [.resetParameter(name: target.parameter, service: target.override)]
      }
      var elements = found
      elements[index].name = name
      return [.rename(Self.target(index, elements, target), found[index].name)]
    case .move(let target, let offset):
      guard let (index, found) = configuration.find(target), found.indices.contains(index + offset)
      else { return [.resetParameter(name: target.parameter, service: target.override)] }
      var elements = found
      elements.insert(elements.remove(at: index), at: index + offset)
      return [.move(Self.target(index + offset, elements, target), offset: -offset)]
    case .setParameter(let name, _, let service):
      let scope = Scope(configuration, service: service.map { ServiceID($0) })
      switch scope.source(of: name) {
      case .main? where service == nil, .override?:
        return scope.raw(name).map { [.setParameter(name: name, value: $0, service: service)] }
          ?? []
      default: return [.resetParameter(name: name, service: service)]
      }
    case .remove(let target):
      return configuration.find(target) == nil
        ? [.resetParameter(name: target.parameter, service: target.override)] : []
    case .insert(_, _, let name, let argument, _):
      guard let (parameter, service) = place(in: configuration) else { return [] }
      let target = RestrictionTarget(
        parameter: parameter, override: service, name: name, argument: argument)
      if let (index, elements) = configuration.find(target) {
        return [.setState(target, elements[index].state)]
      }
      return [.remove(target), .resetParameter(name: parameter, service: service)]
    case .resetParameter, .restore: return []
    }
  }

  private func argumentInverse(
    _ target: RestrictionTarget, _ argument: String?, in configuration: Configuration
  ) -> [Edit] {
    guard let (index, found) = configuration.find(target) else {
      return [.resetParameter(name: target.parameter, service: target.override)]
    }
    var elements = found
    if target.argument == nil, let argument {
      elements[index].name = argument
    } else {
      elements[index].argument = argument
    }
    let changed = Self.target(index, elements, target)
    return [.setArgument(changed, target.argument ?? target.name)]
  }

  /// The name of the element at `index` once the list reads like `elements`.
  private static func target(
    _ index: Int, _ elements: [ListElement], _ old: RestrictionTarget
  ) -> RestrictionTarget {
    var target = old
    (target.name, target.argument) = (elements[index].name, elements[index].argument)
    target.occurrence = elements[..<index].count {
      $0.name.asciiLowercased == target.name.asciiLowercased && $0.argument == target.argument
    }
    return target
  }
}

extension Configuration {
  fileprivate func find(_ target: RestrictionTarget) -> (index: Int, elements: [ListElement])? {
    var copy = self
    guard let source = try? copy.source(for: target), copy == self else { return nil }
    return try? locate(target, source)
  }
}
