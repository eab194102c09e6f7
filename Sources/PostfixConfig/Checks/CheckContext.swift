/// What every check looks at.
struct CheckContext {
  let configuration: Configuration
  let policy: Policy
  let tables: [TableReference: TableStatus]

  init(_ configuration: Configuration, tables: [TableReference: TableStatus]) {
    self.configuration = configuration
    self.tables = tables
    policy = configuration.policy()
  }

  /// Every restriction of every service that is on or on trial, with the list it stands in; a text
  /// that several services read counts once.
  var restrictions: [(list: RestrictionList, service: ServiceID, restriction: Restriction)] {
    var seen: Set<Place> = []
    var result: [(list: RestrictionList, service: ServiceID, restriction: Restriction)] = []
    for service in policy.services {
      for list in service.lists {
        for restriction in list.restrictions where restriction.state != .off {
          let place = Place(stage: list.stage, target: restriction.target)
          if seen.insert(place).inserted { result.append((list, service.service, restriction)) }
        }
      }
    }
    return result
  }

  private struct Place: Hashable {
    var stage: Stage
    var target: RestrictionTarget
  }

  /// Where a parameter's value stands; line 0 when only the default holds.
  func location(of parameter: String, service: ServiceID? = nil) -> SourceLocation {
    guard let source = configuration.source(of: parameter, service: service) else {
      return SourceLocation(file: .main, line: 0)
    }
    switch source.kind {
    case .main(let definition): return configuration.location(.main, definition.nameStart)
    case .override(_, let override):
      return configuration.location(.master, override.fullRange.lowerBound)
    case .standard: return SourceLocation(file: .main, line: 0)
    }
  }
}

extension Configuration {
  /// Every check; each is a file of its own.
  static let checks: [@Sendable (CheckContext) -> [Finding]] = [
    syntaxCheck, expansionCheck, undefinedReferenceCheck, unknownRestrictionCheck, argumentCheck,
    tableCheck, relayProtectionCheck, openNetworkCheck, parameterValueCheck, replyCodeCheck,
    unknownParameterCheck, unreachableCheck, warnIfRejectCheck, restrictionClassCheck,
    heloRequiredCheck, ownUsersCheck, duplicateCheck, delayRejectCheck, deadDNSListCheck,
  ]

  /// The mistakes in this configuration; those absent from `baseline` are marked as added by the draft.
  ///
  /// - Parameter tables: what the machine says about ``tableReferences()``; what is missing here counts
  ///   as not looked at.
  public func findings(
    tables: [TableReference: TableStatus] = [:], comparedTo baseline: Configuration? = nil
  ) -> [Finding] {
    let context = CheckContext(self, tables: tables)
    var findings = Self.checks.flatMap { $0(context) }
    if let baseline {
      var known: [FindingKey: Int] = [:]
      for finding in baseline.findings(tables: tables) { known[FindingKey(finding), default: 0] += 1 }
      for index in findings.indices {
        let key = FindingKey(findings[index])
        if let count = known[key], count > 0 {
          known[key] = count - 1
        } else {
          findings[index].addedByDraft = true
        }
      }
    }
    return findings.sorted { left, right in
      (left.findingClass.rank, left.location.file.rawValue, left.location.line, left.code)
        < (right.findingClass.rank, right.location.file.rawValue, right.location.line, right.code)
    }
  }
}

/// What makes two findings the same although lines were shifted.
private struct FindingKey: Hashable {
  var code: String
  var message: String
  var file: ConfigFile

  init(_ finding: Finding) {
    code = finding.code
    message = finding.message
    file = finding.location.file
  }
}

extension FindingClass {
  /// Worst first.
  var rank: Int { FindingClass.allCases.firstIndex(of: self) ?? 0 }
}
