/// The same parameter twice with other values (the last one wins), and the same restriction twice.
@Sendable func duplicateCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  var findings: [Finding] = []
  for definition in configuration.main.definitions {
    guard let last = configuration.main.definition(definition.name), last != definition,
      last.rawValue != definition.rawValue
    else { continue }
    let winner = configuration.location(.main, last.nameStart).line
    findings.append(
      Finding(
        severity: .hint, findingClass: .style, code: "duplicate-parameter",
        location: configuration.location(.main, definition.nameStart),
        message: "\(definition.name) is set again in line \(winner), which wins; remove one of them"))
  }
  for service in context.policy.services {
    for list in service.lists {
      findings += repeated(in: list).filter { new in !findings.contains { $0.location == new.location } }
    }
  }
  return findings
}

private func repeated(in list: RestrictionList) -> [Finding] {
  var seen: Set<String> = []
  return list.restrictions.filter { $0.state == .on && $0.isReachable }.compactMap { restriction in
    let label = restriction.target.label.lowercased()
    guard seen.insert(label).inserted else {
      return Finding(
        severity: .hint, findingClass: .style, code: "duplicate-restriction",
        location: restriction.origin.location,
        message: "\(label) stands twice in \(list.stage.parameter); the second never decides anything new",
        fix: [.remove(restriction.target)])
    }
    return nil
  }
}
