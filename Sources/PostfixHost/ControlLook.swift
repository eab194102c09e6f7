import HostSystem
import PostfixConfig
import SystemPackage

/// What one smtpd service of the running Postfix answers to a client.
public struct ServiceLook: Hashable, Sendable {
  /// As `postconf -P` writes it: `smtp/inet`.
  public var service: String
  /// True when greeting and EHLO were answered with 2xx.
  public var answers: Bool
  /// What was answered last, or what went wrong.
  public var detail: String
  /// False when it was not tried: TLS from the first byte, or no address of ours.
  public var isJudged = true
}

extension InstanceLayout {
  /// Greets every smtpd service where it listens; postscreen in front of it is waited for.
  ///
  /// - Parameters:
  ///   - seconds: for each service.
  ///   - isHopeless: asked while waiting; true ends the wait (the log told of a fatal end).
  public func look(
    within seconds: Double = 10, unless isHopeless: () -> Bool = { false }
  ) -> [ServiceLook] {
    services.filter { $0.id.type == "inet" && ["smtpd", "postscreen"].contains($0.command) }.map {
      look(at: $0, within: seconds, unless: isHopeless)
    }
  }

  private func look(
    at service: MasterService, within seconds: Double, unless isHopeless: () -> Bool
  ) -> ServiceLook {
    var look = ServiceLook(service: service.id.description, answers: false, detail: "")
    let override = service.overrides.last { $0.hasPrefix("smtpd_tls_wrappermode=") }
    let wrapped = override.map { $0.hasSuffix("yes") } ?? (self["smtpd_tls_wrappermode"] == "yes")
    guard let (address, port) = endpoint(of: service.id.name) else {
      look.isJudged = false
      look.detail = "no numeric address is known for it"
      return look
    }
    let deadline = monotonicSeconds() + seconds
    do {
      let connection = try LineConnection(address: address, port: port, timeout: seconds)
      guard !wrapped else {
        look.isJudged = false
        look.detail = "it speaks TLS from the first byte; only its port was tried"
        return look
      }
      for command in [nil, "EHLO \(self["myhostname"])", "QUIT"] {
        if let command { try connection.send(line: command) }
        let reply = try Self.reply(on: connection, until: deadline, unless: isHopeless)
        guard let reply else { break }
        look.detail = reply
        guard reply.hasPrefix("2") else { return look }
        look.answers = command?.hasPrefix("EHLO") ?? false || look.answers
      }
    } catch {
      look.detail = "\(error)"
    }
    return look
  }

  private static func reply(
    on connection: LineConnection, until deadline: Double, unless isHopeless: () -> Bool
  ) throws(SystemError) -> String? {
    while true {
      do {
        let line = try connection.line(until: min(deadline, monotonicSeconds() + 0.1))
        // RFC 5321 section 4.2.1: a hyphen after the code says that more lines follow.
        if let line, line.utf8.dropFirst(3).first == 0x2D { continue }
        return line
      } catch {
        guard error.errno == .timedOut, monotonicSeconds() < deadline, !isHopeless() else {
          throw error
        }
      }
    }
  }

  /// Where a service of that name listens: `host:port`, `[v6]:port` or `port` (master(5)).
  private func endpoint(of name: String) -> (address: String, port: String)? {
    if let colon = name.lastIndex(of: ":") {
      let host = name[..<colon].filter { $0 != "[" && $0 != "]" }
      let port = String(name[name.index(after: colon)...])
      return (host == "localhost" ? "127.0.0.1" : String(host), port)
    }
    let interfaces = self["inet_interfaces"].split { $0 == "," || $0.isWhitespace }
    let loopback = self["inet_protocols"] == "ipv6" ? "::1" : "127.0.0.1"
    for interface in interfaces {
      switch interface {
      case "all", "loopback-only", "localhost": return (loopback, name)
      default:
        let address = interface.filter { $0 != "[" && $0 != "]" }
        if address.allSatisfy({ $0.isHexDigit || $0 == "." || $0 == ":" }) { return (address, name) }
      }
    }
    return nil
  }
}
