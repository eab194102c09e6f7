import PostfixConfig

extension AppState {
  /// The strict options that can be switched on without more to say, by stage.
  func strictOptions(of version: PostfixVersion) -> [Stage: [String]] {
    let options = Stage.allCases.map { stage in
      let offered = Catalog.offered(for: stage, version: version)
      return (stage, offered.filter { $0.argument == nil }.map(\.name))
    }
    return Dictionary(uniqueKeysWithValues: options)
  }

  func catalogEntry(_ name: String) -> RestrictionInfo? { Catalog.restriction(named: name) }
}
