import Glibc
import HostSystem
import PostfixHost

/// Carries out one session on a real connection.
struct TrafficDialogue {
  let session: TrafficSession
  let port: UInt16
  /// Asked while lingering, so that a run that is told to stop does.
  let isStopped: @Sendable () -> Bool
  private var outcome = TrafficOutcome()

  init(_ session: TrafficSession, port: UInt16, isStopped: @escaping @Sendable () -> Bool) {
    self.session = session
    self.port = port
    self.isStopped = isStopped
  }

  /// Talks to the end and says what came of it.
  mutating func run() -> TrafficOutcome {
    do throws(SMTPError) {
      let client = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: port), timeout: 30)
      outcome.connected = true
      guard client.greeting.isPositive else {
        outcome.failure = "greeted with \(client.greeting.code) \(client.greeting.text)"
        return outcome
      }
      if let pretended = session.client {
        let reply = try client.xclient(pretended)
        guard reply.isPositive else {
          outcome.failure = "XCLIENT: \(reply.code) \(reply.text)"
          return outcome
        }
      }
      for step in session.steps { try carryOut(step, with: client) }
      client.close()
    } catch {
      outcome.failure = error.description
    }
    return outcome
  }

  private mutating func carryOut(
    _ step: TrafficSession.Step, with client: SMTPClient
  ) throws(SMTPError) {
    switch step {
    case .hello(let name, let extended):
      count(extended ? try client.ehlo(name) : try client.helo(name))
    case .mail(let sender): count(try client.mail(from: sender))
    case .recipient(let recipient): countRecipient(try client.rcpt(to: recipient))
    case .message(let subject):
      guard outcome.recipients > 0 else { return }
      let reply = try client.data(message(subject).utf8)
      if reply.isPositive { outcome.messages += 1 } else { count(reply) }
    case .atOnce(let commands):
      for (command, reply) in zip(commands, try client.pipelined(commands)) {
        if command.hasPrefix("RCPT") { countRecipient(reply) } else { count(reply) }
      }
    case .linger(let seconds):
      let end = monotonicSeconds() + seconds
      while monotonicSeconds() < end && !isStopped() { usleep(50_000) }
    case .quit: try client.quit()
    case .hangUp: client.close()
    }
  }

  private mutating func countRecipient(_ reply: SMTPReply) {
    if reply.isPositive { outcome.recipients += 1 } else { count(reply) }
  }

  /// Counts a refusal; replies to commands out of order are no rejects and are not logged as such.
  private mutating func count(_ reply: SMTPReply) {
    guard !reply.isPositive, !(reply.text.hasPrefix("Error:")) else { return }
    outcome.rejects[TrafficVerdict.restriction(of: reply), default: 0] += 1
  }

  private func message(_ subject: String) -> String {
    """
    From: sandbox <traffic@example.net>
    To: sandbox <info@example.org>
    Subject: \(subject)
    Message-ID: <\(session.number).\(session.kind.rawValue)@traffic.test>

    A line that begins with a dot must arrive with it:
    .dot
    """
  }
}
