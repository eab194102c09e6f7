extension Edit {
  /// The edit that takes this one back when `configuration` is the text before it; nil where the
  /// text that goes is not kept in place, so that only the old bytes restore it.
  public func inverse(in configuration: Configuration) -> Edit? {
    guard let candidate = candidate(in: configuration) else { return nil }
    // A parameter that was unset may leave a line feed behind at the end of the file.
    if case .resetParameter = candidate { return candidate }
    let restored = try? configuration.applying([self, candidate])
    return restored == configuration ? candidate : nil
  }

  private func candidate(in configuration: Configuration) -> Edit? {
    switch self {
    case .setState(let target, _):
      return configuration.find(target).map { .setState(target, $0.elements[$0.index].state) }
    case .setArgument(let target, let argument):
      guard let (index, found) = configuration.find(target) else { return nil }
      var elements = found
      if target.argument == nil, let argument {
        elements[index].name = argument
      } else {
        elements[index].argument = argument
      }
      let changed = Self.target(index, elements, target)
      return .setArgument(changed, target.argument ?? target.name)
    case .rename(let target, let name):
      guard let (index, found) = configuration.find(target) else { return nil }
      var elements = found
      elements[index].name = name
      return .rename(Self.target(index, elements, target), found[index].name)
    case .move(let target, let offset):
      guard let (index, found) = configuration.find(target), found.indices.contains(index + offset)
      else { return nil }
      var elements = found
      elements.insert(elements.remove(at: index), at: index + offset)
      return .move(Self.target(index + offset, elements, target), offset: -offset)
    case .setParameter(let name, _, let service):
      let scope = Scope(configuration, service: service.map { ServiceID($0) })
      switch scope.source(of: name) {
      case .main? where service == nil, .override?:
        return scope.raw(name).map { .setParameter(name: name, value: $0, service: service) }
      default: return .resetParameter(name: name, service: service)
      }
    case .insert, .remove, .resetParameter: return nil
    }
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
