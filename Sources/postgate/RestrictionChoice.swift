import ArgumentParser
import PostfixConfig
import PostfixHost

/// Finds what a command line means by a restriction, and the edit that brings it into a state.
struct RestrictionChoice {
  var arguments: RestrictionArguments
  var state: RestrictionState
  /// Refuses to put on trial what refuses already.
  var neverWeaken = false

  /// The edit; nil when it is in that state already.
  ///
  /// - Throws: `ValidationError` when it stands in several lists and none was named; ``Failure`` when it is
  ///   no restriction.
  func edit(in configuration: Configuration, of instance: Instance) throws -> Edit? {
    try checkPlace(in: configuration)
    let found = matches(in: configuration.policy())
    let targets = found.reduce(into: [RestrictionTarget]()) { list, match in
      if !list.contains(match.restriction.target) { list.append(match.restriction.target) }
    }
    guard targets.count <= 1 else { throw ValidationError(ambiguity(found)) }
    if let target = targets.first, let restriction = found.first?.restriction {
      if neverWeaken, restriction.state == .on, state != .on {
        throw Failure(
          "\(arguments.restriction) refuses already; a trial would let its mail in, and that needs "
            + "the full postgate")
      }
      return restriction.state == state ? nil : .setState(target, state)
    }
    guard isKnown(to: configuration) else {
      throw unknown(in: configuration, instance.configurationDirectory)
    }
    return state == .off ? nil : try insertion(in: configuration)
  }

  /// A list or a service that does not exist is a mistake, not a reason to do nothing.
  private func checkPlace(in configuration: Configuration) throws {
    let services = configuration.policy().services.map(\.service)
    if let service = arguments.service, !services.contains(ServiceID(service)) {
      throw ValidationError(
        "--service \(service) is no smtpd service; there are: "
          + services.map(\.description).joined(separator: ", "))
    }
    if arguments.list != nil { _ = try stage(in: configuration) }
  }

  private typealias Match = (
    service: ServicePolicy, list: RestrictionList, restriction: Restriction
  )

  private func matches(in policy: Policy) -> [Match] {
    policy.services.filter { isWanted($0) }.flatMap { service in
      service.lists.filter { isWanted($0) }.flatMap { list in
        list.restrictions.filter { isWanted($0) }.map { (service, list, $0) }
      }
    }
  }

  private func isWanted(_ service: ServicePolicy) -> Bool {
    arguments.service.map { ServiceID($0) == service.service } ?? true
  }

  private func isWanted(_ list: RestrictionList) -> Bool {
    arguments.list.map {
      [list.stage.rawValue, list.stage.parameter, list.originParameter].contains($0)
    }
      ?? true
  }

  private func isWanted(_ restriction: Restriction) -> Bool {
    restriction.name.lowercased() == arguments.restriction.lowercased()
      && (arguments.argument == nil || arguments.argument == restriction.argument)
  }

  private func ambiguity(_ found: [Match]) -> String {
    var lists: [String] = []
    for match in found {
      let argument = match.restriction.argument.map { " \($0)" } ?? ""
      let place = match.restriction.origin.override.map { " --service \($0)" } ?? ""
      let text = "--list \(match.restriction.origin.parameter)\(place)\(argument)"
      if !lists.contains(text) { lists.append(text) }
    }
    return
      "\(arguments.restriction) stands in several places; say which: \(lists.joined(separator: ", "))"
  }

  /// A name that Postfix does not know, with the place where it was to stand.
  private func unknown(in configuration: Configuration, _ directory: String) -> Failure {
    let near = Catalog.nearestRestriction(to: arguments.restriction)
    let stage =
      (try? self.stage(in: configuration))
      ?? near.flatMap(Catalog.restriction(named:))?.stages.first
    let list = configuration.policy().services.first?.lists.first { $0.stage == stage }
    let line = list.flatMap { configuration.main.location(of: $0.originParameter)?.line }
    let place = "\(directory)/main.cf" + (line.map { ":\($0)" } ?? "")
    let hint = near.map { "did you mean \($0)?" } ?? "see postgate show and postconf(5)"
    return Failure("\(place): Postfix knows no restriction \(arguments.restriction); \(hint)")
  }

  private func isKnown(to configuration: Configuration) -> Bool {
    let classes = configuration.value(of: "smtpd_restriction_classes") ?? ""
    return Catalog.restriction(named: arguments.restriction) != nil
      || classes.split(whereSeparator: { $0 == "," || $0.isWhitespace })
        .contains(arguments.restriction[...])
  }

  private func insertion(in configuration: Configuration) throws -> Edit {
    let services = configuration.policy().services.map(\.service)
    guard let service = arguments.service.map({ ServiceID($0) }) ?? services.first else {
      throw Failure("there is no smtpd service in master.cf")
    }
    return .insert(
      stage: try stage(in: configuration), service: service.description,
      name: Catalog.restriction(named: arguments.restriction)?.name ?? arguments.restriction,
      argument: arguments.argument, state: state)
  }

  private func stage(in configuration: Configuration) throws -> Stage {
    if let list = arguments.list {
      let named = Stage.allCases.first { $0.rawValue == list || $0.parameter == list }
      let origin = configuration.policy().services.flatMap(\.lists).first {
        $0.originParameter == list
      }
      guard let stage = named ?? origin?.stage else {
        throw ValidationError(
          "--list \(list) is no list; lists are \(Stage.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      return stage
    }
    return Catalog.restriction(named: arguments.restriction)?.stages.first ?? .recipient
  }
}
