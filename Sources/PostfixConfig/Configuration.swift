/// main.cf and master.cf of one instance together with what the installed Postfix says.
public struct Configuration: Sendable, Hashable {
  /// The document main.cf.
  public var main: MainCF
  /// The document master.cf.
  public var master: MasterCF
  /// What the installed Postfix says about itself.
  public var environment: PostfixEnvironment

  /// Creates the value from its parts.
  public init(main: MainCF, master: MasterCF, environment: PostfixEnvironment) {
    self.main = main
    self.master = master
    self.environment = environment
  }

  /// What every smtpd service does, lists expanded, with origins and states.
  public func policy() -> Policy {
    var builder = PolicyBuilder(self)
    return builder.policy()
  }

  /// The expanded value that a program of `service` would read; the default where nothing sets it,
  /// nil for a name that neither main.cf nor Postfix knows, or whose expansion fails.
  public func value(of name: String, service: ServiceID? = nil) -> String? {
    let value = try? Scope(self, service: service).value(of: name)
    return value ?? nil
  }

  /// Carries out several edits in order; throws at the first that does not fit.
  public func applying(_ edits: [Edit]) throws(EditError) -> Configuration {
    var result = self
    for edit in edits { try result.apply(edit) }
    return result
  }

  /// Every `type:table` that the lists of the services and the parameters of inbound mail name, each once.
  public func tableReferences() -> [TableReference] {
    var seen: Set<TableReference> = []
    var result: [TableReference] = []
    for service in policy().services {
      for list in service.lists {
        for restriction in list.restrictions where restriction.state != .off {
          guard let table = restriction.table, seen.insert(table).inserted else { continue }
          result.append(table)
        }
      }
    }
    for use in parameterTables() where seen.insert(use.table).inserted { result.append(use.table) }
    return result
  }
}

extension Restriction {
  /// The table that an access check looks in; nil for other restrictions.
  var table: TableReference? {
    guard let argument, Catalog.restriction(named: name)?.argument?.hasPrefix("type:table") == true
    else { return nil }
    return TableReference(text: argument)
  }
}
