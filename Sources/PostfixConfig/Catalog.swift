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

/// Stand-in until the catalog's rows are merged.
public enum Catalog {
  static let withArgument: Set<String> = ["reject_rbl_client", "check_client_access", "check_helo_access", "check_sender_access", "check_recipient_access", "check_policy_service", "warn_if_reject"]
  public static func restriction(named name: String) -> RestrictionInfo? {
    let lower = name.lowercased()
    guard lower.hasPrefix("reject") || lower.hasPrefix("permit") || lower.hasPrefix("defer") || lower.hasPrefix("check_") || lower == "warn_if_reject" else { return nil }
    return RestrictionInfo(name: lower, stages: [], argument: withArgument.contains(lower) ? "x" : nil, needsDNS: lower.contains("unknown"), risk: .low, summary: "", mayHurt: "", isOffered: false)
  }
}
