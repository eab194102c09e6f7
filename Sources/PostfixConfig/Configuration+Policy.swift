extension Configuration {
  /// What every smtpd service does, lists expanded, with origins and states.
  public func policy() -> Policy {
    let users = originUsers()
    return Policy(services: master.smtpdServices.map { servicePolicy($0, users: users) })
  }

  private func servicePolicy(
    _ service: ServiceID, users: [OriginKey: [ListUse]]
  ) -> ServicePolicy {
    ServicePolicy(
      service: service, tag: value(of: "syslog_name", service: service) ?? "postfix",
      lists: stageOrder(service).map { list($0, service: service, users: users) })
  }

  /// Relay before recipient, unless the administrator or the compatibility level says otherwise.
  private func stageOrder(_ service: ServiceID) -> [Stage] {
    let relayFirst =
      value(of: "smtpd_relay_before_recipient_restrictions", service: service)?.lowercased() ?? "yes"
    guard relayFirst == "no" else { return Stage.allCases }
    return [.client, .helo, .sender, .recipient, .relay, .data, .endOfData, .etrn]
  }

  private func list(
    _ stage: Stage, service: ServiceID, users: [OriginKey: [ListUse]]
  ) -> RestrictionList {
    var walk = ListWalk(configuration: self, service: service, stage: stage)
    walk.visit(stage.parameter)
    var restrictions = walk.restrictions
    let use = ListUse(stage: stage, service: service)
    for index in restrictions.indices {
      let origin = restrictions[index].origin
      let key = OriginKey(parameter: origin.parameter, override: origin.override)
      restrictions[index].origin.usedBy = (users[key] ?? []).filter { $0 != use }.map(\.description)
    }
    let origin = originParameter(of: stage.parameter, service: service)
    let source = source(of: origin, service: service)
    return RestrictionList(
      stage: stage, originParameter: origin, override: source?.override,
      isDefault: source?.isDefault ?? true, restrictions: restrictions)
  }

  /// Follows `smtpd_helo_restrictions = $mua_helo_restrictions` to the parameter that holds the text.
  func originParameter(of parameter: String, service: ServiceID?) -> String {
    var name = parameter
    for _ in 0..<20 {
      guard let source = source(of: name, service: service), !source.isDefault else { return name }
      let items = listText(of: source, service: service).items
      guard items.count == 1, let next = items[0].reference,
        let followed = self.source(of: next, service: service), !followed.isDefault
      else { return name }
      name = next
    }
    return name
  }

  /// Which lists of which services read each text.
  private func originUsers() -> [OriginKey: [ListUse]] {
    var users: [OriginKey: [ListUse]] = [:]
    for service in master.smtpdServices {
      for stage in Stage.allCases {
        var walk = ListWalk(configuration: self, service: service, stage: stage)
        walk.visit(stage.parameter)
        for key in walk.visited {
          users[key, default: []].append(ListUse(stage: stage, service: service))
        }
      }
    }
    return users
  }
}

/// A text that holds restrictions: a parameter of main.cf or an override.
struct OriginKey: Hashable {
  var parameter: String
  var override: ServiceID?
}

/// A list of a service.
struct ListUse: Hashable, CustomStringConvertible {
  var stage: Stage
  var service: ServiceID

  var description: String { "\(stage.parameter) of \(service)" }
}
