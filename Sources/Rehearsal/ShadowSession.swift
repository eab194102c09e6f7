import HostSystem
import PostfixHost

/// One connection to a shadow smtpd, over which many questions are put.
///
/// Not thread-safe: one thread owns it.
final class ShadowSession {
  private let client: SMTPClient
  /// True when smtpd knows the address, and with it the reverse name, from the PROXY protocol.
  private let knowsAddress: Bool

  init(_ endpoint: SocketEndpoint, timeout: Double) throws(SMTPError) {
    knowsAddress = false
    client = try SMTPClient(connectingTo: endpoint, timeout: timeout)
  }

  /// Connects as the client of a question by the PROXY protocol (version 1); smtpd looks its name up
  /// before it greets.
  init(
    _ endpoint: SocketEndpoint, for question: PastQuestion, timeout: Double
  ) throws(SMTPError) {
    knowsAddress = true
    let address = question.clientAddress
    let line =
      address.contains(":")
      ? "PROXY TCP6 \(address) ::1 1025 25\r\n" : "PROXY TCP4 \(address) 127.0.0.1 1025 25\r\n"
    client = try SMTPClient(
      connectingTo: endpoint, preamble: Array(line.utf8), timeout: timeout)
  }

  /// Plays one client as far as RCPT and forgets it again; nil when the dialogue broke off, after
  /// which the connection is of no use.
  func ask(_ question: PastQuestion, within seconds: Double) -> Verdict? {
    client.timeout = seconds
    do throws(SMTPError) {
      guard try client.xclient(pretended(question)).isPositive else { return .unknown(.notAskable) }
      let greeting = try client.ehlo(Self.helo(question))
      guard greeting.isPositive else { return .unknown(.notAskable) }
      // RFC 6531: a client that names such addresses says so.
      let speaksUTF8 = question.needsSMTPUTF8 && greeting.lines.contains("SMTPUTF8")
      let commands =
        ["MAIL FROM:<\(question.sender ?? "")>" + (speaksUTF8 ? " SMTPUTF8" : "")]
        + question.recipients.map { "RCPT TO:<\($0)>" } + ["RSET"]
      return Self.verdict(try client.pipelined(commands), question)
    } catch {
      return nil
    }
  }

  func quit() {
    client.timeout = 1
    _ = try? client.quit()
  }

  /// The first refusal decides: a mail that loses one recipient is not what it was.
  private static func verdict(_ replies: [SMTPReply], _ question: PastQuestion) -> Verdict {
    guard let mail = replies.first else { return .unknown(.noAnswer) }
    guard mail.isPositive else {
      return .unknown(mail.code == 501 || mail.code == 553 ? .notAskable : .noAnswer)
    }
    for (recipient, reply) in zip(question.recipients, replies.dropFirst())
    where !reply.isPositive {
      // 501 is a syntax that smtpd does not take, before any restriction; the HELO checks' 501 says
      // what it rejects.
      if reply.code == 501 && !reply.text.contains("rejected") { return .unknown(.notAskable) }
      let text = "\(reply.code) " + (reply.enhanced.map { "\($0) " } ?? "") + reply.text
      return .refused(
        Refusal(command: "RCPT", recipient: recipient, reply: text, code: reply.code))
    }
    return .accepted
  }

  private func pretended(_ question: PastQuestion) -> SMTPPretendedClient {
    // `unknown` as a name would be taken for a verified one.
    let name = question.clientName.map { SMTPPretendedClient.Name.known($0) } ?? .unavailable
    return SMTPPretendedClient(
      address: knowsAddress ? nil : question.clientAddress, name: name,
      reverseName: knowsAddress ? nil : name, proto: "ESMTP", login: question.user)
  }

  /// A name that is not known stands as an address literal, which no check of names refuses.
  private static func helo(_ question: PastQuestion) -> String {
    if let helo = question.helo { return helo }
    let address = question.clientAddress
    return address.contains(":") ? "[IPv6:\(address)]" : "[\(address)]"
  }
}
