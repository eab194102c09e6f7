/// Lists that let a stranger send to foreign domains although smtpd starts.
///
/// Every list must pass before smtpd accepts, so one list that refuses foreign destinations before it
/// permits a stranger is enough (SMTPD_RELAY_README).
func checkOpenRelay(_ context: CheckContext) -> [Finding] {
  context.policy.services.flatMap { service -> [Finding] in
    let isDelayed = context.isDelayed(service.service)
    let stages: Set<Stage> =
      isDelayed ? [.client, .helo, .sender, .relay, .recipient] : [.relay, .recipient]
    let lists = service.lists.filter { stages.contains($0.stage) }
    // Without any that works smtpd does not even start, which another check says.
    let isProtected = lists.contains { list in
      list.restrictions.contains { $0.protectsFromRelay && $0.state == .on && $0.isReachable }
    }
    guard isProtected else { return [] }
    let version = context.configuration.environment.version
    let passes = lists.map { passage($0, version) }
    guard passes.allSatisfy({ $0 != .closed }) else { return [] }
    return passes.compactMap { passage in
      guard case .through(let restriction, let why, let isCertain) = passage else { return nil }
      return Finding(
        .openToStrangers, "open-relay", at: restriction,
        "\(why), and nothing before it refuses foreign destinations, so strangers can relay through \(service.service): put reject_unauth_destination before it",
        severity: isCertain ? .error : .warning)
    }
  }
}

/// How a stranger with a foreign recipient leaves a list.
private enum Passage: Equatable {
  case closed, end
  case through(Restriction, why: String, isCertain: Bool)
}

private func passage(_ list: RestrictionList, _ version: PostfixVersion) -> Passage {
  for restriction in list.restrictions where restriction.state != .off && restriction.isReachable {
    // A name that this release has no more, or not yet: 451 for whoever reaches it.
    let info = Catalog.restriction(named: restriction.name)
    if restriction.state == .on, info?.isKnown(to: version) == false { return .closed }
    if restriction.protectsFromRelay, restriction.state == .on { return .closed }
    switch restriction.name.asciiLowercased {
    case "permit":
      return .through(restriction, why: "permit lets everyone pass", isCertain: true)
    case "permit_naked_ip_address":
      return .through(
        restriction, why: "permit_naked_ip_address lets whoever says an address as HELO pass",
        isCertain: true)
    case let name where name.hasPrefix("check_") && name.hasSuffix("_access"):
      guard let access = StrangerAccess(restriction) else { continue }
      return .through(restriction, why: access.why, isCertain: access.isCertain)
    default: continue
    }
  }
  return .end
}

/// An access table that may say OK to what a stranger chooses.
private struct StrangerAccess {
  var why: String
  var isCertain: Bool

  /// Nil when the table cannot let a stranger pass, as far as the configuration tells.
  init?(_ restriction: Restriction) {
    guard let table = restriction.table else { return nil }
    if let answer = table.constantAnswer {
      guard Self.permits(answer) else { return nil }
      why = "\(restriction.name) \(restriction.argument ?? "") lets everyone pass"
      isCertain = true
      return
    }
    // The client chooses these freely; addresses and verified names are facts.
    guard ["check_helo_access", "check_sender_access"].contains(restriction.name.asciiLowercased)
    else { return nil }
    why = "an OK in \(table.type):\(table.name) lets whoever says that name pass"
    isCertain = false
  }

  /// The results of access(5) that end a list with acceptance.
  private static func permits(_ answer: String) -> Bool {
    ["ok", "relay", "permit"].contains(answer.asciiLowercased)
      || !answer.isEmpty && answer.utf8.allSatisfy(\.isDigit)
        && !answer.hasPrefix("4") && !answer.hasPrefix("5")
  }
}

extension TableReference {
  /// What the table answers to every key: `static:` with or without braces.
  fileprivate var constantAnswer: String? {
    guard type == "static" else { return nil }
    guard name.hasPrefix("{"), name.hasSuffix("}") else { return name }
    let inner = name.dropFirst().dropLast()
    return String(inner.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
