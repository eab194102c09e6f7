import CatalogData

/// What we know of a built-in restriction (Resources/Catalog/restrictions.tsv).
public struct RestrictionInfo: Hashable, Sendable {
  /// How likely it is that a valid server is refused.
  public enum Risk: String, Hashable, Sendable { case none, low, medium, high }

  public var name: String
  /// The stages in whose list it makes sense; empty means any.
  public var stages: [Stage]
  /// What stands behind the name, for example `type:table` or `domain`; nil when nothing does.
  public var argument: String?
  /// The current spelling when this one is old.
  public var replacedBy: String?
  public var introduced: PostfixVersion?
  /// The first release that no longer knows it.
  public var removed: PostfixVersion?
  public var needsDNS: Bool
  public var risk: Risk
  /// One sentence: what it does.
  public var summary: String
  /// One sentence: what it may hurt.
  public var mayHurt: String
  /// True for the strict options that the Gate screen offers as dim `off` rows.
  public var isOffered: Bool
}

/// What we know of a parameter (Resources/Catalog/parameters.tsv).
public struct ParameterInfo: Hashable, Sendable {
  /// How Postfix reads the value.
  public enum Kind: Hashable, Sendable {
    case restrictionList, bool, string, list
    case integer(min: Int?, max: Int?)
    case time(min: Int?)
    case size
    case replyCode(min: Int?, max: Int?)
    case choice([String])
  }

  public var name: String
  public var kind: Kind
  public var introduced: PostfixVersion?
  /// `reload`, or `stop and start`.
  public var activation: String
  public var summary: String
  public var mayHurt: String
}
