import TextGrid

extension AppState {
  func rehearsalText(width: Int) -> PopupText {
    var text = PopupText(title: "Rehearsal", footer: "H HELO names   Esc back")
    if isRehearsalOfAnotherDraft {
      text.addWrapped(
        "This is not of the present draft: "
          + (isRehearsing ? "end it (x), go back and press r" : "go back and press r")
          + " to ask for that.", .warning, width: width)
    }
    switch rehearsal {
    case nil: text.add("Nothing was rehearsed yet.", .dim)
    case .failed(let reason): text.addWrapped(reason, .error, width: width)
    case .running(let step, let progress):
      text.footer = "x end it early   Esc back (it goes on)"
      let percent = progress.map { " \(Int($0 * 100))%" } ?? ""
      text.add("\(step)…\(percent)", .edited)
      if let progress { text.add(Format.bar(progress, width: width), .bar) }
    case .finished(let report): addReport(report, to: &text, width: width)
    }
    return text
  }

  private func addReport(_ report: RehearsalReport, to text: inout PopupText, width: Int) {
    text.title = "Rehearsal: \(report.subject)"
    addSummary(report, to: &text, width: width)
    for sentence in report.coverage { text.addWrapped(sentence, .dim, width: width) }
    if report.lacksHelo {
      text.addWrapped(
        "HELO names of accepted mail are not in the log: H has Postfix record them.", .warning,
        width: width)
    }
    for row in report.rows { addRow(row, to: &text, width: width) }
    if !report.victims.isEmpty {
      text.add()
      text.add("Who would be lost, most trusted first", .title)
    }
    for victim in report.victims { addVictim(victim, to: &text, width: width) }
    guard !report.unknowns.isEmpty else { return }
    text.add()
    text.add("What this does not know", .title)
    for sentence in report.unknowns { text.addWrapped(sentence, .warning, width: width, indent: 2) }
  }

  private func addSummary(_ report: RehearsalReport, to text: inout PopupText, width: Int) {
    let role: Role = report.victims.isEmpty ? .normal : .reject
    for (index, sentence) in report.summary.enumerated() {
      text.addWrapped(sentence, index == 0 ? role : .normal, width: width)
    }
  }

  private func addRow(
    _ row: RehearsalReport.Row, to text: inout PopupText, width: Int
  ) {
    text.add()
    text.add(row.restriction, .title)
    text.addField("grade", row.grade, width: width)
    let lost: String? =
      if let messages = row.lostMessages, let clients = row.lostClients {
        "\(Format.count(messages)) accepted messages from \(Format.count(clients)) clients"
      } else {
        "not knowable"
      }
    text.addField("would lose", lost, width: width)
    text.addField("note", row.text, width: width)
  }

  private func addVictim(
    _ victim: RehearsalReport.Victim, to text: inout PopupText, width: Int
  ) {
    text.addWrapped(
      "\(victim.client) for \(victim.senderDomain)", .reject, width: width, indent: 2)
    text.addWrapped(
      "\(Format.count(victim.messages)) lost, \(Format.count(victim.acceptedBefore)) accepted "
        + "before, last \(victim.lastSeen), by \(victim.restriction)", width: width, indent: 4)
    if !victim.exception.isEmpty {
      text.addWrapped("saved by \(victim.exception)", .accept, width: width, indent: 4)
    }
    if !victim.reply.isEmpty { text.addWrapped(victim.reply, .dim, width: width, indent: 4) }
  }

  /// What the rehearsal of this very draft said, for its Review.
  func addRehearsal(to text: inout PopupText, width: Int) {
    if isRehearsing { return text.add("The rehearsal is under way; r shows it.", .dim) }
    guard let report = reportOfDraft else { return }
    text.add()
    text.add("Rehearsed", .title)
    addSummary(report, to: &text, width: width)
    for victim in report.victims.prefix(5) { addVictim(victim, to: &text, width: width) }
    if report.victims.count > 5 {
      text.add("  and \(report.victims.count - 5) more; r rehearses it again", .dim)
    }
  }
}
