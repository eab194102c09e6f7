/// A policy server that a `check_policy_service` asks (SMTPD_POLICY_README).
public struct PolicyServer: Hashable, Sendable {
  /// Where it listens.
  public enum Address: Hashable, Sendable {
    /// `inet:HOST:PORT`; both as written, brackets around an IPv6 address taken away.
    case inet(host: String, port: String)
    /// `unix:PATH`; a relative path begins at the queue directory.
    case unix(path: String)
  }

  /// Where it listens.
  public var address: Address
  /// True where smtpd sees the queue directory as `/` (master.cf, `chroot` is `y`); counts for
  /// absolute paths only.
  public var isChrooted: Bool

  /// Names a server.
  public init(address: Address, isChrooted: Bool = false) {
    self.address = address
    self.isChrooted = isChrooted
  }
}

/// What the machine says about a policy server; looked up outside, since this target does no I/O.
public enum PolicyServerStatus: Hashable, Sendable {
  case listening
  /// Nobody listens there.
  case absent
  /// On another machine, started by Postfix itself, or not looked at.
  case unknown
}

extension PolicyServer {
  /// Reads the argument of `check_policy_service`; nil when it names no server.
  init?(argument: String, isChrooted: Bool = false) {
    let server = listWords(Self.inner(argument)).first ?? ""
    guard let colon = server.firstIndex(of: ":") else { return nil }
    let rest = server[server.index(after: colon)...]
    switch server[..<colon] {
    case "unix", "local": self.init(address: .unix(path: String(rest)), isChrooted: isChrooted)
    case "inet":
      guard let last = rest.lastIndex(of: ":") else { return nil }
      let host = rest[..<last].filter { $0 != "[" && $0 != "]" }
      self.init(address: .inet(host: host, port: String(rest[rest.index(after: last)...])))
    default: return nil
    }
  }

  /// The attributes that may stand behind the server in braces (postconf(5), "check_policy_service").
  private static let attributeNames: Set<String> = [
    "default_action", "max_idle", "max_ttl", "policy_context", "request_limit", "retry_delay",
    "timeout", "try_limit",
  ]

  /// Why smtpd dies of an argument of `check_policy_service`; nil when it does not.
  static func fault(in argument: String) -> String? {
    let words = listWords(inner(argument))
    guard let server = words.first, let colon = server.firstIndex(of: ":") else {
      return "it names no server, write inet:host:port or unix:path"
    }
    guard ["inet", "unix", "local"].contains(server[..<colon]) else {
      return "\(server[..<colon]) is no kind of server, write inet:host:port or unix:path"
    }
    guard argument.hasPrefix("{") else { return nil }
    let wrong = words.dropFirst().first { word in
      attributeNames.contains(nameAndValue(word).name) == false
    }
    return wrong.map { "it knows no \($0), write name=value without blanks, or { name = value }" }
  }

  /// The value of an attribute behind the server: `{ inet:host:port, default_action=DUNNO }`.
  static func attribute(_ name: String, in argument: String) -> String? {
    guard argument.hasPrefix("{") else { return nil }
    return listWords(inner(argument)).dropFirst().lazy.map(nameAndValue).first { $0.name == name }?
      .value
  }

  /// `name=value` or `{ name = value }`; the name is empty where it is neither.
  private static func nameAndValue(_ word: String) -> (name: String, value: String) {
    let isBraced = word.hasPrefix("{")
    let text = inner(word)
    guard let equals = text.firstIndex(of: "=") else { return ("", "") }
    let name = text[..<equals]
    let value = text[text.index(after: equals)...]
    guard isBraced else { return (String(name), String(value)) }
    let blanks = value.split(separator: " ", omittingEmptySubsequences: true)
    return (name.filter { $0 != " " }, blanks.joined(separator: " "))
  }

  /// The text inside of braces, or the text itself.
  private static func inner(_ text: String) -> String {
    let trimmed = text.utf8.drop { $0.isSpace }
    guard trimmed.first == Byte.leftBrace, trimmed.last == Byte.rightBrace, trimmed.count > 1 else {
      return String(decoding: trimmed, as: UTF8.self)
    }
    return String(decoding: trimmed.dropFirst().dropLast(), as: UTF8.self)
  }

  /// True for a server that an entry of master.cf provides: it listens as soon as Postfix runs.
  func isProvided(by master: MasterCF) -> Bool {
    switch address {
    case .unix(let path):
      master.entries.contains { entry in
        guard entry.id.type == "unix", let isPrivate = entry.settings.first else { return false }
        return path == "\(isPrivate.text == "n" ? "public" : "private")/\(entry.id.name)"
      }
    case .inet(_, let port):
      master.entries.contains { entry in
        entry.id.type == "inet"
          && entry.id.name.split(separator: ":").last.map(String.init) == port
      }
    }
  }
}

extension Configuration {
  /// The policy servers that the lists of the services ask, each once; those that Postfix itself starts
  /// (spawn(8)) are left out.
  public func policyServers() -> [PolicyServer] {
    var result: [PolicyServer] = []
    for service in policy().services {
      for restriction in service.lists.flatMap(\.restrictions) where restriction.state != .off {
        guard let server = restriction.policyServer(of: service.service, in: self),
          !server.isProvided(by: master), !result.contains(server)
        else { continue }
        result.append(server)
      }
    }
    return result
  }
}

extension Restriction {
  /// The server that the restriction asks; nil for other restrictions.
  func policyServer(of service: ServiceID, in configuration: Configuration) -> PolicyServer? {
    guard name.asciiLowercased == "check_policy_service", let argument else { return nil }
    let chroot = configuration.master.entry(service)?.settings.dropFirst(2).first?.text
    return PolicyServer(argument: argument, isChrooted: chroot == "y")
  }
}
