import ArgumentParser
import PostfixConfig

/// `postgate explain`: what a restriction or a parameter is, and what it may hurt.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a restriction does and what it may hurt.")

  @Argument(help: "A restriction or a parameter.")
  var name: String

  func run() throws {
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
