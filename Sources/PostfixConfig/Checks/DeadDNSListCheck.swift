/// DNS lists that have closed: they answer nothing, or list everyone.
func checkDeadDNSLists(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { _, _, restriction in
    guard let argument = restriction.argument,
      Catalog.restriction(named: restriction.name)?.argument?.hasPrefix("domain") == true
    else { return nil }
    let domain = argument.prefix { $0 != "=" }
    guard let closed = Catalog.deadDNSList(String(domain)) else { return nil }
    return Finding(
      severity: .warning, findingClass: .silentlyNotEnforced, code: "dead-dns-list",
      location: restriction.origin.location,
      message: "the DNS list \(domain) closed in \(closed): remove it",
      fix: [.remove(restriction.target)])
  }
}
