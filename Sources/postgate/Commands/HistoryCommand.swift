import ArgumentParser
import ChangeControl
import HostSystem
import PostfixHost

/// `postgate history`: the changes, or one of them with its diff.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the changes, or show one with its diff.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "The number of one change.")
  var number: Int?

  func run() throws {
    try reportingErrors {
      let transaction = try Context(target).transaction()
      let history = try transaction.history()
      let records = try number.map { [try history.record($0)] } ?? history.records()
      if output.json {
        write(["schema": 1, "changes": .array(try records.map { try json($0, transaction) })])
      } else if let number, let record = records.first {
        write(record.summary)
        write("who: \(record.user.details)")
        write(lines: record.diff)
        record.checks.forEach { write("check: \($0)") }
        record.notJudged.forEach { write("not judged: \($0)") }
        record.commands.forEach { write("ran: \($0.command)  (\($0.ending))") }
        record.notes.forEach { write($0) }
        try show(record.trial, number, transaction)
        write("files: \(history.path(number))")
      } else if records.isEmpty {
        write("no changes yet")
      } else {
        records.forEach { write($0.summary) }
      }
    }
  }

  private func show(
    _ trial: TimedTrial?, _ number: Int, _ transaction: Transaction
  ) throws {
    guard let trial else { return }
    if trial.ended == nil, let left = Int(exactly: trial.secondsLeft.rounded()) {
      write("trial: \(trial.restriction), ends in \(LengthOfTime(seconds: left)); so far:")
    } else {
      write("trial: \(trial.restriction), over:")
    }
    guard let verdict = try transaction.trialVerdict(of: number) else { return }
    verdict.lines.forEach { write($0) }
  }

  /// The verdict stands in the JSON of one change only: making one may mean to read a month of log.
  private func json(_ record: ChangeRecord, _ transaction: Transaction) throws -> JSONValue {
    guard number != nil, record.trial != nil, case .object(let members) = record.json else {
      return record.json
    }
    let verdict = try transaction.trialVerdict(of: record.number)
    return .object(members + [.init(name: "verdict", value: verdict?.json ?? .null)])
  }
}

/// `postgate confirm`: keeps a change that waits.
struct ConfirmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", abstract: "Keep a change that was applied with --confirm.")

  @OptionGroup var target: InstanceOptions
  @Argument(help: "The number of the change; the one that waits by default.")
  var number: Int?

  func run() throws {
    try reportingErrors {
      let transaction = try Context(target).transaction()
      guard let number = try number ?? transaction.waiting()?.number else {
        throw Failure("no change waits for a confirmation")
      }
      try transaction.confirm(number)
      write("change \(number) is kept")
    }
  }
}

/// The guard's process: waits for the end of a confirm window. Started by postgate itself.
struct GuardRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard-run", abstract: "Watch a confirm window.", shouldDisplay: false)

  @OptionGroup var target: InstanceOptions
  @Option(help: "The number of the change.")
  var change: Int
  @Flag(help: "Watch the end of the change's trial.")
  var trial = false

  func run() throws {
    try reportingErrors {
      let transaction = try Context(target).transaction()
      let done = try trial ? transaction.guardTrial(change) : transaction.guardRun(change)
      if let done { write(done) }
    }
  }
}

/// Ends windows that are over, of every instance; the boot unit runs it.
struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Finish or take back what was interrupted, for every instance.")

  func run() throws {
    try reportingErrors {
      let state = try StateDirectory()
      Transaction.recoverAll(state: state, commands: CommandLog()).forEach { write($0) }
    }
  }
}

extension [ChangeRecord] {
  /// The newest change in force that is no undo and was not undone.
  var lastToUndo: Int? {
    let undone = Set(filter { $0.phase == .kept }.compactMap(\.undoes))
    return last { record in
      [.kept, .waiting, .alarm].contains(record.phase) && record.undoes == nil
        && !undone.contains(record.number)
    }?.number
  }
}

extension ChangeRecord {
  /// One element of `postgate history --json`.
  var json: JSONValue {
    [
      "number": .int(number), "time": .string(time), "who": .string(user.summary),
      "user": [
        "login": .optional(user.loginUser), "sudo": .optional(user.sudoUser),
        "effective": .string(user.effectiveUser), "terminal": .optional(user.terminal),
        "ssh_peer": .optional(user.sshPeer),
      ],
      "checks": .strings(checks), "not_judged": .strings(notJudged),
      "message": .string(message), "undoes": .optional(undoes), "outcome": .string(phase.rawValue),
      "diff": .string(diff), "notes": .strings(notes),
      "trial": trial.map { $0.json } ?? .null,
      "commands": .array(
        commands.map { ["command": .string($0.command), "status": .string($0.ending)] }),
    ]
  }
}
