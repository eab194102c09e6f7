import ArgumentParser
import Glibc

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
      CheckCommand.self, UndoCommand.self,
      HistoryCommand.self, ConfirmCommand.self, ReportCommand.self, LogCommand.self,
      MetricsCommand.self, ExplainCommand.self, RehearseCommand.self, SandboxCommand.self,
      GuardRunCommand.self, RecoverCommand.self,
      ManualKeysCommand.self,
    ],
    defaultSubcommand: ConsoleCommand.self)

  static func main() {
    // A reader that goes away (`postgate report | head`) ends us through the failing write.
    signal(SIGPIPE, SIG_IGN)
    setlocale(LC_ALL, "")
    do {
      var command = try parseAsRoot()
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
}

/// The version of this build.
enum Version {
  static let text = "0.1.0"
}
