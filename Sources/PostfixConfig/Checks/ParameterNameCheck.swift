/// Names in main.cf and in overrides that Postfix does not know and nothing refers to.
func checkParameterNames(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  let master = context.configuration.master
  let databases = databases(context)
  var findings = main.parameterNames.compactMap { name in
    nameFault(name, databases, context, at: context.place(of: name), service: nil)
  }
  for entry in master.entries {
    findings += entry.overrides.compactMap { override in
      nameFault(
        override.name, databases, context,
        at: master.text.location(of: override.range.lowerBound, in: .master), service: entry.id)
    }
  }
  return findings
}

private func nameFault(
  _ name: String, _ databases: Set<Substring>, _ context: CheckContext, at location: SourceLocation,
  service: ServiceID?
) -> Finding? {
  let environment = context.configuration.environment
  guard environment.defaults[name] == nil, !context.references.contains(name),
    !context.grammar.classes.contains(name)
  else { return nil }
  let fix = [Edit.resetParameter(name: name, service: service?.description)]
  let subject = "\(service?.description ?? "") \(name)"
  if let info = Catalog.parameter(named: name) {
    // Without the defaults of an installed Postfix nothing can be said.
    guard environment.defaults.count > 100 else { return nil }
    let window =
      info.introduced.map { $0 > environment.version } == true
      ? "needs Postfix \(info.introduced?.short ?? "")" : "is not known any more"
    return Finding(
      .silentlyNotEnforced, "newer-parameter", at: location,
      "\(name) \(window), and \(environment.version), which is installed, ignores it: remove it",
      about: subject, fix: fix)
  }
  guard !isOwned(name, databases, context) else { return nil }
  guard let nearest = NearestName.find(name, among: context.knownParameters) else {
    return Finding(
      .silentlyNotEnforced, "unused-parameter", at: location,
      "nothing uses \(name), which is no parameter of Postfix: remove it, or refer to it as $\(name)",
      about: subject, fix: fix)
  }
  return Finding(
    .silentlyNotEnforced, "unknown-parameter", at: location,
    "Postfix has no parameter \(name) and ignores it: did you mean \(nearest)?", about: subject,
    fix: correction(name, to: nearest, context, service))
}

/// Gives a misspelt parameter its proper name, unless that one is set already.
private func correction(
  _ name: String, to nearest: String, _ context: CheckContext, _ service: ServiceID?
) -> [Edit] {
  let main = context.configuration.main
  let override = service.flatMap { context.configuration.master.entry($0)?.override(of: name) }
  let isSet =
    service.map { context.configuration.master.entry($0)?.override(of: nearest) != nil }
    ?? (main.location(of: nearest) != nil)
  guard !isSet, let value = service == nil ? main.rawValue(of: name) : override?.value else {
    return []
  }
  return [
    .resetParameter(name: name, service: service?.description),
    .setParameter(name: nearest, value: value, service: service?.description),
  ]
}

/// The databases that tables are named after: `ldapusers` in `ldap:ldapusers`, to which parameters as
/// `ldapusers_server_host` belong (ldap_table(5)).
func databases(_ context: CheckContext) -> Set<Substring> {
  var names: Set<Substring> = []
  let types = ["ldap", "mysql", "pgsql", "sqlite", "memcache", "mongodb"].map { Array($0.utf8) }
  for bytes in [context.configuration.main.bytes, context.configuration.master.bytes] {
    for colon in bytes.indices where bytes[colon] == Byte.colon {
      let type = bytes[..<colon].suffix(while: \.isNameByte)
      guard types.contains(where: { $0.elementsEqual(type) }) else { continue }
      let name = bytes[(colon + 1)...].prefix(while: \.isNameByte)
      if !name.isEmpty { names.insert(Substring(decoding: name, as: UTF8.self)) }
    }
  }
  return names
}

extension ArraySlice {
  /// The last elements that all satisfy a condition.
  fileprivate func suffix(while isPart: (Element) -> Bool) -> ArraySlice {
    var start = endIndex
    while start > startIndex, isPart(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}

/// True for a parameter that exists because a service or a database of that name does (postconf(1)).
func isOwned(_ name: String, _ databases: Set<Substring>, _ context: CheckContext) -> Bool {
  let isService = serviceSuffixes.contains { suffix in
    guard name.hasSuffix(suffix) else { return false }
    let owner = name.dropLast(suffix.count)
    return context.configuration.master.entries.contains { $0.id.name == owner }
  }
  guard !isService else { return true }
  var end = name.startIndex
  while let underscore = name[end...].firstIndex(of: "_") {
    if databases.contains(name[..<underscore]) { return true }
    end = name.index(after: underscore)
  }
  return false
}

/// What postconf(5) appends to the name of a transport or of a spawned service.
private let serviceSuffixes: Set<String> = [
  "_delivery_slot_cost", "_delivery_slot_discount", "_delivery_slot_loan",
  "_destination_concurrency_failed_cohort_limit", "_destination_concurrency_limit",
  "_destination_concurrency_negative_feedback", "_destination_concurrency_positive_feedback",
  "_destination_rate_delay", "_destination_recipient_limit", "_extra_recipient_limit",
  "_initial_destination_concurrency", "_minimum_delivery_slots", "_recipient_limit",
  "_recipient_refill_delay", "_recipient_refill_limit", "_time_limit", "_transport_rate_delay",
]

extension PostfixVersion {
  /// `3.9`.
  var short: String { "\(major).\(minor)" }
}
