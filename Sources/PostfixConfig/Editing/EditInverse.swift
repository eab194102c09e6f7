extension Edit {
  /// The edit that takes this one back when `configuration` is the text before it; nil where the
  /// text that goes is not kept in place, so that only the old bytes restore it.
  public func inverse(in configuration: Configuration) -> Edit? {
    switch self {
    case .setState(let target, let state):
      guard let (element, source) = configuration.find(target),
        state != .off || configuration.standsAlone(element, source)
      else { return nil }
      return .setState(target, element.state)
    case .setArgument(let target, let argument):
      guard configuration.find(target) != nil else { return nil }
      var changed = target
      changed.argument = argument
      changed.occurrence = 0
      return .setArgument(changed, target.argument)
    case .move(let target, let offset): return .move(target, offset: -offset)
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
}

extension Configuration {
  fileprivate func find(_ target: RestrictionTarget) -> (ListElement, ValueSource)? {
    var copy = self
    guard let source = try? copy.source(for: target), copy == self,
      let (index, elements) = try? locate(target, source)
    else { return nil }
    return (elements[index], source)
  }
}
