import ConsoleCore
import Rehearsal
import TextGrid

extension RehearsalReport {
  /// An answer as the screen shows it.
  ///
  /// - Parameters:
  ///   - traffic: what was asked for.
  ///   - isRecording: HELO names of accepted mail are recorded.
  init(_ answer: RehearsalAnswer, of traffic: PastTraffic, isRecording: Bool) {
    self.init(
      subject: answer.subject,
      rows: answer.restrictions.map { grade in
        let name = grade.argument.map { "\(grade.name) \($0)" } ?? grade.name
        let own = answer.victims.filter { $0.restriction == name || $0.restriction == grade.name }
        let isKnown = grade.grade != .notKnowable && answer.accepted.judgedTotal > 0
        return Row(
          restriction: name, grade: grade.grade.words,
          lostMessages: isKnown ? own.reduce(0) { $0 + $1.lost } : nil,
          lostClients: isKnown ? Set(own.map(\.clientAddress)).count : nil, text: grade.reason)
      },
      victims: answer.victims.prefix(200).map { victim in
        Victim(
          client: "\(victim.clientName ?? "unknown")[\(victim.clientAddress)]",
          senderDomain: victim.senderDomain, messages: victim.lost,
          acceptedBefore: victim.acceptedBefore, lastSeen: victim.lastSeen.local,
          restriction: victim.restriction, reply: victim.reply,
          exception: victim.exception?.text ?? "")
      },
      summary: Self.summary(answer),
      coverage: [
        "Judged: \(Self.words(answer.accepted)) accepted mails, \(Self.words(answer.refused)) refused "
          + "ones (retries count once)."
      ], unknowns: traffic.skipped.map(\.text) + answer.unknowns,
      lacksHelo: !isRecording && answer.restrictions.contains(where: \.needsHelo))
  }

  private static func summary(_ answer: RehearsalAnswer) -> [String] {
    var sentences: [String] = []
    let judged = answer.accepted.judgedTotal
    sentences.append(
      judged == 0
        ? "Who would be lost cannot be said: no accepted mail could be judged."
        : "Of \(judged) accepted mails that could be judged (of \(answer.accepted.total)) "
          + "\(answer.lostMails) would have been refused, from \(answer.lostClients) clients.")
    if let caught = answer.caught, let alone = answer.caughtAlone {
      sentences.append(
        "Of \(answer.refused.judgedTotal) refused mails it would have refused \(caught)"
          + share(caught, answer.refused.judgedTotal) + aloneWords(alone, of: caught) + ".")
    }
    if !answer.admitted.isEmpty {
      sentences.append("It would let in \(answer.admitted.count) mails that were refused.")
    }
    return sentences
  }

  private static func aloneWords(_ alone: Int, of caught: Int) -> String {
    switch alone {
    case _ where caught == 0: ""
    case 0: "; all of them are refused by others too"
    case caught: "; nothing else refuses them"
    default: "; \(alone) of them nothing else refuses"
    }
  }

  private static func words(_ coverage: RehearsalAnswer.Coverage) -> String {
    let parts = coverage.judged.sorted { $0.key < $1.key }.map { "\($0.key.words) \($0.value)" }
    let detail = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    return "\(coverage.judgedTotal) of \(coverage.total)\(detail)"
  }

  private static func share(_ part: Int, _ whole: Int) -> String {
    whole > 0 ? " (\(Format.percent(Double(part) / Double(whole))))" : ""
  }
}
