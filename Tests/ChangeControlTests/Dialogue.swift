import PostfixHost

/// What one client says, for a test.
struct Dialogue: Sendable {
  var client = "203.0.113.9"
  /// Nil for a client that says no HELO.
  var helo: String? = "mail.example.net"
  var sender = "office@example.net"
  var recipient = "info@example.org"
  var secondRecipient: String?
  /// Asks for DATA too; nothing is sent behind it.
  var data = false

  /// Plays the dialogue up to the first refusal.
  ///
  /// - Throws: ``SMTPError`` when the server goes away.
  func play(_ client: SMTPClient) throws -> Answer {
    guard client.greeting.isPositive else { return Answer(codes: [client.greeting.code]) }
    var answer = Answer(codes: [])
    var commands: [(SMTPClient) throws -> SMTPReply] = [
      { try $0.xclient(SMTPPretendedClient(address: self.client, name: .unavailable)) }
    ]
    if let helo { commands.append { try $0.ehlo(helo) } }
    commands.append { try $0.mail(from: sender) }
    commands.append { try $0.rcpt(to: recipient) }
    if let secondRecipient { commands.append { try $0.rcpt(to: secondRecipient) } }
    if data { commands.append { try $0.command("DATA") } }
    for command in commands {
      let reply = try command(client)
      answer.codes.append(reply.code)
      guard reply.isPositive else { break }
    }
    return answer
  }
}

/// The reply codes of a dialogue, up to the first refusal.
struct Answer: Equatable {
  var codes: [Int]
  var last: Int? { codes.last }
  var accepts: Bool { codes.allSatisfy { $0 < 400 } }
}
