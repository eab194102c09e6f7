import MailLog

extension LogRow {
  /// One line of `postgate log --json` (schema 1, see postgate(8)).
  func json(cause: CauseCandidate?) -> JSONValue {
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
      "restriction": .optional(cause?.name),
      "argument": .optional(cause?.argument),
      "candidates": cause == nil ? .strings(candidates.map(\.label)) : .array([]),
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
  func line(cause: CauseCandidate?) -> String {
    var parts = [time?.clock ?? "--:--:--", verdictWord]
    if let address = clientAddress { parts.append(address) }
    if let helo { parts.append("helo \(helo)") }
    if let sender { parts.append("from <\(sender)>") }
    if let recipient { parts.append("to <\(recipient)>") }
    if let cause {
      parts.append(cause.label)
    } else if candidates.count > 1 {
      parts.append(candidates.map(\.name).joined(separator: "|"))
    }
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
