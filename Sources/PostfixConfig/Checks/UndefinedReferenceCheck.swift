/// `$name` of a parameter that nobody defines: it expands to nothing, and the checks in it are gone.
@Sendable func undefinedReferenceCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  var findings: [Finding] = []
  for definition in configuration.main.definitions where !unexpanded.contains(definition.name) {
    for name in Expander.references(in: definition.rawValue) {
      guard isUndefined(name, configuration, service: nil) else { continue }
      findings.append(
        finding(name, in: definition.name, configuration.location(.main, definition.nameStart)))
    }
  }
  for entry in configuration.master.smtpdEntries {
    for override in entry.overrides {
      for name in Expander.references(in: override.value)
      where isUndefined(name, configuration, service: entry.service) {
        let place = configuration.location(.master, override.fullRange.lowerBound)
        findings.append(finding(name, in: "\(override.name) of \(entry.service)", place))
      }
    }
  }
  return findings
}

private func isUndefined(
  _ name: String, _ configuration: Configuration, service: ServiceID?
) -> Bool {
  configuration.source(of: name, service: service) == nil
}

private func finding(_ name: String, in user: String, _ location: SourceLocation) -> Finding {
  Finding(
    severity: .warning, findingClass: .silentlyNotEnforced, code: "undefined-reference",
    location: location,
    message: "\(user) refers to $\(name), which nothing defines, so it expands to nothing; "
      + "define \(name) or remove the reference")
}
