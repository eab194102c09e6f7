/// `proxy:` tables that proxymap may not open (proxy_read_maps): smtpd dies, or from 3.11 on answers 451 to
/// whoever is looked up.
///
/// proxymap reads main.cf alone, so a table that only a `-o` override names is not on its list.
func checkProxyTables(_ context: CheckContext) -> [Finding] {
  // The value names nearly every list there is: it is read only where it matters.
  guard context.active.contains(where: { $0.restriction.argument?.hasPrefix("proxy:") == true }),
    let allowed = context.value(of: "proxy_read_maps")
  else { return [] }
  let survives = context.configuration.environment.version >= PostfixVersion(major: 3, minor: 11)
  let effect = survives ? "so smtpd defers everybody" : "so smtpd dies"
  let tables = Set(listWords(allowed).filter { $0.hasPrefix("proxy:") })
  return context.active.compactMap { active in
    guard let argument = active.restriction.argument, argument.hasPrefix("proxy:"),
      active.restriction.table != nil, !tables.contains(argument)
    else { return nil }
    return Finding(
      survives ? .everyoneDeferred : .serverDead, "proxy-not-allowed", at: active.restriction,
      "proxymap may not open \(argument), \(effect): add it to proxy_read_maps, or leave out proxy:"
    )
  }
}
