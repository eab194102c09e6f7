import ArgumentParser
import PostfixConfig
import PostfixHost
import TextGrid

/// `postgate check`: the mistakes in the configuration that is in force.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find mistakes, also those that postfix check passes.",
    discussion:
      "Exits 0 with nothing worse than style, 1 with warnings, 2 with something that blocks.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingErrors {
      let instance = try Instance.discover(target.configDirectory)
      let configuration = try instance.loadConfiguration().configuration
      let findings = instance.findings(of: configuration)
      let directory = instance.configurationDirectory
      if output.json {
        let elements = findings.map { $0.json(in: directory) }
        write(
          JSONValue.object([
            .init(name: "schema", value: 1), .init(name: "findings", value: .array(elements)),
          ]))
      } else if findings.isEmpty {
        write("nothing to mend in \(directory)")
      } else {
        findings.forEach { write($0.line(in: directory)) }
      }
      if findings.contains(where: { $0.findingClass.blocks }) { throw ExitCode(2) }
      if findings.contains(where: { $0.findingClass != .style }) { throw ExitCode(1) }
    }
  }
}
