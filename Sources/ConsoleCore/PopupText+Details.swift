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
      if let since = count.since {
        text.addField(
          "since", Format.clock(secondsSinceMidnight: localSeconds(since)), width: width)
      }
    }
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

  func sessionText(_ pid: Int32, width: Int) -> PopupText {
    var text = PopupText(title: "Connection", footer: "Esc back")
    guard let session = sessions.first(where: { $0.pid == pid }) else {
      text.add("This connection has ended.", .dim)
      return text
    }
    text.addField("client", session.clientAddress, width: width)
    text.addField("name", session.clientName ?? "unknown", width: width)
    text.addField("HELO", session.helo, width: width)
    text.addField("service", session.service ?? session.tag, width: width)
    text.addField("smtpd pid", String(session.pid), width: width)
    text.addField("user", session.saslUser, width: width)
    text.addField("TLS", session.tls, width: width)
    text.addField(
      "age", Format.age(seconds: now.seconds - session.since.seconds), width: width)
    text.addField("messages", Format.count(session.messages), width: width)
    text.addField("rejects", Format.count(session.rejects), width: width)
    text.addField("last verdict", session.verdict, width: width)
    text.addField("known from", session.witness.explanation, width: width)
    let recent = log.rows.filter { $0.clientAddress == session.clientAddress }.suffix(20)
    if !recent.isEmpty { text.add() }
    for row in recent { text.add(row.text, .dim) }
    return text
  }

  func logLineText(_ number: Int, width: Int) -> PopupText {
    var text = PopupText(title: "Log line", footer: "Esc back")
    guard let row = log[number] else {
      text.add("This line is no longer kept on the screen.", .dim)
      return text
    }
    text.addWrapped(row.line, width: width)
    text.add()
    text.addField("client", row.clientAddress, width: width)
    text.addField("HELO", row.helo, width: width)
    text.addField("sender", row.sender, width: width)
    text.addField("recipient", row.recipient, width: width)
    text.addField("user", row.saslUser, width: width)
    text.addField("command", row.command, width: width)
    text.addField("reply", row.reply, width: width)
    if row.candidates.count > 1 { text.add("One of these refused it:", .dim) }
    for cause in row.candidates {
      text.add("\(cause.name) \(cause.argument ?? "")", .reject)
      if let entry = catalogEntry(cause.name) {
        text.addWrapped(entry.summary, width: width, indent: 2)
      }
    }
    return text
  }
}

extension LiveSession.Witness {
  /// What the popup says of the witnesses.
  fileprivate var explanation: String {
    switch self {
    case .confirmed: "log and kernel"
    case .socketOnly: "the kernel; not in the log yet"
    case .logOnly: "the log only"
    case .stale: "the log, but no process serves it any more"
    }
  }
}

extension LogRow {
  /// The reply codes, as `504 5.5.2`; nil without a reply.
  public var reply: String? {
    code.map { "\($0)" + (enhancedCode.map { " \($0)" } ?? "") }
  }
}
