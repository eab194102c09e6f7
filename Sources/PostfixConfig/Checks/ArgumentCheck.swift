/// A missing argument, or one that is no `type:table` where a table must stand.
@Sendable func argumentCheck(_ context: CheckContext) -> [Finding] {
  context.restrictions.compactMap { _, _, restriction -> Finding? in
    guard let wanted = Catalog.restriction(named: restriction.name)?.argument,
      restriction.name.lowercased() != "warn_if_reject"
    else { return nil }
    guard let argument = restriction.argument, !argument.isEmpty else {
      return missing(wanted, restriction)
    }
    if wanted.hasPrefix("type:table"), !argument.contains(":"), !argument.hasPrefix("{") {
      return Finding(
        severity: .error, findingClass: .everyoneDeferred, code: "not-a-table",
        location: restriction.origin.location,
        message: "\(restriction.name) needs a type:table such as hash:\(argument), not \"\(argument)\": "
          + "everyone gets 451 4.3.5")
    }
    return nil
  }
}

private func missing(_ wanted: String, _ restriction: Restriction) -> Finding {
  // smtpd only warns about a DNS list without a domain; the others are configuration errors.
  let isSkipped = wanted.hasPrefix("domain")
  return Finding(
    severity: isSkipped ? .warning : .error,
    findingClass: isSkipped ? .silentlyNotEnforced : .everyoneDeferred, code: "missing-argument",
    location: restriction.origin.location,
    message: "\(restriction.name) lacks its argument (\(wanted)), so "
      + (isSkipped ? "it is skipped" : "everyone gets 451 4.3.5") + "; add it or remove the restriction")
}
