/// DNS lists that have closed, and lists used for the opposite of what they say.
func checkDNSLists(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    let restriction = active.restriction
    guard let argument = restriction.argument,
      Catalog.restriction(named: restriction.name)?.argument?.hasPrefix("domain") == true
    else { return nil }
    let entry = DNSListEntry(argument)
    if let closed = Catalog.deadDNSList(entry.domain) {
      return Finding(
        .silentlyNotEnforced, "dead-dns-list", at: restriction,
        "the DNS list \(entry.domain) closed in \(closed): remove it",
        fix: context.removal(of: restriction))
    }
    let permits = restriction.name.asciiLowercased.hasPrefix("permit")
    switch Catalog.dnsListKind(entry.domain) {
    case .block where permits:
      return Finding(
        .silentlyNotEnforced, "block-list-permits", at: restriction,
        "\(entry.domain) lists senders of spam, and \(restriction.name) lets them past the rest of the list: use reject_rbl_client, or a list of good senders",
        fix: context.removal(of: restriction))
    case .allow where !permits:
      return Finding(
        .hurtsOwnUsers, "allow-list-rejects", at: restriction,
        "\(entry.domain) lists good senders, and \(restriction.name) refuses their mail: use permit_dnswl_client, or a list of bad senders",
        fix: context.removal(of: restriction))
    case .allow where entry.filter == nil:
      return Finding(
        .style, "unfiltered-allow-list", at: restriction,
        "without a filter \(restriction.name) \(entry.domain) also takes the list's error answers for a yes: add one such as =127.0.[2..14].[1..3]"
      )
    case .allow, .block, nil: return nil
    }
  }
}
