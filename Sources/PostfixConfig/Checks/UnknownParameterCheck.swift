/// A name in main.cf that neither Postfix nor anything in the files uses: most likely a typo.
@Sendable func unknownParameterCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  guard !configuration.environment.defaults.isEmpty else { return [] }
  var used = configuration.classes(for: nil)
  for definition in configuration.main.definitions {
    used.formUnion(Expander.references(in: definition.rawValue))
  }
  for override in configuration.master.entries.flatMap(\.overrides) {
    used.formUnion(Expander.references(in: override.value))
    if override.name == "smtpd_restriction_classes" {
      used.formUnion(override.value.utf8.split(whereSeparator: \.isListSeparator).compactMap { String($0) })
    }
  }
  return configuration.main.definitions.compactMap { definition -> Finding? in
    let name = definition.name
    guard configuration.environment.defaults[name] == nil, !used.contains(name),
      !belongsToTransport(name, configuration), !name.hasPrefix("ldap"), Catalog.parameter(named: name) == nil
    else { return nil }
    let hint = Catalog.nearestParameter(to: name).map { "; did you mean \($0)?" } ?? "; remove it if nothing needs it"
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "unknown-parameter",
      location: configuration.location(.main, definition.nameStart),
      message: "nothing uses the parameter \(name)" + hint)
  }
}

/// `SERVICE_destination_concurrency_limit` and its like exist for every transport of master.cf.
private func belongsToTransport(_ name: String, _ configuration: Configuration) -> Bool {
  configuration.master.entries.contains { name.hasPrefix($0.service.name + "_") }
}
