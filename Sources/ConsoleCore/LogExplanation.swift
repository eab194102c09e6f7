import Attribution
import MailLog
import PostfixConfig

/// Says in words what a line of the log means and, for a refusal, why it happened.
public struct LogExplanation: Sendable {
  private let row: LogRow
  private let policy: Policy

  /// Prepares the explanation of a row under the policy in force.
  public init(_ row: LogRow, policy: Policy) {
    self.row = row
    self.policy = policy
  }

  /// A few sentences, to be wrapped; foreign text in them is not yet sanitised.
  public var sentences: [String] {
    switch row.kind {
    case .reject: [refused("was refused")] + reasons + [outlook].compactMap(\.self)
    case .trial:
      [refused("would have been refused"), "It is on trial: the mail went on."] + reasons
    case .accepted: ["\(client) handed over a message, which was queued as \(row.queueID ?? "?")."]
    case .connect: ["\(client) connected to \(service)."]
    case .disconnect: ["\(client) left \(service)."]
    case .lostConnection:
      ["\(client) broke the connection off without QUIT; scanners and impatient senders do that."]
    case .delivery: [delivery]
    case .queue: ["The queue manager moved a message: \(row.text)."]
    case .postscreen: ["postscreen judged \(client) before it reached smtpd: \(row.text)."]
    case .authFailure: ["\(client) tried to sign in and failed: \(row.text)."]
    case .action: ["A table or filter acted on mail of \(client): \(row.text)."]
    case .tls: ["TLS with \(client): \(row.text)."]
    case .anvil: ["Statistics of anvil, which counts connections and requests a client."]
    case .warning: ["\(row.program) warns: \(row.text)."] + warningAdvice
    case .error, .fatal, .panic:
      ["\(row.program) gave up: \(row.text).", "Mail may be waiting until this is mended."]
    case .lifecycle: ["Postfix was started, stopped or reloaded: \(row.text)."]
    case .other: ["A message of \(row.program): \(row.text)."]
    case .foreign: ["This line is not of Postfix."]
    }
  }

  private var client: String {
    guard let address = row.clientAddress else { return "A client" }
    guard let name = row.clientName, name != "unknown" else {
      return "The client \(address) (no verified name)"
    }
    return "The client \(name) (\(address))"
  }

  private var service: String {
    let services = policy.services.filter { $0.tag == row.tag }.map(\.service.description)
    return services.isEmpty ? "smtpd" : services.joined(separator: " or ")
  }

  private func refused(_ verb: String) -> String {
    var parts = [client]
    if let helo = row.helo { parts.append("which said HELO \(helo),") }
    parts.append(verb)
    if let command = row.command { parts.append("at \(command)") }
    if let code = row.code {
      parts.append("with \(code)\(row.enhancedCode.map { " \($0)" } ?? "")")
    }
    if let sender = row.sender { parts.append("as it sent from <\(sender)>") }
    if let recipient = row.recipient { parts.append("to <\(recipient)>") }
    return parts.joined(separator: " ") + "."
  }

  private var reasons: [String] {
    switch attribute(row: row, policy: policy) {
    case .restriction(let name, let argument)?: reason(name, argument)
    case .open(let candidates)?:
      [
        "The log does not tell which of these did it: "
          + candidates.map(\.name).joined(separator: ", ") + "."
      ]
    case nil: ["The text does not say which setting did it: \(row.text)."]
    }
  }

  private func reason(_ name: String, _ argument: String?) -> [String] {
    let place = policy.services.filter { $0.tag == row.tag }.flatMap(\.lists).lazy
      .compactMap { list in
        list.restrictions.first {
          $0.name == name && (argument == nil || $0.argument == argument)
        }.map { $0.origin }
      }.first
    var sentence = "The cause is \(name)\(argument.map { " \($0)" } ?? "")"
    if let place {
      sentence +=
        ", which stands in \(place.parameter) "
        + "(\(place.location.file.rawValue):\(place.location.line))"
    }
    guard let info = Catalog.restriction(named: name) else { return [sentence + "."] }
    let harm = info.mayHurt.isEmpty ? [] : ["It may hurt: \(info.mayHurt)"]
    return [sentence + ". " + info.summary] + harm
  }

  private var outlook: String? {
    switch row.code {
    case (400..<500)?: "The code is temporary: a real mail server keeps the mail and tries again."
    case (500..<600)?: "The code is final: the sender gets the mail back and does not try again."
    default: nil
    }
  }

  private var delivery: String {
    let recipient = row.recipient.map { " to <\($0)>" } ?? ""
    let queue = row.queueID ?? "?"
    if row.text.contains("status=sent") {
      return "Message \(queue)\(recipient) was delivered by \(row.program)."
    }
    if row.text.contains("status=deferred") {
      return "Message \(queue)\(recipient) waits: \(row.program) could not deliver it yet."
    }
    if row.text.contains("status=bounced") {
      return "Message \(queue)\(recipient) went back to its sender: \(row.text)."
    }
    return "\(row.program) worked on message \(queue)\(recipient): \(row.text)."
  }

  private var warningAdvice: [String] {
    if row.text.contains("unknown smtpd restriction") {
      return ["Everybody who reaches that word is deferred: mend it, or undo the last change."]
    }
    if row.text.contains("is unavailable") || row.text.contains("No such file") {
      return ["A table cannot be read; what asks it answers with a temporary error."]
    }
    return []
  }
}
