import ChangeControl
// FoundationEssentials: the verdict is kept as its Codable form.
import FoundationEssentials
import MailLog
import PostfixHost
import Rehearsal

extension Context {
  /// The verdict of a trial from the log, as `verdict.json` keeps it.
  ///
  /// - Throws: ``Failure`` without a log.
  func verdictText(_ trial: EndedTrial) throws -> [UInt8] {
    guard let source = logSource() else {
      throw Failure("no mail log was found; name one with --log FILE")
    }
    let target = trial.trial.target
    let verdict = try TrialVerdict.read(
      source, restriction: target.name, argument: target.argument,
      policy: trial.configuration.policy(), began: LogTime(seconds: trial.trial.began),
      ended: LogTime(seconds: trial.ended))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(verdict)) + [0x0A]
  }
}

extension Transaction {
  /// What a trial showed; nil when the change began none.
  func trialVerdict(of number: Int) throws -> TrialVerdict? {
    guard let bytes = try verdict(of: number) else { return nil }
    return try JSONDecoder().decode(TrialVerdict.self, from: Data(bytes))
  }
}

extension TimedTrial {
  /// The member `trial` of a change's JSON.
  var json: JSONValue {
    [
      "restriction": .string(target.name), "argument": .optional(target.argument),
      "parameter": .string(target.parameter), "service": .optional(target.override),
      "began": .int(Int(began)), "until": .int(Int(until)),
      "ended": .optional(ended.map { Int($0) }),
      "seconds_left": ended == nil ? .int(Int(secondsLeft)) : .null,
      "problem": .optional(problem),
    ]
  }
}

extension TrialVerdict {
  /// The member `verdict` of a change's JSON.
  var json: JSONValue {
    [
      "messages": .int(messages), "pairs": .int(pairs),
      "pairs_accepted_before": .int(pairsAcceptedBefore),
      "senders": .array(
        senders.map { sender in
          [
            "network": .string(sender.network), "sender_domain": .string(sender.senderDomain),
            "client_address": .string(sender.clientAddress),
            "client_name": .optional(sender.clientName), "messages": .int(sender.messages),
            "accepted_before": .int(sender.acceptedBefore),
            "last_accepted": .optional(sender.lastAccepted.map { Int($0) }),
          ]
        }),
      "hidden_by": .array(
        hiddenBy.map {
          ["restriction": .string($0.restriction), "messages": .int($0.messages)]
        }),
      "unreachable": .optional(unreachable), "unknowns": .strings(unknowns),
    ]
  }
}
