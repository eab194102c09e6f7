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

  /// What every smtpd service does, lists expanded, with origins and states.
  public func policy() -> Policy { Policy() }

  /// The expanded value that a program of `service` would read; the default where nothing sets it,
  /// nil for a name that neither main.cf nor Postfix knows.
  public func value(of name: String, service: ServiceID? = nil) -> String? { nil }

  /// Carries out one edit; the text is unchanged when it throws.
  public mutating func apply(_ edit: Edit) throws(EditError) {}

  /// Every `type:table` that the lists and the parameters of inbound access name.
  public func tableReferences() -> [TableReference] { [] }

  /// The mistakes in this configuration; those absent from `baseline` are marked as added by the draft.
  public func findings(
    tables: [TableReference: TableStatus] = [:], comparedTo baseline: Configuration? = nil
  ) -> [Finding] { [] }
}

/// main.cf, byte for byte.
public struct MainCF: Sendable, Hashable {
  public var bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// master.cf, byte for byte.
public struct MasterCF: Sendable, Hashable {
  public var bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
