/// Parameters that are set twice with different values: the last line wins (dict_update).
func checkDuplicateDefinitions(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  var last: [String: MainCF.Definition] = [:]
  var findings: [Finding] = []
  for definition in main.definitions {
    if let former = last[definition.name], main.rawBytes(former) != main.rawBytes(definition) {
      findings.append(
        Finding(
          .style, "defined-twice",
          at: main.text.location(of: definition.nameOffset, in: .main),
          "\(definition.name) is set again and overrides the earlier line: keep one",
          severity: .warning))
    }
    last[definition.name] = definition
  }
  return findings
}
