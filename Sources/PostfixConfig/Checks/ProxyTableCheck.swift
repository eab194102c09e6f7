/// `proxy:` tables that proxymap may not open: smtpd dies (proxy_read_maps).
///
/// proxymap reads main.cf alone, so a table that only a `-o` override names is not on its list.
func checkProxyTables(_ context: CheckContext) -> [Finding] {
  guard let allowed = context.value(of: "proxy_read_maps") else { return [] }
  let tables = Set(listWords(allowed).filter { $0.hasPrefix("proxy:") })
  return context.active.compactMap { active in
    guard let argument = active.restriction.argument, argument.hasPrefix("proxy:"),
      active.restriction.table != nil, !tables.contains(argument)
    else { return nil }
    return Finding(
      .serverDead, "proxy-not-allowed", at: active.restriction,
      "proxymap may not open \(argument), so smtpd dies: add it to proxy_read_maps, or leave out proxy:"
    )
  }
}
