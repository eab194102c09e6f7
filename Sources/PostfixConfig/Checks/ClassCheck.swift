/// Restriction classes without a definition, or that contain themselves: smtpd dies.
func checkClasses(_ context: CheckContext) -> [Finding] {
  var findings: [Finding] = []
  let location = context.place(of: "smtpd_restriction_classes")
  func members(_ name: String) -> [String] {
    listWords(context.configuration.value(of: name) ?? "")
  }
  for name in context.grammar.classes.sorted() {
    if members(name).isEmpty {
      findings.append(
        Finding(
          severity: .error, findingClass: .serverDead, code: "undefined-class", location: location,
          message:
            "restriction class \(name) has no definition, so smtpd does not start: add \(name) = ..."
        ))
    }
    var reached: Set<String> = []
    var open = members(name)
    while let next = open.popLast() {
      guard context.grammar.classes.contains(next), Catalog.restriction(named: next) == nil,
        reached.insert(next).inserted
      else { continue }
      open += members(next)
    }
    if reached.contains(name) {
      findings.append(
        Finding(
          severity: .error, findingClass: .serverDead, code: "class-loop",
          location: context.place(of: name),
          message: "restriction class \(name) contains itself, so smtpd crashes: break the circle"))
    }
  }
  return findings
}
