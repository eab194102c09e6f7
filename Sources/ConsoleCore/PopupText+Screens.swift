import Attribution
import MailLog
import PostfixConfig
import TextGrid

// What the popups of the screens 2, 3, 4 and 6 say.
extension AppState {
  func sessionText(_ pid: Int32, _ address: String, width: Int) -> PopupText {
    var text = PopupText(title: "Client \(address)", footer: "Esc back")
    if let session = sessions.first(where: { $0.pid == pid && $0.clientAddress == address }) {
      addSession(session, to: &text, width: width)
    } else {
      text.add("Not connected now.", .dim)
    }
    guard let client, client.address == address else { return text }
    text.add()
    addHistory(of: client, to: &text, width: width)
    return text
  }

  private func addSession(_ session: LiveSession, to text: inout PopupText, width: Int) {
    text.addField("name", session.clientName ?? "unknown", width: width)
    text.addField("HELO", session.helo, width: width)
    text.addField("service", session.service ?? session.tag, width: width)
    text.addField("smtpd pid", String(session.pid), width: width)
    text.addField("user", session.saslUser, width: width)
    text.addField("TLS", session.tls, width: width)
    text.addField(
      "connected", Format.age(seconds: now.seconds - session.since.seconds), width: width)
    text.addField(
      "this session",
      "\(Format.count(session.messages)) accepted, \(Format.count(session.rejects)) refused",
      width: width)
    text.addField("last verdict", session.verdict, width: width)
    text.addField("known from", session.witness.explanation, width: width)
  }

  private func addHistory(of client: ClientHistory, to text: inout PopupText, width: Int) {
    if let problem = client.problem { return text.addWrapped(problem, .warning, width: width) }
    let back = client.readFrom.map { "back to \(moment($0))" } ?? ""
    text.addField(
      "log", client.isComplete ? "read \(back)" : "reading… \(back)", width: width)
    text.addField(
      "in the log",
      "\(Format.count(client.connections)) connections, \(Format.count(client.accepted)) accepted",
      width: width)
    text.addField(
      "last accepted",
      client.lastAccepted.map { moment($0) } ?? (client.isComplete ? "never" : "not found yet"),
      width: width)
    for (title, list, role) in [
      ("Refused by", client.refusals, Role.reject), ("Would be refused by", client.trials, .trial),
    ] where !list.isEmpty {
      text.add(title, .title)
      for refusal in list {
        let last = refusal.last.map { ", last \(moment($0))" } ?? ""
        text.lines.append(
          StyledLine([
            Span("  \(refusal.cause)", role), Span("  \(Format.count(refusal.count))\(last)"),
          ]))
      }
    }
    guard !client.rows.isEmpty else { return }
    text.add("Its lines, newest first", .title)
    for row in client.rows { text.add("  \(row.time.map { moment($0) } ?? "") \(row.text)", .dim) }
  }

  /// The time of day, with month and day in front unless it is today.
  public func shortMoment(_ time: LogTime) -> String {
    moment(time).count > 8 ? String(moment(time).dropFirst(5)) : moment(time)
  }

  /// The date and time of day; without the date for today.
  public func moment(_ time: LogTime) -> String {
    let local = localSeconds(time)
    let clock = Format.clock(secondsSinceMidnight: local)
    let today = localSeconds(now)
    guard Format.day(local) != Format.day(today) else { return clock }
    return "\(Format.date(seconds: local)) \(clock)"
  }

  func logLineText(_ row: LogRow, width: Int) -> PopupText {
    var text = PopupText(title: "Log line", footer: "Esc back")
    for sentence in LogExplanation(row, policy: policy).sentences {
      text.addWrapped(sentence, width: width)
    }
    text.add()
    text.addField("client", row.clientAddress, width: width)
    text.addField("HELO", row.helo, width: width)
    text.addField("sender", row.sender, width: width)
    text.addField("recipient", row.recipient, width: width)
    text.addField("user", row.saslUser, width: width)
    text.addField("command", row.command, width: width)
    text.addField("reply", row.reply, width: width)
    text.addField("queue id", row.queueID, width: width)
    text.add()
    text.addWrapped(row.line, .dim, width: width)
    return text
  }

  func parameterText(_ name: String, width: Int) -> PopupText {
    var text = PopupText(title: name, footer: "Esc back")
    guard let row = allParameters.first(where: { $0.name == name }) else { return text }
    text.addField("value", row.value.isEmpty ? "(empty)" : row.value, width: width)
    text.addField("expands to", row.expanded, width: width)
    text.addField("default", row.standard.map { $0.isEmpty ? "(empty)" : $0 }, width: width)
    text.addField(
      "set in",
      row.location.map { "\($0.file.rawValue):\($0.line)" } ?? "nowhere: the default holds",
      width: width)
    for override in row.overrides { text.addField("override", override, width: width) }
    guard let info = row.info else {
      text.add()
      text.addWrapped(
        "Not a parameter of inbound access; see postconf(5), or one of your own.", width: width)
      return text
    }
    text.addField("kind", info.kind.words, width: width)
    text.addField("takes effect", "on \(info.activation)", width: width)
    text.addField("since", info.introduced.map { "Postfix \($0)" }, width: width)
    text.add()
    text.addWrapped(info.summary, width: width)
    text.addField("may hurt", info.mayHurt, width: width)
    text.addField("preset", Catalog.reason(forParameter: name), width: width)
    return text
  }

  func changeText(_ number: Int, width: Int) -> PopupText {
    var text = PopupText(title: "Change \(number)", footer: "Esc back")
    guard let change = changes?.first(where: { $0.number == number }) else { return text }
    addChange(change, to: &text, width: width)
    return text
  }

  /// What is known of a change; also for the pane beside the list.
  public func changeLines(_ change: HistoryEntry, width: Int) -> [StyledLine] {
    var text = PopupText(title: "")
    addChange(change, to: &text, width: width)
    return text.lines
  }

  private func addChange(_ change: HistoryEntry, to text: inout PopupText, width: Int) {
    text.addField("when", change.time, width: width)
    text.addField("who", change.who, width: width)
    text.addField("why", change.why, width: width)
    text.addField("outcome", change.outcome, width: width)
    if let trial = change.trial {
      text.addField("trial", trial, width: width)
      if change.isTrialOver || verdicts[change.number] != nil || popup == .change(change.number) {
        addVerdict(change.number, title: "verdict", to: &text, width: width)
      }
    }
    if !change.diff.isEmpty {
      text.add()
      text.addDiff(change.diff)
    }
    if !change.remarks.isEmpty { text.add("Remarks", .title) }
    for remark in change.remarks { text.addWrapped(remark, width: width, indent: 2) }
    if !change.commands.isEmpty { text.add("Commands", .title) }
    for command in change.commands { text.addWrapped(command, .dim, width: width, indent: 2) }
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
