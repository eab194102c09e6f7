import HostSystem

/// A pretended client and one message of it, as far as RCPT.
public struct Probe: Hashable, Sendable {
  /// Who asks; decides what an answer means.
  public enum Kind: Hashable, Sendable {
    /// A stranger who writes to us.
    case outsider
    /// A stranger who wants us to pass mail on to somebody else.
    case relay
    /// A client of `mynetworks`.
    case ownNetwork
    /// A client that has signed in.
    case signedIn
  }

  /// Who asks.
  public var kind: Kind
  /// The verified host name.
  public var name: String
  /// The numeric client address.
  public var address: String
  /// The EHLO name.
  public var helo: String
  /// The login name of a client that has signed in.
  public var login: String?
  /// The envelope sender; empty is the null sender.
  public var sender: String
  /// The envelope recipient.
  public var recipient: String

  /// Describes a client and its message; nothing is sent yet.
  public init(
    kind: Kind, name: String, address: String, helo: String, login: String? = nil, sender: String,
    recipient: String
  ) {
    self.kind = kind
    self.name = name
    self.address = address
    self.helo = helo
    self.login = login
    self.sender = sender
    self.recipient = recipient
  }

  /// Its XCLIENT command's attributes.
  var client: SMTPPretendedClient {
    SMTPPretendedClient(address: address, name: .known(name), login: login)
  }
}

/// What smtpd answered, and to which command.
public struct ProbeAnswer: Hashable, Sendable {
  /// How a dialogue ended.
  public enum Ending: Hashable, Sendable { case answered, closed, timedOut }

  /// The command that was refused, or `RCPT`.
  public var command: String
  /// Nil when there was none.
  public var reply: SMTPReply?
  /// How the dialogue ended.
  public var ending: Ending

  /// True when smtpd would take the message.
  public var isAccepted: Bool { reply?.isPositive ?? false }
  /// The reply as it was sent: `451 4.3.5 Server configuration error`.
  public var text: String {
    guard let reply else { return "no answer" }
    return "\(reply.code) " + (reply.enhanced.map { "\($0) " } ?? "") + reply.text
  }
}

/// An SMTP dialogue of several probes over one connection.
///
/// Not thread-safe: one thread owns it.
public final class ProbeSession {
  private let client: SMTPClient

  /// Connects and waits for the greeting.
  ///
  /// - Throws: ``SMTPError`` when there is none in time.
  public init(_ endpoint: SocketEndpoint, timeout: Double) throws(SMTPError) {
    client = try SMTPClient(connectingTo: endpoint, timeout: timeout)
  }

  /// Plays one client as far as RCPT and forgets it again.
  ///
  /// - Parameter seconds: for each answer.
  public func ask(_ probe: Probe, within seconds: Double) -> ProbeAnswer {
    client.timeout = seconds
    var answer = ProbeAnswer(command: "RCPT", reply: nil, ending: .closed)
    let dialogue = [
      probe.client.command, "EHLO \(probe.helo)", "MAIL FROM:<\(probe.sender)>",
      "RCPT TO:<\(probe.recipient)>",
    ]
    for line in dialogue {
      answer.command = String(line.prefix { $0 != " " })
      do {
        let reply = try client.command(line)
        answer.reply = reply
        answer.ending = .answered
        guard reply.isPositive else { break }
      } catch {
        answer.reply = nil
        if case .system(_, timedOut: true) = error {
          answer.ending = .timedOut
        } else {
          answer.ending = .closed
        }
        return answer
      }
    }
    // A failure to forget shows at the next probe.
    _ = try? client.rset()
    return answer
  }

  /// Takes leave, so that the log shows no lost connection.
  public func quit() {
    client.timeout = 1
    _ = try? client.quit()
  }
}
