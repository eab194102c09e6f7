import Attribution
import MailLog
import PostfixConfig

/// Why a line of the log says what it says, in words: for `explain` and for the log screen's commands.
struct LineExplanation {
  var row: LogRow
  var cause: Cause?
  /// The policy in force now; nil when there is none to look into.
  var policy: Policy?

  /// The explanation, line by line.
  var lines: [String] {
    switch row.kind {
    case .reject, .trial: verdict + causeLines
    case .foreign: ["this is no line of Postfix"]
    default: [what] + parties
    }
  }

  private var verdict: [String] {
    let verb = row.kind == .trial ? "would have been refused (warn_if_reject)" : "was refused"
    let place = row.command.map { " at \($0)" } ?? ""
    var lines = ["This mail \(verb)\(place)" + (row.time.map { " on \($0.local)" } ?? "") + "."]
    if let code = row.code {
      lines.append(
        code >= 500
          ? "  \(row.reply ?? "\(code)"): permanent, the sender gets it back."
          : "  \(row.reply ?? "\(code)"): temporary, the sender tries again.")
    }
    return lines + parties + ["  the reply said: \(row.text)"]
  }

  private var parties: [String] {
    let facts: [(String, String?)] = [
      ("client", row.clientAddress.map { "\(row.clientName ?? "unknown")[\($0)]" }),
      ("helo", row.helo), ("sender", row.sender.map { "<\($0)>" }),
      ("recipient", row.recipient.map { "<\($0)>" }), ("user", row.saslUser),
      ("queue id", row.queueID), ("service", row.tag.isEmpty ? nil : row.tag),
    ]
    return facts.compactMap { name, value in value.map { "  \(name.padded(to: 10))\($0)" } }
  }

  private var causeLines: [String] {
    switch cause {
    case .restriction(let name, let argument)?:
      return [""] + explanation(of: CauseCandidate(name: name, argument: argument))
    case .open(let candidates)?:
      return [
        "",
        "The text does not tell which of these it was"
          + (policy == nil ? "" : ", nor does the policy")
          + ":",
      ] + candidates.flatMap(explanation)
    case nil: return []
    }
  }

  /// What a restriction is, where it stands now, and what to do about it.
  private func explanation(of candidate: CauseCandidate) -> [String] {
    var lines: [String] = []
    if let restriction = Catalog.restriction(named: candidate.name) {
      lines = restriction.explanation
      lines[0] = candidate.label
    } else {
      lines = [candidate.label, "  " + Self.otherCause(candidate.name)]
    }
    let places = places(of: candidate)
    lines +=
      places.isEmpty && policy != nil && Catalog.restriction(named: candidate.name) != nil
      ? ["  It stands in no list now."] : places
    if let first = places.first, !first.isEmpty, !candidate.name.hasPrefix("smtpd_") {
      let argument = candidate.argument.map { " \($0)" } ?? ""
      lines.append("  To see without refusing:  postgate trial \(candidate.name)\(argument)")
      if let address = row.clientAddress, row.code.map({ $0 < 600 }) ?? true {
        lines.append(
          "  To let this client pass:  an access table with \(address) OK before it"
            + " (check_client_access, access(5))")
      }
    }
    return lines
  }

  private func places(of candidate: CauseCandidate) -> [String] {
    var lines: [String] = []
    for service in policy?.services ?? [] where service.tag == row.tag || row.tag.isEmpty {
      for list in service.lists {
        for restriction in list.restrictions where matches(restriction, candidate) {
          let location = restriction.origin.location
          lines.append(
            "  In \(list.stage.parameter) of \(service.service): \(location.file.rawValue) line "
              + "\(location.line), \(restriction.state.rawValue)"
              + (restriction.unreachableReason.map { ", never reached: \($0)" } ?? ""))
        }
      }
    }
    return lines
  }

  private func matches(_ restriction: Restriction, _ candidate: CauseCandidate) -> Bool {
    guard isSameRestriction(restriction.name, candidate.name) else { return false }
    guard let wanted = candidate.argument, let argument = restriction.argument else { return true }
    return argument == wanted || argument.hasPrefix(wanted + "=")
  }

  private var what: String {
    switch row.kind {
    case .connect: "A client connected."
    case .disconnect: "A session ended: \(row.text)"
    case .accepted:
      "A message was begun to be queued; qmgr's \"queue active\" says that it was accepted."
    case .lostConnection: "A session ended before its time: \(row.text)"
    case .authFailure: "A client could not prove who it is: \(row.text)"
    case .action: "An access table, a check of the content or a milter acted: \(row.text)"
    case .delivery: "What became of a recipient: \(row.text)"
    case .postscreen: "postscreen judged a client before any smtpd saw it: \(row.text)"
    case .tls: "The encryption of a session: \(row.text)"
    case .warning, .error, .fatal, .panic: "Postfix complains (\(row.kind.rawValue)): \(row.text)"
    default: "\(row.kind.rawValue): \(row.text)"
    }
  }

  /// The closed list of causes that are no smtpd restriction.
  private static func otherCause(_ name: String) -> String {
    switch name {
    case "postscreen_deep_protocol_tests":
      "The client passed postscreen's tests and is let in when it comes back; this is no refusal for good."
    case let name where name.hasPrefix("postscreen_"):
      "A test or limit of postscreen, see postconf(5) \(name)."
    case "smtpd_milters": "A milter refused it; its own log says why."
    case "smtpd_proxy_filter": "The content filter in front of the queue refused it."
    case "header_checks", "body_checks": "A pattern of \(name) matched, see header_checks(5)."
    case "message_size_limit": "The message was announced as larger than message_size_limit."
    case "queue_minfree": "The disk of the queue was too full."
    case "table_lookup_failure": "A table could not be read; warnings just before name it."
    case "configuration_error":
      "main.cf or master.cf has a mistake that defers everyone; postgate check finds it."
    case "unknown": "The reply has a form that postgate does not know."
    default: "See postconf(5) \(name)."
    }
  }
}
