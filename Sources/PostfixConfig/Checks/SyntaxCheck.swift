/// Lines that are no `name = value` (fatal for every program) and lines that Postfix passes over.
@Sendable func syntaxCheck(_ context: CheckContext) -> [Finding] {
  context.configuration.main.faults.map { fault in
    let location = SourceLocation(file: .main, line: fault.line)
    switch fault.kind {
    case .missingEquals, .emptyName:
      return Finding(
        severity: .error, findingClass: .serverDead, code: "not-a-definition", location: location,
        message: "this line is no \"name = value\" and every Postfix program stops at it; "
          + "mend it, or indent it if it continues the line above")
    case .leadingSpace:
      return Finding(
        severity: .warning, findingClass: .silentlyNotEnforced, code: "leading-space",
        location: location,
        message: "this line begins with a blank and continues nothing, so Postfix ignores it; "
          + "remove the blank")
    case .nul:
      return Finding(
        severity: .warning, findingClass: .silentlyNotEnforced, code: "nul-byte", location: location,
        message: "a NUL byte ends this value early; remove it")
    }
  }
}
