import TextGrid

extension AppState {
  func rehearsalText(width: Int) -> PopupText {
    var text = PopupText(title: "Rehearsal", footer: "Esc back")
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
    for sentence in report.summary { text.addWrapped(sentence, width: width) }
    for row in report.rows {
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
    if !report.victims.isEmpty {
      text.add()
      text.add("Who would be lost, most trusted first", .title)
    }
    for victim in report.victims {
      text.addWrapped(
        "\(victim.client) for \(victim.senderDomain): \(Format.count(victim.messages)) messages, "
          + "last \(victim.lastSeen), by \(victim.restriction)", .reject, width: width, indent: 2)
      if !victim.exception.isEmpty {
        text.addWrapped("saved by \(victim.exception)", .dim, width: width, indent: 4)
      }
    }
    guard !report.unknowns.isEmpty else { return }
    text.add()
    text.add("What this does not know", .title)
    for sentence in report.unknowns { text.addWrapped(sentence, .warning, width: width, indent: 2) }
  }
}
