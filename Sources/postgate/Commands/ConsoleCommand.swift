import ArgumentParser

/// `postgate console`: the screen.
struct ConsoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "console", abstract: "Open the screen (what postgate does without a command).")

  @OptionGroup var target: InstanceOptions

  func run() throws {}
}
