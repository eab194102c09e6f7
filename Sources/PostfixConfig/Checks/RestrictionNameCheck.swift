/// Names that smtpd does not know: 451 for everyone who reaches them.
func checkRestrictionNames(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { list, _, restriction in
    let name = restriction.name
    let version = context.configuration.environment.version
    func finding(
      _ code: String, _ message: String, _ kind: FindingClass = .everyoneDeferred, fix: [Edit] = []
    ) -> Finding {
      Finding(
        severity: kind == .style ? .hint : .error, findingClass: kind, code: code,
        location: restriction.origin.location, message: message, fix: fix)
    }
    if name.hasPrefix("#") {
      return finding(
        "inline-comment",
        "\"\(name)\" is read as a restriction, since a comment needs a line of its own: move it")
    }
    switch context.grammar.shape(of: name) {
    case .classReference: return nil
    case .bareTable:
      guard list.stage.impliedTableCheck == nil else { return nil }
      return finding("bare-table", "\(name) needs a check_*_access in front of it in a data list")
    case .builtIn:
      guard let info = Catalog.restriction(named: name) else { return nil }
      if !info.isKnown(to: version) {
        return finding("unknown-to-version", "Postfix \(version) does not know \(name): remove it")
      }
      guard let current = info.replacedBy else { return nil }
      return finding("old-name", "\(name) is an old name: use \(current)", .style)
    case .reference, .unknown:
      let nearest = Catalog.nearestRestriction(to: name)
      let remedy = nearest.map { "did you mean \($0)?" } ?? "remove it or define it as a class"
      return finding(
        "unknown-restriction",
        "smtpd does not know \(name) and defers everyone who reaches it: \(remedy)",
        fix: [.remove(restriction.target)])
    }
  }
}
