/// Names that look like a misspelt parameter, and names set twice.
func checkParameterNames(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  var findings: [Finding] = []
  for name in main.parameterNames where context.configuration.environment.defaults[name] == nil {
    guard Catalog.parameter(named: name) == nil, !context.grammar.classes.contains(name) else {
      continue
    }
    let nearest = Catalog.nearestParameter(to: name)
    guard nearest != nil || !isUsed(name, in: context.configuration) else { continue }
    let hint = nearest.map { "did you mean \($0)?" } ?? "remove it if nothing needs it"
    findings.append(
      Finding(
        severity: .warning, findingClass: .silentlyNotEnforced, code: "unknown-parameter",
        location: context.place(of: name),
        message: "Postfix has no parameter \(name) and ignores it: \(hint)"))
  }
  var values: [String: [UInt8]] = [:]
  for definition in main.definitions {
    let value = main.rawBytes(definition)
    if let former = values[definition.name], former != value {
      findings.append(
        Finding(
          severity: .warning, findingClass: .style, code: "defined-twice",
          location: main.text.location(of: definition.nameOffset, in: .main),
          message: "\(definition.name) is set again and overrides the earlier line: keep one"))
    }
    values[definition.name] = value
  }
  return findings
}

/// True when some value refers to the name, or when it may belong to a transport or to a database.
private func isUsed(_ name: String, in configuration: Configuration) -> Bool {
  let texts = [configuration.main.bytes, configuration.master.bytes].map {
    String(decoding: $0, as: UTF8.self)
  }
  if ["$\(name)", "${\(name)", "$(\(name)"].contains(where: { use in
    texts.contains { $0.contains(use) }
  }) {
    return true
  }
  guard let owner = name.split(separator: "_").first.map(String.init) else { return false }
  let isTransport = configuration.master.entries.contains { entry in
    name.hasPrefix(entry.id.name + "_")
  }
  let databases = ["ldap:", "mysql:", "pgsql:", "sqlite:", "memcache:", "mongodb:"]
  return isTransport || databases.contains { type in texts.contains { $0.contains(type + owner) } }
}
