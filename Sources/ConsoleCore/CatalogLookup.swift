import PostfixConfig

extension AppState {
  func strictOptions(of version: PostfixVersion) -> [Stage: [String]] { [:] }

  func catalogEntry(_ name: String) -> RestrictionInfo? { nil }
}
