import HostSystem
import PostfixHost

/// One connection to a shadow smtpd, over which many questions are put.
///
/// Not thread-safe: one thread owns it.
final class ShadowSession {
  private let client: SMTPClient

  init(_ endpoint: SocketEndpoint, timeout: Double) throws(SMTPError) {
    client = try SMTPClient(connectingTo: endpoint, timeout: timeout)
  }

  /// Plays one client as far as RCPT and forgets it again; nil when the dialogue broke off, after
  /// which the connection is of no use.
  func ask(_ question: PastQuestion, within seconds: Double) -> Verdict? {
    client.timeout = seconds
    do throws(SMTPError) {
      guard try client.xclient(Self.client(question)).isPositive,
        try client.ehlo(Self.helo(question)).isPositive
      else { return .unknown(.notAskable) }
      let commands =
        ["MAIL FROM:<\(question.sender ?? "")>"]
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

  private static func client(_ question: PastQuestion) -> SMTPPretendedClient {
    // `unknown` as a name would be taken for a verified one.
    SMTPPretendedClient(
      address: question.clientAddress,
      name: question.clientName.map { .known($0) } ?? .unavailable,
      reverseName: question.clientName.map { .known($0) } ?? .unavailable,
      proto: "ESMTP", login: question.user)
  }

  /// A name that is not known stands as an address literal, which no check of names refuses.
  private static func helo(_ question: PastQuestion) -> String {
    if let helo = question.helo { return helo }
    let address = question.clientAddress
    return address.contains(":") ? "[IPv6:\(address)]" : "[\(address)]"
  }
}
