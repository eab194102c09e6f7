/// Lines that stop every Postfix program, or that it ignores (dict_load_fp, readllines).
func checkSyntax(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  let master = context.configuration.master.text
  let problems = main.problems.map { problem in
    let location = SourceLocation(file: .main, line: problem.line + 1)
    return switch problem.kind {
    case .missingEquals, .missingName:
      Finding(
        .serverDead, "line-without-equals", at: location,
        "no Postfix program starts with this line: write it as name = value, or put # in front",
        about: problem.text)
    case .orphan: orphan(location, problem.text)
    }
  }
  let orphans = master.logicalLines.filter(\.isOrphan).map {
    orphan(
      SourceLocation(file: .master, line: $0.first + 1), master.string(master.content(of: $0.first))
    )
  }
  return problems + orphans + bytes(main.text, .main) + bytes(master, .master)
}

private func orphan(_ location: SourceLocation, _ text: String) -> Finding {
  Finding(
    .silentlyNotEnforced, "nothing-to-continue", at: location,
    "the line starts with a blank and continues nothing, so Postfix ignores it: move it to column 1",
    about: text)
}

/// NUL bytes and CR LF line ends.
private func bytes(_ text: ConfigText, _ file: ConfigFile) -> [Finding] {
  var findings: [Finding] = []
  if let offset = text.bytes.firstIndex(of: 0) {
    findings.append(
      Finding(
        .silentlyNotEnforced, "nul-byte", at: text.location(of: offset, in: file),
        "Postfix ignores the rest of a setting after a NUL byte: remove it", severity: .error))
  }
  if text.lineCount > 0, text.lineEnding(near: 0).count == 2 {
    findings.append(
      Finding(
        .style, "carriage-return", at: SourceLocation(file: file, line: 1),
        "the file has CR LF line ends: Postfix reads it, other tools may not"))
  }
  return findings
}
