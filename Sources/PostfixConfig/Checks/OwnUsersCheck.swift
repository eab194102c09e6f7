/// Lists that may refuse own networks or signed-in users: no permit before a strict check.
func checkOwnUsers(_ context: CheckContext) -> [Finding] {
  context.policy.services.flatMap { service in
    OwnGroup.allCases.flatMap { group -> [Finding] in
      guard group.uses(service, context) else { return [] }
      return service.lists.filter { $0.stage != .etrn }.flatMap { list in
        group.refusals(in: list, of: service.service, context)
      }
    }
  }
}

private enum OwnGroup: CaseIterable {
  case networks, signedIn

  private var permit: String {
    self == .networks ? "permit_mynetworks" : "permit_sasl_authenticated"
  }

  /// Whether these people are meant to send through a service at all.
  func uses(_ service: ServicePolicy, _ context: CheckContext) -> Bool {
    switch self {
    case .networks: !service.demandsSignIn
    case .signedIn: context.isYes("smtpd_sasl_auth_enable", in: service.service)
    }
  }

  func refusals(
    in list: RestrictionList, of service: ServiceID, _ context: CheckContext
  ) -> [Finding] {
    let isEarly =
      (list.stage == .client || list.stage == .helo)
      && context.value(of: "smtpd_delay_reject", in: service)?.asciiLowercased == "no"
    var findings: [Finding] = []
    for restriction in list.restrictions where restriction.state != .off {
      guard restriction.isReachable, !permits(restriction, isEarly: isEarly) else { break }
      guard restriction.mayRefuseOwnUsers else { continue }
      findings.append(finding(restriction, list, service, isEarly, context))
    }
    return findings
  }

  private func permits(_ restriction: Restriction, isEarly: Bool) -> Bool {
    switch restriction.name.asciiLowercased {
    case "permit": true
    case "permit_mynetworks", "permit_inet_interfaces": self == .networks
    // Nobody has signed in yet when the client has only connected or said HELO.
    case "permit_sasl_authenticated": self == .signedIn && !isEarly
    default: false
    }
  }

  private func finding(
    _ restriction: Restriction, _ list: RestrictionList, _ service: ServiceID, _ isEarly: Bool,
    _ context: CheckContext
  ) -> Finding {
    let people = self == .networks ? "your own networks" : "signed-in users"
    let tooEarly = self == .signedIn && isEarly
    let remedy =
      tooEarly
      ? "nobody has signed in yet at that time: set smtpd_delay_reject = yes"
      : "put \(permit) before it"
    let fix =
      tooEarly
      ? [
        Edit.setParameter(
          name: "smtpd_delay_reject", value: "yes",
          service: context.owner(of: "smtpd_delay_reject", in: service))
      ] : context.moving(permit, inFrontOf: restriction, list, service)
    var finding = Finding(
      .hurtsOwnUsers, "own-users-rejected", at: restriction,
      "\(restriction.name) in \(list.originParameter) may refuse \(people), whom no \(permit) before it lets pass: \(remedy)",
      fix: fix)
    finding.subject += "\u{0}\(people)"
    return finding
  }
}

extension ServicePolicy {
  /// True for a port that its own overrides close to all who have not signed in, as submission.
  fileprivate var demandsSignIn: Bool {
    lists.contains { list in
      guard list.override != nil, [.client, .relay, .recipient].contains(list.stage) else {
        return false
      }
      let names = list.restrictions.filter { $0.state == .on && $0.isReachable }.map {
        $0.name.asciiLowercased
      }
      guard let end = names.firstIndex(of: "reject") else { return false }
      let permits = names[..<end].filter { $0.hasPrefix("permit") }
      return permits.contains("permit_sasl_authenticated") && !permits.contains("permit_mynetworks")
    }
  }
}

extension Restriction {
  fileprivate var mayRefuseOwnUsers: Bool {
    guard state == .on else { return false }
    let lower = name.asciiLowercased
    switch lower {
    case "reject", "defer", "reject_unauth_destination", "defer_unauth_destination": return true
    default: break
    }
    // The login checks are meant for signed-in users, and work only before their permit.
    guard lower.hasPrefix("reject_"), !lower.hasSuffix("_login_mismatch") else { return false }
    let risk = Catalog.restriction(named: name)?.risk
    return risk == .high || risk == .medium
  }
}
