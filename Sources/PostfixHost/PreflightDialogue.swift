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

  public var kind: Kind
  /// The verified host name.
  public var name: String
  public var address: String
  public var helo: String
  /// The login name of a client that has signed in.
  public var login: String?
  public var sender: String
  public var recipient: String

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

  /// The commands up to RCPT; XCLIENT as in XCLIENT_README.
  var commands: [String] {
    let address = address.contains(":") ? "IPV6:\(address)" : address
    let login = login.map { " LOGIN=\($0)" } ?? ""
    return [
      "XCLIENT NAME=\(name) ADDR=\(address)\(login)", "EHLO \(helo)", "MAIL FROM:<\(sender)>",
      "RCPT TO:<\(recipient)>",
    ]
  }
}

/// What smtpd answered, and to which command.
public struct ProbeAnswer: Hashable, Sendable {
  /// The command that was refused, or `RCPT`; `CONNECT` for the greeting.
  public var command: String
  /// The last line of the reply; empty when there was none.
  public var reply: String
  /// How the dialogue ended.
  public enum Ending: Hashable, Sendable { case answered, closed, timedOut }
  public var ending: Ending

  /// The reply code, 0 without a reply.
  public var code: Int { Int(reply.prefix(3)) ?? 0 }
  /// True when smtpd would take the message.
  public var isAccepted: Bool { ending == .answered && code / 100 == 2 }
}

/// An SMTP dialogue of several probes over one connection.
public final class ProbeSession {
  private let connection: LineConnection
  private let deadline: Double

  /// Connects to a stand-in of a private instance.
  ///
  /// - Parameter deadline: for the whole session, on the clock of ``monotonicSeconds()``.
  /// - Throws: ``SystemError`` when nobody listens.
  public init(path: String, deadline: Double) throws(SystemError) {
    connection = try LineConnection(path: path, timeout: max(0.1, deadline - monotonicSeconds()))
    self.deadline = deadline
  }

  /// Waits for the greeting.
  public func greeting(within seconds: Double) -> ProbeAnswer {
    answer(to: "CONNECT", within: seconds)
  }

  /// Plays one client as far as RCPT and forgets it again.
  ///
  /// - Parameter seconds: for each answer.
  public func ask(_ probe: Probe, within seconds: Double) -> ProbeAnswer {
    var last = ProbeAnswer(command: "RCPT", reply: "", ending: .closed)
    for command in probe.commands {
      last = send(command, within: seconds)
      guard last.ending == .answered, last.code / 100 == 2 else { break }
    }
    if last.ending == .answered { _ = send("RSET", within: seconds) }
    return last
  }

  /// Takes leave, so that the log shows no lost connection.
  public func quit() { _ = send("QUIT", within: 1) }

  private func send(_ command: String, within seconds: Double) -> ProbeAnswer {
    let verb = String(command.prefix { $0 != " " })
    do {
      try connection.send(line: command)
    } catch {
      return ProbeAnswer(command: verb, reply: "", ending: .closed)
    }
    return answer(to: verb, within: seconds)
  }

  private func answer(to verb: String, within seconds: Double) -> ProbeAnswer {
    let limit = min(deadline, monotonicSeconds() + seconds)
    do {
      while let line = try connection.line(until: limit) {
        // RFC 5321 section 4.2.1: a hyphen after the code says that more lines follow.
        if line.utf8.dropFirst(3).first == 0x2D { continue }
        return ProbeAnswer(command: verb, reply: line, ending: .answered)
      }
      return ProbeAnswer(command: verb, reply: "", ending: .closed)
    } catch {
      return ProbeAnswer(command: verb, reply: "", ending: .timedOut)
    }
  }
}
