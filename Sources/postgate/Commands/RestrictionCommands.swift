import ArgumentParser
import PostfixConfig

/// What the three commands take that bring a restriction into a state.
struct StateArguments: ParsableArguments {
  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var restriction: RestrictionArguments
  @OptionGroup var change: ChangeArguments

  func run(_ state: RestrictionState, trialFor time: LengthOfTime? = nil) throws {
    try ChangeRun(
      target: target, output: output, change: change, trialSeconds: time?.seconds
    )
    .run(RestrictionChoice(arguments: restriction, state: state))
  }
}

/// `postgate enable`: a restriction refuses from now on.
struct EnableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Switch a restriction on; one that is missing goes where it works.")

  @OptionGroup var arguments: StateArguments

  func run() throws { try arguments.run(.on) }
}

/// `postgate trial`: a restriction only logs what it would refuse.
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial", abstract: "Log what a restriction would refuse, and refuse nobody.")

  @OptionGroup var arguments: StateArguments
  @Option(
    name: .customLong("for"),
    help: "End the trial by itself after this time, as 90m, 24h or 7d, and tell its verdict.")
  var time: LengthOfTime?

  func run() throws { try arguments.run(.trial, trialFor: time) }
}

/// `postgate disable`: a restriction is commented out in its place.
struct DisableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Switch a restriction off, in its place.")

  @OptionGroup var arguments: StateArguments

  func run() throws { try arguments.run(.off) }
}

/// `postgate set`: parameters of main.cf.
struct SetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set parameters of main.cf, or of a service's -o overrides.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "PARAMETER=VALUE, several if wanted.")
  var settings: [String]
  @Option(help: "Set an override of this service in master.cf, as submission/inet.")
  var service: String?
  @OptionGroup var change: ChangeArguments

  func run() throws {
    let edits = try settings.map { setting -> Edit in
      guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
        throw ValidationError("\"\(setting)\" is not of the form PARAMETER=VALUE")
      }
      return .setParameter(
        name: trim(setting[..<equals]), value: trim(setting[setting.index(after: equals)...]),
        service: service)
    }
    try ChangeRun(target: target, output: output, change: change).run(.edits(edits))
  }

  private func trim(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// `postgate preset`: the settings of a preset, as one change.
struct PresetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preset", abstract: "Set what a preset holds; --dry-run shows the diff.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "The name of the preset, as tutorial.")
  var name: String
  @OptionGroup var change: ChangeArguments

  func validate() throws {
    guard Catalog.preset(named: name) == nil else { return }
    let names = Catalog.presets.map(\.name).joined(separator: ", ")
    throw ValidationError("there is no preset \(name); there are: \(names)")
  }

  func run() throws {
    let settings = Catalog.preset(named: name)?.settings ?? []
    try ChangeRun(target: target, output: output, change: change).run(
      .edits(
        settings.map { .setParameter(name: $0.parameter, value: $0.value, service: nil) }))
  }
}

/// `postgate undo`: a change is taken back.
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take the last change back, or the one with a number.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "The number in the history.")
  var number: Int?
  @OptionGroup var change: ChangeArguments

  func run() throws {
    let run = ChangeRun(target: target, output: output, change: change)
    try reportingErrors {
      let history = try Context(target).transaction().history()
      guard let number = number ?? history.records().lastToUndo else {
        throw Failure("there is no change to take back; see postgate history")
      }
      try run.run(.undo(number))
    }
  }
}
