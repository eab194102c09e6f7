/// What we know of a built-in restriction (Resources/Catalog/restrictions.tsv).
public struct RestrictionInfo: Hashable, Sendable {
  /// How likely it is that a valid server is refused.
  public enum Risk: String, Hashable, Sendable { case none, low, medium, high }

  /// The name as postconf(5) spells it; smtpd ignores the case of ASCII letters.
  public var name: String
  /// The stages in whose list it makes sense, its natural stage first; empty means any.
  public var stages: [Stage]
  /// What stands behind the name, for example `type:table` or `domain`; nil when nothing does.
  public var argument: String?
  /// The current spelling when this one is old.
  public var replacedBy: String?
  /// The first release that knows it; nil when Postfix 1.1 already did.
  public var introduced: PostfixVersion?
  /// The first release that no longer knows it.
  public var removed: PostfixVersion?
  /// True when smtpd needs an answer from DNS to judge, at connect time or later.
  public var needsDNS: Bool
  /// How likely it is that a valid server is refused.
  public var risk: Risk
  /// One sentence: what it does.
  public var summary: String
  /// One sentence: what it may hurt; empty for the permits.
  public var mayHurt: String
  /// True for the strict options that the Gate screen offers as dim `off` rows.
  public var isOffered: Bool

  /// Describes a restriction.
  public init(
    name: String, stages: [Stage] = [], argument: String? = nil, replacedBy: String? = nil,
    introduced: PostfixVersion? = nil, removed: PostfixVersion? = nil, needsDNS: Bool = false,
    risk: Risk, summary: String, mayHurt: String = "", isOffered: Bool = false
  ) {
    self.name = name
    self.stages = stages
    self.argument = argument
    self.replacedBy = replacedBy
    self.introduced = introduced
    self.removed = removed
    self.needsDNS = needsDNS
    self.risk = risk
    self.summary = summary
    self.mayHurt = mayHurt
    self.isOffered = isOffered
  }

  /// Says whether this release of Postfix knows the restriction.
  public func isKnown(to version: PostfixVersion) -> Bool {
    if let introduced, version < introduced { return false }
    if let removed, version >= removed { return false }
    return true
  }

  /// True for what can answer "no" by itself: all but the permits, `defer_if_reject` and `sleep`.
  public var refuses: Bool {
    !name.hasPrefix("permit") && !["warn_if_reject", "defer_if_reject", "sleep"].contains(name)
  }

  /// Reads a row of restrictions.tsv; nil when a column is missing or holds a word we do not know.
  init?(fields: [String]) {
    guard fields.count == 11, !fields[0].isEmpty, let risk = Risk(rawValue: fields[7]) else {
      return nil
    }
    let stageNames = fields[1].split(separator: ",")
    let stages = stageNames.compactMap { Stage(rawValue: String($0)) }
    let introduced = PostfixVersion(fields[4])
    let removed = PostfixVersion(fields[5])
    guard stages.count == stageNames.count,
      (introduced == nil) == fields[4].isEmpty, (removed == nil) == fields[5].isEmpty,
      let needsDNS = Catalog.flag(fields[6]), let isOffered = Catalog.flag(fields[8])
    else { return nil }
    self.init(
      name: fields[0], stages: stages, argument: fields[2].isEmpty ? nil : fields[2],
      replacedBy: fields[3].isEmpty ? nil : fields[3], introduced: introduced, removed: removed,
      needsDNS: needsDNS, risk: risk, summary: fields[9], mayHurt: fields[10],
      isOffered: isOffered)
  }
}
