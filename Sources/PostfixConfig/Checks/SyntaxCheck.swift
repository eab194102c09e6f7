/// Lines that stop every Postfix program, or that it ignores (dict_load_fp).
func checkSyntax(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  var findings = main.problems.map { problem in
    let location = SourceLocation(file: .main, line: problem.line + 1)
    switch problem.kind {
    case .missingEquals, .missingName:
      return Finding(
        severity: .error, findingClass: .serverDead, code: "line-without-equals",
        location: location,
        message:
          "no Postfix program starts with this line: write it as name = value, or put # in front")
    case .orphan:
      return Finding(
        severity: .warning, findingClass: .silentlyNotEnforced, code: "nothing-to-continue",
        location: location,
        message:
          "the line starts with a blank and continues nothing, so Postfix ignores it: move it to column 1"
      )
    }
  }
  if let offset = main.bytes.firstIndex(of: 0) {
    findings.append(
      Finding(
        severity: .error, findingClass: .silentlyNotEnforced, code: "nul-byte",
        location: main.text.location(of: offset, in: .main),
        message: "Postfix ignores the rest of a setting after a NUL byte: remove it"))
  }
  if main.text.lineCount > 0, main.text.lineEnding(near: 0).count == 2 {
    findings.append(
      Finding(
        severity: .hint, findingClass: .style, code: "carriage-return",
        location: SourceLocation(file: .main, line: 1),
        message: "the file has CR LF line ends: Postfix reads it, other tools may not"))
  }
  for line in context.configuration.master.badLines {
    findings.append(
      Finding(
        severity: .error, findingClass: .serverDead, code: "bad-field-count",
        location: SourceLocation(file: .master, line: line + 1),
        message: "the entry has too few fields, so postfix reload refuses it: give all eight"))
  }
  return findings
}
