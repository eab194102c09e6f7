import Attribution
import MailLog
import PostfixConfig
import TextGrid

extension AppState {
  func rowText(_ id: GateRow.ID, width: Int) -> PopupText {
    let name = [id.name, id.stage == nil ? nil : id.argument].compactMap(\.self)
    var text = PopupText(title: name.joined(separator: " "), footer: "Esc back")
    guard let row = gateRows.first(where: { $0.id == id }) else {
      text.add("No longer there.", .dim)
      return text
    }
    text.addField("state", row.state?.rawValue, width: width)
    addTrial(row, to: &text, width: width)
    addCounts(row, to: &text, width: width)
    switch row.content {
    case .restriction(let restriction): addOrigin(restriction, to: &text, width: width)
    case .offered(let stage):
      text.addField("would go to", originParameter(of: stage), width: width)
    case .open(let group):
      text.addWrapped(
        "The log does not tell which of these refused the mail:", width: width)
      for cause in group.candidates {
        text.add("  \(cause.name) \(cause.argument ?? "")", .reject)
      }
    case .other:
      text.addWrapped(
        "Refused by something that is no restriction in the lists of this service now.",
        width: width)
    default: break
    }
    addCatalog(id.name, to: &text, width: width)
    return text
  }

  /// When a trial ends, and what it showed so far.
  private func addTrial(_ row: GateRow, to text: inout PopupText, width: Int) {
    guard row.state == .trial, !row.isEdited else { return }
    guard let trial = trial(of: row) else {
      text.addField("trial ends", "never by itself: Space or t ends it", width: width)
      return
    }
    text.addField(
      "trial ends",
      "in \(Format.age(seconds: Int64(secondsLeft(of: trial)))), by itself (change \(trial.number))",
      width: width)
    addVerdict(trial.number, title: "so far", to: &text, width: width)
  }

  /// What the trial of a change showed.
  func addVerdict(_ number: Int, title: String, to text: inout PopupText, width: Int) {
    guard let lines = verdicts[number], let first = lines.first else {
      text.addField(title, "reading the log…", width: width)
      return
    }
    text.addField(title, first, width: width)
    for line in lines.dropFirst() { text.addWrapped(line, width: width, indent: 2) }
  }

  private func addCounts(_ row: GateRow, to text: inout PopupText, width: Int) {
    switch row.count {
    case .unknown: text.addField("rejects", instance.logProblem ?? "reading…", width: width)
    case .elsewhere: text.addField("rejects", "counted at another row", width: width)
    case .known(let count):
      let sign = count.isAtLeast ? "≥ " : ""
      text.addField(
        "rejects",
        "\(sign)\(Format.count(count.rejects)), \(Format.window(seconds: windowSeconds))",
        width: width)
      if count.trial > 0 {
        text.addField("trial", "\(Format.count(count.trial)) would be refused", width: width)
      }
      if let since = count.since { addFormerState(count, since, to: &text, width: width) }
    }
  }

  /// What was counted while the restriction was in another state.
  private func addFormerState(
    _ count: RowCount, _ since: LogTime, to text: inout PopupText, width: Int
  ) {
    let clock = Format.clock(secondsSinceMidnight: localSeconds(since))
    text.addField(
      "since \(clock.dropLast(3))",
      "\(Format.count(count.rejectsSinceChange)) refused, "
        + "\(Format.count(count.trialSinceChange)) on trial", width: width)
    text.addField(
      "before",
      "\(Format.count(count.rejects - count.rejectsSinceChange)) refused, "
        + "\(Format.count(count.trial - count.trialSinceChange)) on trial (in its former state)",
      width: width)
  }

  private func addOrigin(_ restriction: Restriction, to text: inout PopupText, width: Int) {
    let origin = restriction.origin
    let place = "\(origin.location.file.rawValue):\(origin.location.line)"
    text.addField("stands in", "\(origin.parameter), \(place)", width: width)
    text.addField("override of", origin.override?.description, width: width)
    text.addField("also used by", origin.usedBy.joined(separator: ", "), width: width)
    text.addField("through", restriction.classes.joined(separator: " > "), width: width)
    text.addField("never reached", restriction.unreachableReason, width: width)
  }

  private func originParameter(of stage: Stage) -> String? {
    service?.lists.first { $0.stage == stage }?.originParameter
  }

  private func addCatalog(_ name: String, to text: inout PopupText, width: Int) {
    guard let entry = catalogEntry(name) else { return }
    text.add()
    text.addWrapped(entry.summary, width: width)
    text.addField("may hurt", entry.mayHurt, width: width)
    text.addField("argument", entry.argument, width: width)
    text.addField("needs DNS", entry.needsDNS ? "yes" : nil, width: width)
    text.addField("since", entry.introduced.map { "Postfix \($0)" }, width: width)
  }
}

extension LogRow {
  /// The reply codes, as `504 5.5.2`; nil without a reply.
  public var reply: String? {
    code.map { "\($0)" + (enhancedCode.map { " \($0)" } ?? "") }
  }
}
