/// What the checks look at: read once, shared by all.
struct CheckContext {
  let configuration: Configuration
  let policy: Policy
  let grammar: RestrictionGrammar
  let tables: [TableReference: TableStatus]

  init(_ configuration: Configuration, tables: [TableReference: TableStatus]) {
    self.configuration = configuration
    policy = configuration.policy()
    grammar = configuration.grammar
    self.tables = tables
  }

  /// Every finding once, in the order of the files.
  func findings() -> [Finding] {
    var seen: Set<Finding> = []
    let all: [(CheckContext) -> [Finding]] = [
      checkSyntax, checkExpansion, checkClasses, checkRestrictionNames, checkArguments, checkTables,
      checkRelayProtection, checkTrials, checkValues, checkParameterNames, checkReachability,
      checkHeloRequired, checkOwnUsers, checkDuplicates, checkStages, checkDeadDNSLists,
    ]
    return all.flatMap { $0(self) }.filter { seen.insert($0).inserted }.sorted { left, right in
      (left.location.file.rawValue, left.location.line, left.location.column, left.code)
        < (right.location.file.rawValue, right.location.line, right.location.column, right.code)
    }
  }

  /// Restrictions that are on or on trial, with their list.
  var active: [(list: RestrictionList, service: ServiceID, restriction: Restriction)] {
    policy.services.flatMap { service in
      service.lists.flatMap { list in
        list.restrictions.filter { $0.state != .off }.map { (list, service.service, $0) }
      }
    }
  }

  /// The place of a parameter's definition in main.cf, else the file's start.
  func place(of name: String) -> SourceLocation {
    configuration.main.location(of: name) ?? SourceLocation(file: .main, line: 1)
  }

  /// Where a list is set.
  func place(of list: RestrictionList) -> SourceLocation {
    if let service = list.override {
      return configuration.master.entry(service)?.location ?? place(of: list.originParameter)
    }
    return configuration.main.location(of: list.stage.parameter) ?? place(of: list.originParameter)
  }
}
