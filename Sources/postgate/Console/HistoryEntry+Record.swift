import ChangeControl
import ConsoleCore
import MailLog

extension HistoryEntry {
  /// A change of the history as the screen shows it.
  init(_ record: ChangeRecord) {
    let isInForce = [.kept, .waiting, .alarm].contains(record.phase)
    self.init(
      number: record.number,
      time: parseHumanTime(record.time, now: .now).map(\.local) ?? record.time,
      who: record.user.summary, message: record.message, outcome: record.phase.rawValue,
      undoes: record.undoes, isInForce: isInForce, diff: record.diff,
      remarks: record.checks + record.notJudged.map { "not judged: \($0)" } + record.notes,
      commands: record.commands.map { "\($0.command)  (\($0.ending))" })
    guard let trial = record.trial else { return }
    isTrialOver = trial.ended != nil
    let end = LogTime(seconds: trial.ended ?? trial.until).local
    self.trial = "\(trial.restriction), \(isTrialOver ? "ended" : "until") \(end)"
    if let problem = trial.problem { remarks.append(problem) }
  }
}
