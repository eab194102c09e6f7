import ArgumentParser

/// What every command that changes something takes.
struct ChangeArguments: ParsableArguments {
  @Flag(help: "Print the diff and the findings; write nothing.")
  var dryRun = false

  @Flag(help: "Apply although a finding says that own users are hurt.")
  var yes = false

  @Option(help: "Why; kept in the history.")
  var message = ""

  @Option(help: "Take the change back after this many seconds, unless postgate confirm keeps it.")
  var confirm: Int?

  func validate() throws {
    if let confirm, !(2...86_400).contains(confirm) {
      throw ValidationError("--confirm takes 2 to 86400 seconds")
    }
  }
}
