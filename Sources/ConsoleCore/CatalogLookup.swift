import PostfixConfig

extension AppState {
  /// The strict options that can be switched on without more to say, by stage, in the catalog's
  /// order: those that take no argument, are no old spelling, and that this Postfix knows.
  func strictOptions(of version: PostfixVersion) -> [Stage: [String]] {
    var options: [Stage: [String]] = [:]
    for entry in catalog where entry.isOffered && entry.argument == nil {
      guard entry.replacedBy == nil, entry.isKnown(to: version) else { continue }
      for stage in entry.stages { options[stage, default: []].append(entry.name) }
    }
    return options
  }

  func catalogEntry(_ name: String) -> RestrictionInfo? { catalog.first { $0.name == name } }
}

extension RestrictionInfo {
  fileprivate func isKnown(to version: PostfixVersion) -> Bool {
    if let introduced, version < introduced { return false }
    if let removed, version >= removed { return false }
    return true
  }
}
