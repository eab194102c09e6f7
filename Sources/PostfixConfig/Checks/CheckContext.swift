/// What the checks look at: read once, shared by all.
struct CheckContext {
  /// A restriction that is on or on trial, with where it stands.
  struct ActiveRestriction {
    var list: RestrictionList
    var service: ServiceID
    var restriction: Restriction
    /// The restriction in front of it that is not off.
    var previous: Restriction?
  }

  let configuration: Configuration
  /// What was there before the draft; nil when no draft is judged.
  let baseline: Configuration?
  let policy: Policy
  let grammar: RestrictionGrammar
  let tables: [TableReference: TableStatus]
  let policyServers: [PolicyServer: PolicyServerStatus]
  let active: [ActiveRestriction]
  /// The names that some value or override refers to.
  let references: Set<String>
  /// The parameters of the catalog and of the installed Postfix: what a misspelt one may be meant for.
  let knownParameters: NearestName.Candidates
  /// What a program without overrides sees.
  let mainScope: Scope
  /// What each smtpd service sees.
  private let scopes: [ServiceID: Scope]
  /// The services with `smtpd_delay_reject = no`.
  private var hasty: Set<ServiceID> = []

  init(
    _ configuration: Configuration, tables: [TableReference: TableStatus],
    policyServers: [PolicyServer: PolicyServerStatus] = [:], baseline: Configuration? = nil
  ) {
    self.configuration = configuration
    self.baseline = baseline
    self.tables = tables
    self.policyServers = policyServers
    policy = configuration.policy()
    grammar = configuration.grammar
    active = Self.active(policy)
    references = referencedNames(configuration)
    let installed = configuration.environment.defaults.keys.filter {
      Catalog.parameter(named: $0) == nil
    }
    knownParameters = NearestName.Candidates(Catalog.parameters.map(\.name) + installed.sorted())
    mainScope = Scope(configuration, entry: nil, grammar: grammar)
    var scopes: [ServiceID: Scope] = [:]
    for (index, entry) in configuration.master.entries.enumerated() {
      scopes[entry.id] = Scope(configuration, entry: index, grammar: grammar)
    }
    self.scopes = scopes
    hasty = Set(
      policy.services.map(\.service).filter {
        value(of: "smtpd_delay_reject", in: $0)?.asciiLowercased == "no"
      })
  }

  private static let checks: [@Sendable (CheckContext) -> [Finding]] = [
    checkSyntax, checkMaster, checkExpansion, checkClasses, checkRestrictionNames, checkArguments,
    checkTables, checkParameterTables, checkProxyTables, checkPolicyServers, checkRelayProtection,
    checkOpenRelay,
    checkNetworks, checkTrials, checkValues, checkReplyCodes, checkParameterNames,
    checkDuplicateDefinitions, checkReachability, checkHeloRequired, checkOwnUsers,
    checkDuplicates, checkStages, checkDelayedReject, checkDNSLists, checkPostscreenLists,
    checkShadowedLists,
  ]

  /// Every finding once, in the order of the files.
  func findings() -> [Finding] {
    struct Key: Hashable {
      var code: String
      var location: SourceLocation
      var message: String
    }
    var seen: Set<Key> = []
    return Self.checks.flatMap { $0(self) }.filter {
      seen.insert(Key(code: $0.code, location: $0.location, message: $0.message)).inserted
    }.sorted { left, right in
      (left.location.file.rawValue, left.location.line, left.location.column, left.code)
        < (right.location.file.rawValue, right.location.line, right.location.column, right.code)
    }
  }

  private static func active(_ policy: Policy) -> [ActiveRestriction] {
    var result: [ActiveRestriction] = []
    for service in policy.services {
      for list in service.lists {
        var previous: Restriction?
        for restriction in list.restrictions where restriction.state != .off {
          result.append(
            ActiveRestriction(
              list: list, service: service.service, restriction: restriction, previous: previous))
          previous = restriction
        }
      }
    }
    return result
  }

  /// What a service sees; main.cf and the defaults for nil.
  func scope(of service: ServiceID?) -> Scope { service.flatMap { scopes[$0] } ?? mainScope }

  /// The expanded value that a service sees; nil for a name that nothing defines.
  func value(of name: String, in service: ServiceID? = nil) -> String? {
    let value = try? scope(of: service).value(of: name)
    return value ?? nil
  }

  /// True when a service reads `yes`.
  func isYes(_ name: String, in service: ServiceID? = nil) -> Bool {
    value(of: name, in: service)?.asciiLowercased == "yes"
  }

  /// True when a service judges client, HELO and sender at RCPT, as is the default.
  func isDelayed(_ service: ServiceID) -> Bool { !hasty.contains(service) }

  /// The place of a parameter's definition in main.cf, else the file's start.
  func place(of name: String) -> SourceLocation {
    configuration.main.location(of: name) ?? SourceLocation(file: .main, line: 1)
  }

  /// Where a service gets a parameter from: its override, else main.cf.
  func place(of name: String, in service: ServiceID?) -> SourceLocation {
    guard let service, let override = configuration.master.entry(service)?.override(of: name) else {
      return place(of: name)
    }
    return configuration.master.text.location(of: override.range.lowerBound, in: .master)
  }

  /// Where a list is set.
  func place(of list: RestrictionList) -> SourceLocation {
    if let service = list.override { return place(of: list.stage.parameter, in: service) }
    return configuration.main.location(of: list.stage.parameter) ?? place(of: list.originParameter)
  }

  /// The service to name in an edit of a parameter: the one that overrides it, else none.
  func owner(of name: String, in service: ServiceID) -> String? {
    configuration.master.entry(service)?.override(of: name).map { _ in service.description }
  }
}

/// The names that the values of main.cf and the overrides of master.cf refer to with `$`.
private func referencedNames(_ configuration: Configuration) -> Set<String> {
  var names: Set<String> = []
  for text in [configuration.main.text, configuration.master.text] {
    for line in 0..<text.lineCount
    where text.kinds[line] == .content || text.kinds[line] == .continuation {
      var range = text.content(of: line)
      while let dollar = text.bytes[range].firstIndex(of: Byte.dollar) {
        var start = dollar + 1
        while start < range.upperBound,
          text.bytes[start] == Byte.leftBrace || text.bytes[start] == Byte.leftParenthesis
            || text.bytes[start].isSpace
        {
          start += 1
        }
        var end = start
        while end < range.upperBound, text.bytes[end].isNameByte { end += 1 }
        if start < end { names.insert(text.string(start..<end)) }
        range = max(dollar + 1, end)..<range.upperBound
      }
    }
  }
  return names
}
