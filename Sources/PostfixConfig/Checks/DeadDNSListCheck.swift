/// DNS lists that have closed: they list nobody, or after a change of owner everybody.
@Sendable func deadDNSListCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { _, _, restriction -> Finding? in
    guard let argument = restriction.argument,
      Catalog.restriction(named: restriction.name)?.argument?.hasPrefix("domain") == true,
      let domain = argument.split(separator: "=").first.map(String.init),
      let closed = Catalog.deadDNSList(domain)
    else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "dead-dns-list",
      location: restriction.origin.location,
      message: "the DNS list \(domain) closed in \(closed); remove it",
      fix: [.remove(restriction.target)])
  }
}
