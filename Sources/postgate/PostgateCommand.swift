import ArgumentParser
import Glibc
import PostfixConfig

/// The command line of postgate; without a command it opens the console.
@main
struct PostgateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postgate",
    abstract: "See, change and check what Postfix turns away.",
    discussion: "Without a command the console opens. The manual page postgate(8) says more.",
    version: Version.text,
    subcommands: [
      ConsoleCommand.self, StatusCommand.self, ShowCommand.self, EnableCommand.self,
      TrialCommand.self, DisableCommand.self, SetCommand.self, PresetCommand.self,
      ExemptCommand.self, CheckCommand.self, UndoCommand.self,
      HistoryCommand.self, ConfirmCommand.self, ReportCommand.self, LogCommand.self,
      MetricsCommand.self, ExplainCommand.self, RehearseCommand.self, SandboxCommand.self,
      GuardRunCommand.self, RecoverCommand.self,
      ManualKeysCommand.self,
    ],
    defaultSubcommand: ConsoleCommand.self)

  static func main() {
    // A reader that goes away (`postgate report | head`) ends us through the failing write.
    signal(SIGPIPE, SIG_IGN)
    // What we show is numbers and our own words: of the locale only its letters and the C library's
    // messages count, and each category costs the opening of a file.
    setlocale(LC_CTYPE, "")
    setlocale(LC_MESSAGES, "")
    do {
      let given = Array(CommandLine.arguments.dropFirst())
      let arguments = try RestrictedUse.arguments(given) ?? given
      var command = try namedCommand(arguments) ?? rootCommand(arguments)
      try command.run()
    } catch {
      // Messages quote what was typed and what stands in files: foreign text.
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        write(lines: message, toStandardError: !code.isSuccess)
        if !code.isSuccess { writeJSONFailure(self.message(for: error), exitStatus: code.rawValue) }
      }
      Glibc.exit(code.rawValue)
    }
  }

  /// The command that is named outright, read without the tree of all commands, which costs a report as
  /// much as the counting of fifty thousand lines. Nil where the root has to say what is wrong.
  private static func namedCommand(_ arguments: [String]) -> (any ParsableCommand)? {
    guard let name = arguments.first,
      let command = configuration.subcommands.first(where: { $0.configuration.commandName == name }
      ),
      command.configuration.subcommands.isEmpty
    else { return nil }
    return try? command.parse(Array(arguments.dropFirst()))
  }

  private static func rootCommand(_ arguments: [String]) throws -> any ParsableCommand {
    try checkCommand(arguments.first)
    return try parseAsRoot(arguments)
  }

  /// Without this a misspelt command would be taken for an argument of the console.
  private static func checkCommand(_ word: String?) throws {
    guard let word, !word.hasPrefix("-") else { return }
    let known = configuration.subcommands.map { $0.configuration }
    let names = known.compactMap { $0.commandName }
    guard word != "help", !names.contains(word) else { return }
    let shown = known.filter { $0.shouldDisplay }.compactMap { $0.commandName }
    let near = Catalog.nearest(to: word, among: shown).map { "did you mean \($0)?" }
    throw ValidationError(
      "there is no command \(word); "
        + (near ?? "the commands are " + shown.joined(separator: ", ")))
  }
}

/// The version of this build.
enum Version {
  static let text = "0.1.0"
}
