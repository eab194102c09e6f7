import MailLog
import Rehearsal

/// The text and the JSON of `postgate rehearse`.
struct RehearsalOutput {
  /// What was read of the log.
  var traffic: PastTraffic
  var since: LogTime?
  var until: LogTime?
  /// True when every smtpd service records HELO names.
  var isRecording: Bool
  var answers: [RehearsalAnswer]

  /// Victims that the text names.
  private static let shown = 20

  // MARK: Text

  var lines: [String] {
    var lines = [
      "mail \(span): \(traffic.acceptedCount) accepted, \(traffic.refusedCount) refused "
        + "(\(traffic.refused.count) when retries count once)"
    ]
    lines += traffic.skipped.map { "not whole: \($0.file): \($0.reason)" }
    for answer in answers { lines += [""] + text(answer) }
    if !isRecording && answers.contains(where: { $0.restrictions.contains(where: \.needsHelo) }) {
      lines += [
        "",
        "HELO names of accepted mail are not recorded; postgate rehearse --record-helo on has "
          + "Postfix log them, one line a mail, refusing nobody",
      ]
    }
    return lines
  }

  private var span: String {
    let start = (since ?? traffic.firstLine).map { "since \($0.local)" } ?? "of the whole log"
    return until.map { "\(start) until \($0.local)" } ?? start
  }

  private func text(_ answer: RehearsalAnswer) -> [String] {
    var lines = [answer.subject]
    let accepted = answer.accepted
    lines.append(
      accepted.judgedTotal == 0
        ? "  cannot say who would be lost: no accepted mail could be judged"
        : "  would lose \(answer.lostMails) of \(accepted.judgedTotal) accepted mails that could be judged, "
          + "from \(answer.lostClients) clients (\(answer.lostPairs) networks × sender domains)")
    for victim in answer.victims.prefix(Self.shown) { lines += text(victim) }
    if answer.victims.count > Self.shown {
      lines.append("    and \(answer.victims.count - Self.shown) more; --json has them all")
    }
    if answer.caught != nil, answer.refused.isUnknown {
      lines.append(
        "  cannot say what of \(answer.refused.total) refused mails it would have refused: none could be judged"
      )
    } else if let caught = answer.caught, let alone = answer.caughtAlone {
      let total = answer.refused.judgedTotal
      lines.append(
        "  would have refused \(caught) of \(total) refused mails that could be judged"
          + "\(share(caught, total)); \(alone)\(share(alone, total)) of them nothing else catches")
    }
    if !answer.admitted.isEmpty {
      lines.append(
        "  would let in \(answer.admitted.count) of \(answer.refused.judgedTotal) refused mails"
          + share(answer.admitted.count, answer.refused.judgedTotal))
    }
    lines.append("  judged: \(text(accepted)) accepted, \(text(answer.refused)) refused mails")
    return lines + answer.unknowns.map { "  not known: \($0)" }
  }

  private func text(_ victim: RehearsalAnswer.Victim) -> [String] {
    let name = victim.clientName ?? "unknown"
    var lines = [
      "    \(name)[\(victim.clientAddress)]  from \(victim.senderDomain)  \(victim.acceptedBefore) accepted "
        + "before, \(victim.lost) lost, last \(victim.lastSeen.local)",
      "      \(victim.reply)",
    ]
    if let exception = victim.exception { lines.append("      saved by \(exception.text)") }
    return lines
  }

  private func text(_ coverage: RehearsalAnswer.Coverage) -> String {
    let parts = coverage.judged.sorted { $0.key < $1.key }.map { "\($0.key.words) \($0.value)" }
    let detail = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    return "\(coverage.judgedTotal) of \(coverage.total)\(detail)"
  }

  private func share(_ part: Int, _ whole: Int) -> String {
    guard whole > 0 else { return "" }
    let permille = part * 1000 / whole
    return " (\(permille / 10).\(permille % 10)%)"
  }

  // MARK: JSON

  var json: JSONValue {
    [
      "schema": 1,
      "window": [
        "since": .optional((since ?? traffic.firstLine)?.rfc3339),
        "until": .optional((until ?? traffic.lastLine)?.rfc3339),
      ],
      "log": [
        "accepted": .int(traffic.acceptedCount), "refused": .int(traffic.refusedCount),
        "refused_distinct": .int(traffic.refused.count),
        "accepted_beyond_limit": .int(traffic.acceptedBeyondLimit),
        "refused_beyond_limit": .int(traffic.refusedBeyondLimit),
        "skipped": .skipped(traffic.skipped),
      ],
      "helo_recorded": .bool(isRecording), "answers": .array(answers.map(json)),
    ]
  }

  private func json(_ answer: RehearsalAnswer) -> JSONValue {
    [
      "subject": .string(answer.subject),
      "restrictions": .array(
        answer.restrictions.map {
          [
            "name": .string($0.name), "argument": .optional($0.argument),
            "grade": .string($0.grade.rawValue), "needs_helo": .bool($0.needsHelo),
            "reason": .string($0.reason),
          ]
        }),
      "lost": [
        "mails": answer.accepted.judgedTotal == 0 ? .null : .int(answer.lostMails),
        "clients": answer.accepted.judgedTotal == 0 ? .null : .int(answer.lostClients),
        "pairs": answer.accepted.judgedTotal == 0 ? .null : .int(answer.lostPairs),
      ],
      "victims": .array(answer.victims.map(json)),
      "caught": .optional(answer.refused.isUnknown ? nil : answer.caught),
      "caught_alone": .optional(answer.refused.isUnknown ? nil : answer.caughtAlone),
      "admitted": .optional(answer.refused.isUnknown ? nil : answer.admitted.count),
      "coverage": ["accepted": json(answer.accepted), "refused": json(answer.refused)],
      "unknowns": .strings(answer.unknowns), "questions": .int(answer.questions),
      "seconds": .double(answer.seconds),
    ]
  }

  private func json(_ victim: RehearsalAnswer.Victim) -> JSONValue {
    [
      "client": [
        "name": .optional(victim.clientName), "address": .string(victim.clientAddress),
      ],
      "network": .string(victim.network), "sender_domain": .string(victim.senderDomain),
      "helo": .optional(victim.helo), "lost": .int(victim.lost),
      "accepted_before": .int(victim.acceptedBefore),
      "last_seen": .string(victim.lastSeen.rfc3339),
      "restriction": .string(victim.restriction), "reply": .string(victim.reply),
      "exception": victim.exception.map {
        [
          "restriction": .string($0.restriction), "line": .optional($0.line),
          "parameter": .string($0.parameter), "before": .string($0.before),
        ]
      } ?? .null,
    ]
  }

  private func json(_ coverage: RehearsalAnswer.Coverage) -> JSONValue {
    [
      "total": .int(coverage.total),
      "judged": .counts(
        Dictionary(uniqueKeysWithValues: coverage.judged.map { ($0.key.rawValue, $0.value) })),
      "unjudged": .counts(
        Dictionary(uniqueKeysWithValues: coverage.unjudged.map { ($0.key.rawValue, $0.value) })),
    ]
  }
}

extension Grade {
  /// In a word or two, in front of a count.
  var words: String {
    switch self {
    case .exact: "exact"
    case .heloNames: "exact by recorded HELO names"
    case .askedToday: "DNS asked again today"
    case .notKnowable: "not knowable"
    }
  }
}
