import ArgumentParser
import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// `postgate explain`: what a restriction or a parameter is, or why a line of the log says what it
/// says.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a restriction does, or why a mail was refused.",
    discussion: """
      Without a name it reads lines of the log from standard input and says of each what happened, \
      which restriction refused, where that stands now and what can be done:

        grep 192.0.2.7 /var/log/mail.log | tail -1 | postgate explain
      """)

  @OptionGroup var target: InstanceOptions
  @Argument(help: "A restriction or a parameter; none to read lines from standard input.")
  var name: String?

  func run() throws {
    guard let name, name != "-" else { return try explainLines() }
    if let restriction = Catalog.restriction(named: name) {
      restriction.explanation.forEach { write($0) }
    } else if let parameter = Catalog.parameter(named: name) {
      write(parameter.name)
      write("  \(parameter.summary)")
      if !parameter.mayHurt.isEmpty {
        write("  May hurt (\(parameter.risk.rawValue) risk): \(parameter.mayHurt)")
      }
      if let standard = parameter.standard, !standard.isEmpty { write("  Default: \(standard)") }
      if let introduced = parameter.introduced {
        write("  Since Postfix \(introduced.major).\(introduced.minor).")
      }
      if let reason = Catalog.reason(forParameter: parameter.name) {
        write("  In the preset tutorial: \(reason)")
      }
      write("  Takes effect on: \(parameter.activation)")
    } else {
      writeError(
        "\(name) is neither a restriction nor a parameter of inbound access; see postconf(5)")
      throw ExitCode(1)
    }
  }

  /// The policy is a help, not a need: a log may be looked at where no Postfix is.
  private func explainLines() throws {
    try reportingErrors {
      let context = try? Context(target)
      let snapshot = try context?.instance.loadConfiguration()
      var causes = RowCauses(
        epochs: snapshot.map { snapshot in context?.epochs(snapshot) ?? [] } ?? [])
      var lines = 0
      try readLogRows([.standardInput], since: nil) { row in
        guard !row.line.isEmpty else { return }
        if lines > 0 { write("") }
        lines += 1
        let explanation = LineExplanation(
          row: row, cause: causes.cause(of: row),
          policy: snapshot?.configuration.policy())
        explanation.lines.forEach { write($0) }
      }
      if lines == 0 {
        throw Failure("no line came on standard input; name a restriction, or pipe log lines in")
      }
    }
  }
}

extension RestrictionInfo {
  /// What the catalog knows, as lines.
  var explanation: [String] {
    var lines = [argument.map { "\(name) \($0)" } ?? name, "  \(summary)"]
    if !mayHurt.isEmpty { lines.append("  May hurt (\(risk.rawValue) risk): \(mayHurt)") }
    if !stages.isEmpty {
      lines.append("  Works in: \(stages.map(\.parameter).joined(separator: ", "))")
    }
    if needsDNS { lines.append("  Asks DNS.") }
    if let replacedBy { lines.append("  Old spelling of \(replacedBy).") }
    if let introduced { lines.append("  Since Postfix \(introduced.major).\(introduced.minor).") }
    if let removed { lines.append("  Unknown from Postfix \(removed.major).\(removed.minor) on.") }
    return lines
  }
}
