/// Restriction classes without a definition, or that contain themselves: smtpd dies.
func checkClasses(_ context: CheckContext) -> [Finding] {
  let services = context.policy.services.map(\.service)
  var findings: [Finding] = []
  for name in context.grammar.classes.sorted() {
    if services.contains(where: { members(name, $0, context).isEmpty }) {
      findings.append(
        Finding(
          .serverDead, "undefined-class", at: context.place(of: "smtpd_restriction_classes"),
          "restriction class \(name) has no definition, so smtpd does not start: add \(name) = ..."
        ))
    }
    if services.contains(where: { contains(name, itself: $0, context) }) {
      findings.append(
        Finding(
          .serverDead, "class-loop", at: context.place(of: name),
          "restriction class \(name) contains itself, so smtpd crashes: break the circle"))
    }
  }
  return findings
}

private func members(_ name: String, _ service: ServiceID, _ context: CheckContext) -> [String] {
  listWords(context.value(of: name, in: service) ?? "")
}

private func contains(_ name: String, itself service: ServiceID, _ context: CheckContext) -> Bool {
  var reached: Set<String> = []
  var open = members(name, service, context)
  while let next = open.popLast() {
    guard context.grammar.classes.contains(next), Catalog.restriction(named: next) == nil,
      reached.insert(next).inserted
    else { continue }
    open += members(next, service, context)
  }
  return reached.contains(name)
}
