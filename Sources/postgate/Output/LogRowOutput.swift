import Attribution
import MailLog

extension LogRow {
  /// One line of `postgate log --json` (schema 1, see postgate(8)).
  func json(cause: Cause?) -> JSONValue {
    [
      "time": .optional(time?.rfc3339),
      "service": .string(tag),
      "program": .string(program),
      "pid": .int(Int(pid)),
      "event": .string(kind.rawValue),
      "client": [
        "name": .optional(clientName), "address": .optional(clientAddress),
        "port": .optional(clientPort),
      ],
      "helo": .optional(helo),
      "sender": .optional(sender),
      "recipient": .optional(recipient),
      "command": .optional(command),
      "reply": .optional(reply),
      "restriction": .optional(cause?.candidate?.name),
      "argument": .optional(cause?.candidate?.argument),
      "candidates": .strings(cause?.openCandidates.map(\.label) ?? []),
      "state": .optional(kind == .reject ? "on" : kind == .trial ? "trial" : nil),
      "text": .string(text),
    ]
  }

  /// `504 5.5.2`, nil without a code.
  var reply: String? {
    let parts = [code.map { String($0) }, enhancedCode].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// One line for people: time, verdict, client, what it was about, the cause.
  ///
  /// - Parameter dated: put the date before the time.
  func line(cause: Cause?, dated: Bool = false) -> String {
    let stamp = dated ? time?.local ?? "---------- --:--:--" : time?.clock ?? "--:--:--"
    var parts = [stamp, verdictWord]
    if let address = clientAddress { parts.append(address) }
    if let helo { parts.append("helo \(helo)") }
    if let sender { parts.append("from <\(sender)>") }
    if let recipient { parts.append("to <\(recipient)>") }
    if let cause { parts.append(cause.summary) }
    if let reply { parts.append(reply) }
    parts.append(text)
    return parts.joined(separator: " ")
  }

  private var verdictWord: String {
    switch kind {
    case .reject: "REJECT"
    case .trial: "TRIAL "
    case .accepted: "OK    "
    case .connect: "open  "
    case .disconnect: "close "
    case .warning, .error, .fatal, .panic: kind.rawValue.uppercased()
    default: kind.rawValue
    }
  }
}

extension Cause {
  /// The one restriction, nil while several may be the cause.
  var candidate: CauseCandidate? {
    if case .restriction(let name, let argument) = self {
      CauseCandidate(name: name, argument: argument)
    } else {
      nil
    }
  }

  /// Those that may be the cause while nothing decides.
  var openCandidates: [CauseCandidate] {
    if case .open(let candidates) = self { candidates } else { [] }
  }
}
