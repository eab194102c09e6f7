import PostfixHost

/// The clients and messages that a configuration is tried with.
///
/// Names and addresses are those reserved for documentation (RFC 2606, RFC 3849, RFC 5737).
struct ProbeSet {
  var probes: [Probe]
  /// For the stand-in that evaluates every restriction.
  var coverage: Probe

  /// - Parameter layout: of the configuration in force: its networks and domains have to go on working.
  init(layout: InstanceLayout) {
    let own = "postmaster@\(Self.ownDomain(layout))"
    let stranger = "198.51.100.77"
    let foreign = "somebody@example.com"
    let outsider = Probe(
      kind: .outsider, name: "mail.example.net", address: stranger, helo: "mail.example.net",
      sender: "somebody@example.net", recipient: own)
    // The null sender and an address literal meet no DNS check that would hide an open relay.
    var relay = outsider
    relay.kind = .relay
    relay.helo = "[\(stranger)]"
    relay.sender = ""
    relay.recipient = foreign
    var literal = relay
    literal.recipient = "somebody@[192.0.2.33]"
    // Where Postfix speaks no IPv6 it takes no such client, not even a pretended one.
    let relayOfIPv6 = [relay, literal].map { probe in
      var probe = probe
      probe.address = Self.strangerOfIPv6
      probe.helo = "[IPv6:\(Self.strangerOfIPv6)]"
      return probe
    }
    var network = relay
    network.kind = .ownNetwork
    network.name = layout.hostname
    network.address = Self.ownAddress(layout["mynetworks"])
    // Own machines rarely have a proper HELO name: that is why they are permitted first.
    network.helo = "pc"
    network.sender = own
    var signedIn = relay
    signedIn.kind = .signedIn
    signedIn.login = "postgate"
    signedIn.helo = "pc"
    signedIn.sender = own
    let networkOfIPv6 = Self.ownAddressOfIPv6(layout["mynetworks"]).map { address in
      var probe = network
      probe.address = address
      return probe
    }
    // Own networks first: what meets every check that asks others may use up the time there is.
    probes = [outsider, relay, literal, network]
    probes += (networkOfIPv6.map { [$0] } ?? []) + relayOfIPv6 + [signedIn]
    coverage = outsider
  }

  private static let strangerOfIPv6 = "2001:db8:77::25"

  /// The first domain that mail is taken for.
  private static func ownDomain(_ layout: InstanceLayout) -> String {
    for name in [
      "mydestination", "virtual_mailbox_domains", "virtual_alias_domains", "relay_domains",
    ] {
      let domains = layout[name].split { $0 == "," || $0.isWhitespace }
      // Tables and files cannot be listed; a single label is no mail domain.
      let plain = domains.first { domain in
        !domain.contains(":") && !domain.contains("/") && domain.contains(".") && domain != "."
          && !domain.hasPrefix("!")
      }
      if let plain { return String(plain) }
    }
    return layout.hostname
  }

  /// An IPv4 address inside `mynetworks`, preferably none of this machine's loopback.
  static func ownAddress(_ networks: String) -> String {
    let addresses = networks.split { $0 == "," || $0.isWhitespace }.compactMap { network in
      address(in: network)
    }
    return addresses.first { !$0.hasPrefix("127.") } ?? addresses.first ?? "127.0.0.1"
  }

  /// The address of the first IPv6 network of `mynetworks` that is neither loopback nor link-local.
  private static func ownAddressOfIPv6(_ networks: String) -> String? {
    let addresses = networks.split { $0 == "," || $0.isWhitespace }.compactMap { network in
      // Written as [2001:db8::]/32 (postconf(5), mynetworks).
      network.hasPrefix("[") ? network.dropFirst().prefix { $0 != "]" } : nil
    }
    return addresses.first { !$0.hasPrefix("::") && !$0.lowercased().hasPrefix("fe80:") }.map(
      String.init)
  }

  /// The first host address of `10.0.0.0/8`; nil for IPv6, tables, files and exclusions.
  private static func address(in network: Substring) -> String? {
    let parts = network.split(separator: "/")
    guard let base = parts.first else { return nil }
    var bytes = base.split(separator: ".", omittingEmptySubsequences: false).compactMap {
      UInt8($0)
    }
    guard bytes.count == 4 else { return nil }
    let width = parts.count > 1 ? Int(parts[1]) ?? 32 : 32
    if width < 31 && bytes[3] < 255 { bytes[3] += 1 }
    return bytes.map(String.init).joined(separator: ".")
  }
}
