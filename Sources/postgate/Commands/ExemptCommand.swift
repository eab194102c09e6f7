import ArgumentParser
import ChangeControl
import PostfixConfig

/// `postgate exempt`: an entry of an access table that lets a client in, or takes that back out.
struct ExemptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exempt",
    abstract: "Except a client address, name or sender from what stands behind an access table.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "What the table looks up, as 192.0.2.1, 192.0.2 or example.org (access(5)).")
  var key: String
  @Option(
    help: "The table, as hash:/etc/postfix/clients; the only one that lists clients by default.")
  var table: String?
  @Flag(help: "Take the entry out.")
  var remove = false
  @OptionGroup var change: ChangeArguments

  func run() throws {
    try reportingErrors {
      let context = try Context(target)
      let configuration = try context.instance.loadConfiguration().configuration
      let edit = TableEdit(
        table: try table ?? onlyTable(of: configuration), key: key, value: remove ? nil : "OK")
      try ChangeRun(target: target, output: output, change: change).run(.tables([edit], edits: []))
    }
  }

  private func onlyTable(of configuration: Configuration) throws -> String {
    var names: [String] = []
    for service in configuration.policy().services {
      for restriction in service.lists.flatMap(\.restrictions)
      where restriction.name.lowercased() == "check_client_access" && restriction.state == .on {
        if let argument = restriction.argument, !names.contains(argument) { names.append(argument) }
      }
    }
    guard names.count == 1, let name = names.first else {
      throw ValidationError(
        names.isEmpty
          ? "no check_client_access is in force; name a table with --table, and add a check of it"
          : "several tables list clients; say which: "
            + names.map { "--table \($0)" }.joined(separator: ", "))
    }
    return name
  }
}
