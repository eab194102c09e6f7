/// Loops, broken `${ }` and undefined names in the lists (mac_expand).
func checkExpansion(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  var findings: [Finding] = []
  func check(_ parameter: String, _ location: SourceLocation, _ scope: Scope) {
    guard let raw = scope.raw(parameter), raw.contains("$") else { return }
    var expander = Expander { name in scope.raw(name).map { TracedText($0, owner: 0) } }
    do {
      _ = try expander.expand(TracedText(raw, owner: 0))
    } catch {
      let reason =
        switch error {
        case .loop(let name): "$\(name) refers to itself"
        case .syntax(let message): message
        case .tooLarge: "it grows without end"
        }
      findings.append(
        Finding(
          severity: .error, findingClass: .serverDead, code: "cannot-expand", location: location,
          message:
            "\(parameter) cannot be expanded (\(reason)), so what reads it dies: mend the reference"
        ))
    }
    for name in expander.undefinedNames {
      findings.append(
        Finding(
          severity: .warning, findingClass: .silentlyNotEnforced, code: "undefined-name",
          location: location,
          message:
            "\(parameter) uses $\(name), which nothing defines, so it stands for nothing: define \(name)"
        ))
    }
  }
  let scope = Scope(configuration, entry: nil, grammar: context.grammar)
  for name in configuration.main.parameterNames { check(name, context.place(of: name), scope) }
  for (index, entry) in configuration.master.entries.enumerated() where entry.isSmtpd {
    let scope = Scope(configuration, entry: index, grammar: context.grammar)
    for override in entry.overrides {
      let place = configuration.master.text.location(
        of: override.range.lowerBound, in: .master)
      check(override.name, place, scope)
    }
  }
  return findings
}
