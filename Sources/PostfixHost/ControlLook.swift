import Glibc
import HostSystem
import PostfixConfig
import Synchronization
import SystemPackage

/// What one smtpd service of the running Postfix answers to a client.
public struct ServiceLook: Hashable, Sendable {
  /// As `postconf -P` writes it: `smtp/inet`.
  public var service: String
  /// True when greeting and EHLO were answered with 2xx.
  public var answers: Bool
  /// What was answered last, or what went wrong.
  public var detail: String
  /// False when it was not tried: no address of ours is known, or no program that speaks TLS.
  public var isJudged = true
}

extension InstanceLayout {
  /// Greets every smtpd service where it listens, all at once; postscreen in front is waited for.
  ///
  /// - Parameters:
  ///   - seconds: for each service.
  ///   - brief: services from which little is hoped: one second is enough for them. After a fatal
  ///     error master keeps a service away for `service_throttle_time`, also when it is mended.
  ///   - isHopeless: asked while waiting; true ends the wait (the log told of a fatal end).
  public func look(
    within seconds: Double = 10, briefly brief: Set<String> = [],
    unless isHopeless: @escaping @Sendable () -> Bool = { false }
  ) -> [ServiceLook] {
    let listening = services.filter {
      $0.id.type == "inet" && ["smtpd", "postscreen"].contains($0.command)
    }
    let found = FoundLooks()
    let threads = listening.enumerated().map { index, service in
      let seconds = brief.contains(service.id.description) ? 1 : seconds
      return startThread {
        let one = look(at: service, within: seconds, unless: isHopeless)
        found.byIndex.withLock { $0[index] = one }
      }
    }
    for thread in threads {
      if let thread { pthread_join(thread, nil) }
    }
    let byIndex = found.byIndex.withLock { $0 }
    return listening.enumerated().map { index, service in
      byIndex[index]
        ?? ServiceLook(
          service: service.id.description, answers: false, detail: "no thread could be started",
          isJudged: false)
    }
  }

  private func look(
    at service: MasterService, within seconds: Double, unless isHopeless: () -> Bool
  ) -> ServiceLook {
    var look = ServiceLook(service: service.id.description, answers: false, detail: "")
    let override = service.overrides.last { $0.hasPrefix("smtpd_tls_wrappermode=") }
    let wrapped = override.map { $0.hasSuffix("yes") } ?? (self["smtpd_tls_wrappermode"] == "yes")
    guard let endpoint = endpoint(of: service.id.name) else {
      look.isJudged = false
      look.detail = "no numeric address is known for it"
      return look
    }
    let seconds = service.command == "postscreen" ? max(15, greetPause + 9, seconds) : seconds
    if wrapped {
      ask(TLSDialogue(endpoint), within: seconds, &look)
      return look
    }
    let deadline = monotonicSeconds() + seconds
    // Short waits at first, so that a fatal end in the log cuts the waiting short; a postscreen
    // in front keeps its clients waiting by design.
    var wait = service.command == "postscreen" ? seconds : 0.5
    repeat {
      do {
        let client = try SMTPClient(connectingTo: endpoint, timeout: wait)
        let reply =
          client.greeting.isPositive ? try client.ehlo(self["myhostname"]) : client.greeting
        look.answers = reply.isPositive
        look.detail = "\(reply.code) \(reply.text)"
        checkServer(&look)
        _ = try? client.quit()
        return look
      } catch {
        look.detail = "\(error)"
        guard case .system(_, timedOut: true) = error else { return look }
      }
      wait *= 2
    } while monotonicSeconds() < deadline && !isHopeless()
    return look
  }

  /// Seconds that postscreen keeps a client waiting before it greets.
  private var greetPause: Double {
    Double(self["postscreen_greet_wait"].prefix { $0.isWholeNumber }) ?? 6
  }

  private func ask(_ dialogue: TLSDialogue?, within seconds: Double, _ look: inout ServiceLook) {
    guard let dialogue else {
      look.isJudged = false
      look.detail = "it speaks TLS from the first byte, and openssl is not installed"
      return
    }
    do {
      let reply = try dialogue.ehlo(self["myhostname"], within: seconds) { checkServer(&look) }
      look.answers = reply.hasPrefix("250") && look.detail.isEmpty
      if look.detail.isEmpty { look.detail = reply }
    } catch {
      look.detail = "\(error)"
    }
  }

  /// Makes sure, while a session is open, that a process of this Postfix serves it: a log can be
  /// written by anybody, and a port be taken by another program.
  private func checkServer(_ look: inout ServiceLook) {
    let live = LiveConnections(queueDirectory: queueDirectory).look()
    guard live.isComplete, live.servers.isEmpty else { return }
    look.answers = false
    look.detail = "something answered, but no smtpd process of this Postfix runs"
  }

  /// Where a service of that name listens: `host:port`, `[v6]:port` or `port` (master(5)).
  private func endpoint(of name: String) -> SocketEndpoint? {
    if let colon = name.lastIndex(of: ":") {
      let host = name[..<colon].filter { $0 != "[" && $0 != "]" }
      return endpoint(host == "localhost" ? "127.0.0.1" : host, name[name.index(after: colon)...])
    }
    let interfaces = self["inet_interfaces"].split { $0 == "," || $0.isWhitespace }
    let loopback = self["inet_protocols"] == "ipv6" ? "::1" : "127.0.0.1"
    for interface in interfaces {
      let address = interface.filter { $0 != "[" && $0 != "]" }
      if ["all", "loopback-only", "localhost"].contains(address) {
        return endpoint(loopback, Substring(name))
      }
      if address.allSatisfy({ $0.isHexDigit || $0 == "." || $0 == ":" }) {
        return endpoint(address, Substring(name))
      }
    }
    return nil
  }

  private func endpoint(_ address: String, _ port: Substring) -> SocketEndpoint? {
    (UInt16(port) ?? servicePort(String(port))).map { .tcp(address: address, port: $0) }
  }
}

/// What the threads of one look found, by the place of the service.
private final class FoundLooks: Sendable {
  let byIndex = Mutex<[Int: ServiceLook]>([:])
}
