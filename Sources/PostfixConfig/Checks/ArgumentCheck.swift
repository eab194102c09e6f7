/// Arguments that are missing, superfluous, or not what the restriction takes (smtpd_check.c).
func checkArguments(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    let restriction = active.restriction
    guard restriction.isReachable else { return nil }
    guard let wanted = Catalog.restriction(named: restriction.name)?.argument else {
      return superfluousArgument(active, context)
    }
    let argument = restriction.argument
    if argument == nil || argument.map(isRestriction) == true {
      return missingArgument(active, wanted, context)
    }
    return argument.flatMap { fault(of: $0, behind: restriction, wanted: wanted) }
  }
}

/// True for a word that can only be meant as a restriction of its own.
private func isRestriction(_ word: String) -> Bool {
  !word.utf8.contains(Byte.colon) && Catalog.restriction(named: word) != nil
}

private func missingArgument(
  _ active: CheckContext.ActiveRestriction, _ wanted: String, _ context: CheckContext
) -> Finding {
  let restriction = active.restriction
  let isDNSList = wanted.hasPrefix("domain")
  let effect =
    isDNSList ? "smtpd skips it" : "smtpd defers everyone who reaches it"
  return Finding(
    isDNSList ? .silentlyNotEnforced : .everyoneDeferred, "missing-argument", at: restriction,
    "\(restriction.name) needs \(wanted) behind it, without it \(effect): add it",
    severity: .error, fix: restriction.argument == nil ? context.removal(of: restriction) : [])
}

/// A word that smtpd takes for a restriction though it was meant as the argument of the one before.
private func superfluousArgument(
  _ active: CheckContext.ActiveRestriction, _ context: CheckContext
) -> Finding? {
  let restriction = active.restriction
  guard context.grammar.shape(of: restriction.name) == .unknown, !restriction.name.hasPrefix("#"),
    let previous = active.previous, previous.argument == nil,
    previous.origin.parameter == restriction.origin.parameter,
    let info = Catalog.restriction(named: previous.name), info.argument == nil,
    restriction.name.utf8.contains(where: { !$0.isNameByte })
  else { return nil }
  return Finding(
    .everyoneDeferred, "superfluous-argument", at: restriction,
    "\(previous.name) takes no argument, so smtpd reads \(restriction.name) as a restriction that it does not know and defers everyone: remove it",
    fix: context.removal(of: restriction))
}

/// What is wrong with an argument that is there.
private func fault(
  of argument: String, behind restriction: Restriction, wanted: String
) -> Finding? {
  let name = restriction.name.asciiLowercased
  if wanted.hasPrefix("type:table"), !argument.hasPrefix("{"), TableReference(text: argument) == nil
  {
    return Finding(
      .everyoneDeferred, "map-without-type", at: restriction,
      "\(argument) behind \(restriction.name) has no type, so everyone is deferred: write hash:\(argument) or another type",
      fix: argument.hasPrefix("/") ? [.setArgument(restriction.target, "hash:\(argument)")] : [])
  }
  if name == "sleep", !argument.utf8.allSatisfy(\.isDigit) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    return Finding(
      .everyoneDeferred, "bad-argument", at: restriction,
      "sleep takes seconds in digits only, and defers everyone otherwise: write sleep \(digits.isEmpty ? "1" : digits)",
      fix: digits.isEmpty ? [] : [.setArgument(restriction.target, String(digits))])
  }
  if name == "check_policy_service", let reason = PolicyServer.fault(in: argument) {
    return Finding(
      .serverDead, "bad-argument", at: restriction,
      "smtpd does not start with \(argument) behind check_policy_service: \(reason)")
  }
  if wanted.hasPrefix("domain"), let reason = DNSListEntry(argument).filterFault {
    return Finding(
      .serverDead, "bad-argument", at: restriction,
      "smtpd dies when it asks \(argument): \(reason)")
  }
  return nil
}
