import ArgumentParser
import ChangeControl
import HostSystem
import PostfixConfig
import PostfixHost
import Rehearsal

/// Carries out one change for a command and says what became of it.
struct ChangeRun {
  var target: InstanceOptions
  var output: OutputOptions
  var change: ChangeArguments
  /// Seconds after which a trial ends by itself.
  var trialSeconds: Int?

  /// Brings a restriction into a state.
  func run(_ choice: RestrictionChoice) throws {
    try reportingErrors {
      let context = try Context(target)
      let snapshot = try context.instance.loadConfiguration()
      let edit = try choice.edit(in: snapshot.configuration, of: context.instance)
      if edit == nil, let trialSeconds, !change.dryRun {
        return try extend(choice, trialSeconds, context, snapshot.configuration)
      }
      let returning = edit.flatMap {
        try? context.transaction().returning($0, to: snapshot.configuration)
      }
      try run(.edits((returning ?? edit).map { [$0] } ?? []), context: context, base: snapshot)
    }
  }

  /// Makes a change.
  func run(_ wanted: Change) throws {
    try reportingErrors { try run(wanted, context: try Context(target), base: nil) }
  }

  /// Gives a restriction that is on trial already another end.
  private func extend(
    _ choice: RestrictionChoice, _ seconds: Int, _ context: Context, _ configuration: Configuration
  ) throws {
    let transaction = try context.transaction()
    let running = try transaction.runningTrials().last {
      $0.trial?.target.name.lowercased() == choice.arguments.restriction.lowercased()
        && (choice.arguments.argument == nil
          || $0.trial?.target.argument == choice.arguments.argument)
    }
    guard let running else {
      throw Failure(
        "\(choice.arguments.restriction) is on trial already, without an end; "
          + "disable or enable it first")
    }
    if choice.neverWeaken, running.trial?.stateBefore == .on {
      throw Failure(
        "\(choice.arguments.restriction) refused before its trial, which lets its mail in; to give "
          + "that another end needs the full postgate")
    }
    try transaction.extendTrial(running.number, seconds: seconds)
    if output.json {
      return write(["schema": 1, "changed": false, "number": .int(running.number)])
    }
    write("the trial of change \(running.number) ends in \(LengthOfTime(seconds: seconds))")
  }

  private func run(_ wanted: Change, context: Context, base: ConfigurationSnapshot?) throws {
    // Looked at before anything is written: afterwards nothing is left to compare with, and without a
    // yes it is what the yes would mean.
    let recent = context.recentClients(hurtBy: wanted)
    var options = ChangeOptions()
    options.isDryRun = change.dryRun
    options.yes = change.yes
    options.message = change.message
    options.confirmSeconds = change.confirm
    options.trialSeconds = trialSeconds
    do {
      let outcome =
        if case .edits(let edits) = wanted, change.dryRun {
          try context.review(edits, base: base)
        } else {
          try context.transaction().apply(wanted, base: base, options: options)
        }
      report(outcome, recent, context)
      if change.dryRun, outcome.report.blocks { throw ExitCode(1) }
    } catch let error as ChangeError {
      fail(error, context)
      if case .needsYes = error, !output.json { recent?.lines.forEach { writeError($0) } }
      throw ExitCode(1)
    }
  }

  private func report(_ outcome: Outcome, _ recent: RecentClients?, _ context: Context) {
    if output.json {
      let json = outcome.json(in: context.instance.configurationDirectory)
      return write(json.adding("newly_refused", recent?.json ?? .null))
    }
    if outcome.result == .unchanged { return write("nothing to do: it is so already") }
    write(lines: outcome.diff)
    for finding in outcome.report.findings where finding.addedByDraft {
      write(finding.line(in: context.instance.configurationDirectory))
    }
    outcome.report.problems.forEach {
      write("postfix, \($0.service ?? "all services"): \($0.message)")
    }
    outcome.report.warnings.forEach { write($0) }
    outcome.report.notJudged.forEach { write("not judged: \($0)") }
    outcome.notes.forEach { write($0) }
    recent?.lines.forEach { write($0) }
    recent?.unknowns.forEach { write("not known of recent clients: \($0)") }
    switch outcome.result {
    case .waiting:
      write(
        "change \(outcome.number ?? 0) waits: keep it with postgate confirm \(outcome.number ?? 0)")
    case .kept:
      write("change \(outcome.number ?? 0) is live")
      if let trialSeconds {
        write("the trial ends by itself in \(LengthOfTime(seconds: trialSeconds))")
      }
    default: break
    }
  }

  private func fail(_ error: ChangeError, _ context: Context) {
    let directory = context.instance.configurationDirectory
    switch error {
    case .refused(let report, let diff), .needsYes(let report, let diff):
      if output.json { return write(refusal(error, report, diff, directory)) }
      write(lines: diff)
      for finding in report.findings where finding.addedByDraft {
        writeError(finding.line(in: directory))
      }
      report.problems.forEach {
        writeError("postfix, \($0.service ?? "all services"): \($0.message)")
      }
      report.postfixWords.forEach { writeError("postfix says: \($0)") }
      report.warnings.forEach { writeError($0) }
      report.notJudged.forEach { writeError("not judged: \($0)") }
      writeError("nothing was written" + (report.blocks ? "" : "; say --yes if that is meant"))
    case .putBack(let outcome, _), .putBackFailed(let outcome, _):
      if output.json { write(outcome.json(in: directory)) }
      writeError("\(error)")
    default: reportFailure("\(error)")
    }
  }

  private func refusal(
    _ error: ChangeError, _ report: PreflightReport, _ diff: String, _ directory: String
  ) -> JSONValue {
    [
      "schema": 1, "changed": false, "outcome": "refused", "diff": .string(diff),
      "findings": .array(report.findings.filter(\.addedByDraft).map { $0.json(in: directory) }),
      "problems": .strings(report.problems.map(\.message)),
      "not_judged": .strings(report.notJudged), "foreign_owner": .optional(report.foreignOwner),
      "other_names": .optional(report.otherNames),
      "message": .string("\(error)"),
    ]
  }
}

extension Outcome {
  /// The JSON of every command that changes something (schema 1, see postgate(8)).
  func json(in directory: String) -> JSONValue {
    [
      "schema": 1, "changed": .bool(changed), "number": .optional(number),
      "outcome": .string(result.rawValue), "diff": .string(diff),
      "findings": .array(report.findings.filter(\.addedByDraft).map { $0.json(in: directory) }),
      "problems": .strings(report.problems.map(\.message)),
      "not_judged": .strings(report.notJudged), "foreign_owner": .optional(report.foreignOwner),
      "other_names": .optional(report.otherNames),
      "notes": .strings(notes),
      "commands": .array(
        commands.map { ["command": .string($0.command), "status": .string($0.ending)] }),
    ]
  }
}
