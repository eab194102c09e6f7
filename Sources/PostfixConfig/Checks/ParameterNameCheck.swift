/// Names that look like a misspelt parameter, and names set twice.
func checkParameterNames(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  var findings: [Finding] = []
  for name in main.parameterNames where context.configuration.environment.defaults[name] == nil {
    guard Catalog.parameter(named: name) == nil, !context.grammar.classes.contains(name),
      let nearest = Catalog.nearestParameter(to: name), nearest != name
    else { continue }
    findings.append(
      Finding(
        severity: .warning, findingClass: .silentlyNotEnforced, code: "unknown-parameter",
        location: context.place(of: name),
        message: "Postfix has no parameter \(name) and ignores it: did you mean \(nearest)?"))
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
