/// main.cf and master.cf of one instance together with what the installed Postfix says.
public struct Configuration: Sendable, Hashable {
  public var main: MainCF
  public var master: MasterCF
  public var environment: PostfixEnvironment

  public init(main: MainCF, master: MasterCF, environment: PostfixEnvironment) {
    self.main = main
    self.master = master
    self.environment = environment
  }

  /// The expanded value that a program of `service` would read; the default where nothing sets it,
  /// nil for a name that neither main.cf nor Postfix knows, or that cannot be expanded.
  public func value(of name: String, service: ServiceID? = nil) -> String? {
    source(of: name, service: service).flatMap { try? expander(for: service).expand($0.value) }
  }

  /// The raw value: an override of `service`, main.cf's, or the default.
  public func rawValue(of name: String, service: ServiceID? = nil) -> String? {
    source(of: name, service: service)?.value
  }

  /// True when main.cf or (with `service`) an override sets the parameter.
  public func isSet(_ name: String, service: ServiceID? = nil) -> Bool {
    source(of: name, service: service).map { !$0.isDefault } ?? false
  }

  /// The names in `smtpd_restriction_classes`.
  func classes(for service: ServiceID?) -> Set<String> {
    let value = value(of: "smtpd_restriction_classes", service: service) ?? ""
    return Set(value.utf8.split(whereSeparator: \.isListSeparator).map { String($0) ?? "" })
  }

  /// This configuration with edits carried out one after the other.
  ///
  /// - Throws: ``EditError`` for the first that does not fit.
  public func applying(_ edits: [Edit]) throws(EditError) -> Configuration {
    var result = self
    for edit in edits { try result.apply(edit) }
    return result
  }
}
