import ArgumentParser
import ChangeControl
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Rehearsal

/// `postgate rehearse`: what a restriction or a draft would have done to the mail of a window.
struct RehearseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Say what a restriction, or the draft, would have done to the mail of the window.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var window: WindowOptions
  @Option(
    help:
      "The list: client, helo, sender, relay, recipient, data, end_of_data, etrn, or a parameter name."
  )
  var list: String?
  @Option(help: "The service, as smtp/inet or submission/inet.")
  var service: String?
  @Option(help: "Questions a second whose answer needs DNS.")
  var dnsRate = 50.0
  @Flag(help: "Ask other mail servers whether addresses exist, for reject_unverified_sender.")
  var verifySenders = false
  @Option(help: "Have Postfix log the HELO names of accepted mail (on), or not (off).")
  var recordHelo: Recording?
  @OptionGroup var change: ChangeArguments
  @Argument(
    help: "Restrictions, an argument behind its restriction: reject_rbl_client zen.example.")
  var restrictions: [String] = []

  enum Recording: String, ExpressibleByArgument { case on, off }

  func validate() throws {
    if !(0.1...10_000).contains(dnsRate) { throw ValidationError("--dns-rate takes 0.1 to 10000") }
    if recordHelo != nil && !restrictions.isEmpty {
      throw ValidationError("--record-helo is a change of its own; name no restriction with it")
    }
  }

  func run() throws {
    if let recordHelo { return try record(recordHelo == .on) }
    let (since, until) = try window.bounds(standard: 86_400)
    try reportingErrors {
      var stage = try RehearsalStage(target, service: service, dnsRate: dnsRate)
      stage.rehearsal.limits.verifiesAddresses = verifySenders
      let choices = try RehearsalChoice.choices(restrictions, list: list, service: service)
      let rehearsed =
        restrictions.isEmpty
        ? [try draft(stage)]
        : try choices.map { try $0.edits(in: stage.base, of: stage.context.instance) }
      let traffic = try stage.traffic(since: since, until: until)
      let answers = try rehearsed.map { choice in
        try stage.rehearsal.run(
          choice.edits, on: stage.base, traffic: traffic, subject: choice.subject)
      }
      stage.clearProgress()
      let result = RehearsalOutput(
        traffic: traffic, since: since, until: until,
        isRecording: HeloRecording.isOn(stage.base.policy()), answers: answers)
      if output.json { write(result.json) } else { result.lines.forEach { write($0) } }
      traffic.skipped.forEach(writeSkipped)
      if RehearsalStage.isInterrupted || !traffic.skipped.isEmpty { throw ExitCode(1) }
    }
  }

  /// The edits that the console left unapplied.
  private func draft(_ stage: RehearsalStage) throws -> (edits: [Edit], subject: String) {
    guard let draft = try stage.context.transaction().drafts().load(), !draft.edits.isEmpty else {
      throw Failure(
        "there is no draft; name the restrictions to rehearse (postgate show has those that are off)"
      )
    }
    let (fitting, misfits) = draft.replayed(on: stage.base)
    if let misfit = misfits.first {
      throw Failure("the draft no longer fits: \(misfit.reason)")
    }
    return (fitting, "the draft")
  }

  /// Switching the recording is a change like any other.
  private func record(_ on: Bool) throws {
    try reportingErrors {
      let configuration = try Context(target).instance.loadConfiguration().configuration
      let edits = try HeloRecording.edits(on: on, in: configuration)
      try ChangeRun(target: target, output: output, change: change).run(.edits(edits))
    }
  }
}

/// One thing to rehearse, as the command line names it.
struct RehearsalChoice {
  var restriction: String
  var argument: String?
  var list: String?
  var service: String?

  /// Reads `NAME [ARGUMENT] NAME …`; a word behind a restriction that takes an argument is its argument.
  static func choices(
    _ words: [String], list: String?, service: String?
  ) throws -> [RehearsalChoice] {
    var choices: [RehearsalChoice] = []
    for word in words.flatMap({ $0.split(separator: " ").map(String.init) }) {
      if let last = choices.last, last.argument == nil,
        Catalog.restriction(named: last.restriction)?.argument != nil
      {
        choices[choices.count - 1].argument = word
      } else {
        choices.append(RehearsalChoice(restriction: word, list: list, service: service))
      }
    }
    return choices
  }

  /// What is rehearsed: switching it on, or off where it is on.
  func edits(
    in configuration: Configuration, of instance: Instance
  ) throws -> (edits: [Edit], subject: String) {
    let name = argument.map { "\(restriction) \($0)" } ?? restriction
    var arguments = RestrictionArguments()
    (arguments.restriction, arguments.argument) = (restriction, argument)
    (arguments.list, arguments.service) = (list, service)
    if let edit = try RestrictionChoice(arguments: arguments, state: .on)
      .edit(in: configuration, of: instance)
    {
      return ([edit], "\(name), switched on")
    }
    let edit = try RestrictionChoice(arguments: arguments, state: .off)
      .edit(in: configuration, of: instance)
    return (edit.map { [$0] } ?? [], "\(name), switched off (it is on)")
  }
}
