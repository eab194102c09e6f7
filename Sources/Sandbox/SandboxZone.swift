/// The names that exist in the sandbox's own DNS; every other name does not exist.
///
/// Domains and addresses are those reserved for documentation and tests (RFC 2606, 5737, 3849),
/// so that nothing here can be taken for somebody's server.
enum SandboxZone {
  /// A mail server of the outside world that sends good mail.
  struct Server: Hashable, Sendable {
    var domain: String
    var host: String
    var address: String
  }

  /// The sandbox's own domain.
  static let domain = "example.org"
  /// The name of the sandbox's mail server.
  static let hostName = "mx1.example.org"
  /// The DNS list that exists here only.
  static let blockList = "bl.test"
  /// Local parts with a mailbox.
  static let mailboxes = [
    "info", "sales", "support", "anna", "ben", "clara", "postmaster", "abuse",
  ]

  /// Senders of good mail: each has address, reverse name, MX and sender domain.
  static let servers = [
    Server(domain: "example.net", host: "mail.example.net", address: "198.51.100.10"),
    Server(domain: "example.com", host: "mx-out.example.com", address: "198.51.100.25"),
    Server(domain: "shop.example.com", host: "smtp1.shop.example.com", address: "203.0.113.40"),
    Server(domain: "news.example.net", host: "list.news.example.net", address: "203.0.113.77"),
    Server(domain: "city.test", host: "relay.city.test", address: "2001:db8:10::25"),
    Server(domain: "school.test", host: "mail.school.test", address: "2001:db8:22::5"),
  ]

  /// Addresses on the DNS list; their HELO names and sender domains are those of `servers`.
  static let listedAddresses = (0..<12).map { "192.0.2.\(200 + $0)" }

  /// The configuration of dnsmasq for this zone.
  static func configuration(address: String, pidFile: String, logFile: String) -> String {
    var lines = [
      "# The sandbox's own DNS. Nothing is asked of the world: unknown names do not exist.",
      "no-resolv", "no-hosts", "bind-interfaces", "listen-address=\(address)", "local=/#/",
      "user=nobody", "cache-size=0", "pid-file=\(pidFile)", "log-facility=\(logFile)",
      "host-record=localhost,127.0.0.1",
      "host-record=\(hostName),192.0.2.1",
      "mx-host=\(domain),\(hostName),10",
    ]
    for server in servers {
      lines.append("host-record=\(server.host),\(server.address)")
      lines.append("mx-host=\(server.domain),\(server.host),10")
    }
    for listed in listedAddresses {
      let reversed = listed.split(separator: ".").reversed().joined(separator: ".")
      lines.append("host-record=\(reversed).\(blockList),127.0.0.2")
      lines.append("txt-record=\(reversed).\(blockList),Listed in the sandbox only")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
