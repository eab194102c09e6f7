import PostfixConfig

/// One row of the Settings screen.
public struct ParameterRow: Hashable, Sendable {
  /// The parameter's name.
  public var name: String
  /// What it is set to, `$` not expanded; the default where it is not set.
  public var value: String
  /// What stands there after expansion; nil when nothing was to be expanded.
  public var expanded: String?
  /// The default of the installed Postfix; nil while Postfix was not asked.
  public var standard: String?
  /// Where main.cf sets it; nil for the default.
  public var location: SourceLocation?
  /// Services whose `-o` sets it otherwise, as `submission/inet: yes`.
  public var overrides: [String]
  /// What the catalog knows; nil for a parameter of the user's own.
  public var info: ParameterInfo?
  /// True when the draft changes it.
  public var isEdited = false

  /// True when main.cf sets it.
  public var isSet: Bool { location != nil }
}
