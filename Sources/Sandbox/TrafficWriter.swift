import PostfixHost

/// Writes the dialogue of one session.
struct TrafficWriter {
  let number: Int
  var random: TrafficRandom

  /// The dialogue of a client that is up to this.
  func session(of kind: TrafficKind) -> TrafficSession {
    var writer = self
    return writer.write(kind)
  }

  private mutating func write(_ kind: TrafficKind) -> TrafficSession {
    switch kind {
    case .bareWordHelo, .invalidHelo, .addressLiteralJunk, .unknownHeloHost: badHelo(kind)
    case .unknownSenderDomain, .nonFQDNSender: badSender(kind)
    case .relayAttempt, .unknownUser, .dictionaryAttack: badRecipients(kind)
    case .pipelining: pipelining()
    case .hangUp, .hangUpAfterHelo: hangUp(kind)
    case .listedClient, .submissionStranger: listedOrStranger(kind)
    case .goodMail: goodMail()
    case .ownMail: ownMail()
    }
  }

  // MARK: What each kind does

  private mutating func badHelo(_ kind: TrafficKind) -> TrafficSession {
    let number = random.below(100_000)
    let (name, restriction): (String, String?) =
      switch kind {
      case .invalidHelo:
        (
          random.one(
            of: ["-bad-\(number)-.example..net", "mail_\(number)..", "a b-\(number)"], else: ".."
          )
          .split(separator: " ").joined(separator: "..."), "reject_invalid_helo_hostname"
        )
      case .addressLiteralJunk: ("[\(number).2.3.999]", "reject_invalid_helo_hostname")
      case .unknownHeloHost: ("mail.host\(number).nowhere.test", nil)
      default: (bareWord(), "reject_non_fqdn_helo_hostname")
      }
    return mail(
      kind, from: stranger(), helo: name, sender: serverSender(), to: [mailbox()],
      refusedBy: restriction)
  }

  private mutating func badSender(_ kind: TrafficKind) -> TrafficSession {
    let isBare = kind == .nonFQDNSender
    let sender =
      isBare
      ? random.one(of: ["root", "www-data", "admin@localhost", "nagios@web01"], else: "root")
      : "offer\(random.below(1000))@win\(random.below(100_000)).nowhere.test"
    return mail(
      kind, from: stranger(), helo: server().host, sender: sender, to: [mailbox()],
      refusedBy: isBare ? "reject_non_fqdn_sender" : "reject_unknown_sender_domain")
  }

  private mutating func badRecipients(_ kind: TrafficKind) -> TrafficSession {
    let recipients: [String] =
      switch kind {
      case .relayAttempt: ["probe\(random.below(1000))@elsewhere\(random.below(100)).test"]
      case .dictionaryAttack: (0..<(3 + random.below(6))).map { _ in guess() }
      default: [guess()]
      }
    return mail(
      kind, from: stranger(), helo: server().host, sender: serverSender(), to: recipients,
      refusedBy: kind == .relayAttempt ? "reject_unauth_destination" : "reject_unlisted_recipient")
  }

  private mutating func pipelining() -> TrafficSession {
    let sender = serverSender()
    let commands = [
      "HELO \(server().host)", "MAIL FROM:<\(sender)>", "RCPT TO:<\(guess())>", "QUIT",
    ]
    return session(
      .pipelining, from: stranger(), [.atOnce(commands), .hangUp],
      rejects: ["reject_unlisted_recipient": 1])
  }

  private mutating func hangUp(_ kind: TrafficKind) -> TrafficSession {
    let isLate = kind == .hangUpAfterHelo
    let hello = TrafficSession.Step.hello(bareWord(), extended: true)
    return session(kind, from: stranger(), isLate ? [hello, .hangUp] : [.hangUp])
  }

  private mutating func listedOrStranger(_ kind: TrafficKind) -> TrafficSession {
    let isListed = kind == .listedClient
    var client = stranger()
    if isListed {
      client.address = random.one(of: SandboxZone.listedAddresses, else: "192.0.2.200")
    }
    var made = mail(
      kind, from: client, helo: server().host, sender: serverSender(), to: [mailbox()],
      refusedBy: isListed ? nil : "reject")
    made.service = isListed ? .smtp : .submission
    return made
  }

  private mutating func goodMail() -> TrafficSession {
    let from = server()
    let client = SMTPPretendedClient(address: from.address, name: .known(from.host))
    let recipients = Array(
      SandboxZone.mailboxes.shuffled(using: &random).prefix(1 + random.below(2)))
    return mail(
      .goodMail, from: client, helo: from.host, sender: "\(person())@\(from.domain)",
      to: recipients.map { "\($0)@\(SandboxZone.domain)" }, refusedBy: nil)
  }

  private mutating func ownMail() -> TrafficSession {
    var made = mail(
      .ownMail, from: nil, helo: "laptop\(random.below(20))", sender: mailbox(),
      to: ["\(person())@\(server().domain)"], refusedBy: nil)
    made.service = .submission
    return made
  }

  // MARK: Parts of a dialogue

  private func mail(
    _ kind: TrafficKind, from client: SMTPPretendedClient?, helo: String, sender: String,
    to recipients: [String], refusedBy restriction: String?
  ) -> TrafficSession {
    var steps: [TrafficSession.Step] = [.hello(helo, extended: true), .mail(sender)]
    steps += recipients.map { .recipient($0) }
    steps += [.message(subject: "\(kind.rawValue) \(number)"), .quit]
    return session(
      kind, from: client, steps, rejects: restriction.map { [$0: recipients.count] } ?? [:],
      messages: restriction == nil ? 1 : 0)
  }

  private func session(
    _ kind: TrafficKind, from client: SMTPPretendedClient?, _ steps: [TrafficSession.Step],
    rejects: [String: Int] = [:], messages: Int = 0
  ) -> TrafficSession {
    TrafficSession(
      number: number, kind: kind, service: .smtp, client: client, steps: steps,
      expectedRejects: rejects, expectedMessages: messages)
  }

  /// A client without a place in our DNS; some have a name all the same, most have none.
  private mutating func stranger() -> SMTPPretendedClient {
    let network = random.one(of: ["192.0.2.", "198.51.100.", "203.0.113."], else: "192.0.2.")
    // Busy offenders come again and again; the addresses above 190 belong to the DNS list.
    let host = 30 + (random.below(3) == 0 ? random.below(160) : random.below(12))
    if random.below(8) == 0 {
      let net = String(random.below(64), radix: 16)
      return SMTPPretendedClient(
        address: "2001:db8:\(net)::\(String(host, radix: 16))", name: .unavailable)
    }
    let name = "dyn-\(host).pool\(random.below(30)).test"
    return SMTPPretendedClient(
      address: network + String(host),
      name: random.below(3) == 0 ? .known(name) : .unavailable)
  }

  private mutating func bareWord() -> String {
    random.one(
      of: [
        "ylmf-pc", "ylmf-pc", "User", "localhost", "WIN-\(random.below(100_000))", "server", "pc",
      ],
      else: "ylmf-pc")
  }

  private mutating func server() -> SandboxZone.Server {
    SandboxZone.servers[random.below(SandboxZone.servers.count)]
  }

  private mutating func serverSender() -> String {
    "\(person())\(random.below(400))@\(server().domain)"
  }

  private mutating func person() -> String {
    random.one(of: ["lea", "tom", "office", "orders", "mia", "newsletter", "jan"], else: "lea")
  }

  private mutating func mailbox() -> String {
    "\(random.one(of: SandboxZone.mailboxes, else: "info"))@\(SandboxZone.domain)"
  }

  private mutating func guess() -> String {
    let name = random.one(
      of: ["admin", "test", "office", "john", "mary", "web", "backup", "hr"], else: "admin")
    return "\(name)\(random.below(1000))@\(SandboxZone.domain)"
  }
}
