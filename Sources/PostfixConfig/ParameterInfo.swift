/// What we know of a parameter (Resources/Catalog/parameters.tsv).
public struct ParameterInfo: Hashable, Sendable {
  /// How Postfix reads the value; a bound that is nil is one that Postfix does not check.
  public enum Kind: Hashable, Sendable {
    /// Restrictions of smtpd (`restrictionList`), `yes` or `no`, free text, names or tables.
    case restrictionList, bool, string, list
    /// A number between the bounds, both included.
    case integer(min: Int?, max: Int?)
    /// A duration; the bounds are in seconds.
    case time(min: Int?, max: Int?)
    /// A number of bytes.
    case size
    /// A release such as 3.6, whose defaults are wanted.
    case level
    /// The same before 3.6, a number; where the dot of a later release's level is taken, it and what
    /// follows are ignored.
    case earlyLevel(takesDot: Bool)
    /// A reply code of SMTP that smtpd can use without failing, both bounds included.
    case replyCode(min: Int?, max: Int?)
    /// One of these words; an empty one means that the value may be empty.
    case choice([String])
    /// Any number of these words.
    case words([String])
  }

  /// The name, whose case matters.
  public var name: String
  /// How Postfix reads the value.
  public var kind: Kind
  /// The first release that knows it; nil when Postfix 1.1 or an older one did.
  public var introduced: PostfixVersion?
  /// The first release that no longer knows it.
  public var removed: PostfixVersion?
  /// `reload`, or `stop and start`.
  public var activation: String
  /// The default of Postfix 3.7, or of the release that introduced it, before `$` is expanded; nil
  /// where Postfix computes it from the machine. What is installed answers for itself:
  /// ``PostfixEnvironment/defaults``.
  public var standard: String?
  /// One sentence: what it sets.
  public var summary: String
  /// One sentence: what it may hurt; empty when nothing is to be feared.
  public var mayHurt: String
  /// How likely it is that a strict or wrong value refuses or loses good mail.
  public var risk: RestrictionInfo.Risk
  private var changed: ChangedDefault?
  /// What a release must have to take a word of a choice: the first version, or a parameter that came
  /// with it.
  private var conditions: [String: String] = [:]

  private struct ChangedDefault: Hashable, Sendable {
    var since: PostfixVersion
    var value: String

    /// Reads `3.9:yes`.
    init?(_ text: String) {
      guard let colon = text.firstIndex(of: ":"), let since = PostfixVersion(String(text[..<colon]))
      else { return nil }
      self.since = since
      value = String(text[text.index(after: colon)...])
    }
  }

  /// Describes a parameter.
  public init(
    name: String, kind: Kind, introduced: PostfixVersion? = nil, removed: PostfixVersion? = nil,
    activation: String = "reload", standard: String? = nil, summary: String, mayHurt: String = "",
    risk: RestrictionInfo.Risk = .none
  ) {
    self.name = name
    self.kind = kind
    self.introduced = introduced
    self.removed = removed
    self.activation = activation
    self.standard = standard
    self.summary = summary
    self.mayHurt = mayHurt
    self.risk = risk
  }

  /// The default of a release, before `$` is expanded; nil where Postfix computes it.
  public func standard(in version: PostfixVersion) -> String? {
    if let changed, version >= changed.since { return changed.value }
    return standard
  }

  /// Says whether this release of Postfix knows the parameter.
  ///
  /// Security fixes were also given to older releases (3.9's `smtpd_forbid_…` from 3.5.20, 3.6.10 and
  /// 3.7.9 on), which no version number tells: where ``PostfixEnvironment/defaults`` are known, they decide.
  public func isKnown(to version: PostfixVersion) -> Bool {
    if let introduced, version < introduced { return false }
    if let removed, version >= removed { return false }
    return true
  }

  /// How a release reads the value: without the words of a choice that it does not take.
  public func kind(in environment: PostfixEnvironment) -> Kind {
    switch kind {
    case .choice(let words):
      return .choice(
        words.filter { word in
          guard let condition = conditions[word] else { return true }
          return PostfixVersion(condition).map { environment.version >= $0 }
            ?? (environment.defaults[condition] != nil)
        })
    case .level where environment.version < PostfixVersion(major: 3, minor: 6):
      // From 3.5.11 on a main.cf of a later release will do (mail_params_init).
      return .earlyLevel(
        takesDot: environment.version >= PostfixVersion(major: 3, minor: 5, patch: 11))
    default: return kind
    }
  }

  /// Reads a row of parameters.tsv; nil when a column is missing or holds a word we do not know.
  init?(fields: [String]) {
    guard fields.count == 10, !fields[0].isEmpty,
      let (kind, conditions) = Kind.conditional(catalogText: fields[1]),
      ["reload", "stop and start"].contains(fields[4]),
      let risk = RestrictionInfo.Risk(rawValue: fields[9])
    else { return nil }
    let introduced = PostfixVersion(fields[2])
    let removed = PostfixVersion(fields[3])
    guard (introduced == nil) == fields[2].isEmpty, (removed == nil) == fields[3].isEmpty else {
      return nil
    }
    self.init(
      name: fields[0], kind: kind, introduced: introduced, removed: removed, activation: fields[4],
      standard: fields[5] == "computed" ? nil : fields[5], summary: fields[7], mayHurt: fields[8],
      risk: risk)
    self.conditions = conditions
    changed = ChangedDefault(fields[6])
    guard (changed == nil) == fields[6].isEmpty else { return nil }
  }
}

extension ParameterInfo.Kind {
  /// Reads the column `kind` where words may have a condition: `choice:no|yes|note@3.9`.
  fileprivate static func conditional(
    catalogText text: String
  ) -> (kind: Self, conditions: [String: String])? {
    var conditions: [String: String] = [:]
    let plain = text.split(separator: "|", omittingEmptySubsequences: false).map { part in
      guard let at = part.firstIndex(of: "@") else { return String(part) }
      let word = part[..<at].split(separator: ":").last ?? part[..<at]
      conditions[String(word)] = String(part[part.index(after: at)...])
      return String(part[..<at])
    }
    return Self(catalogText: plain.joined(separator: "|")).map { ($0, conditions) }
  }

  /// Reads the column `kind`, for example `int:1:` or `choice:host|subnet|class`.
  init?(catalogText text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let bounds = parts.dropFirst().map { Int($0) }
    let isNumeric = zip(parts.dropFirst(), bounds).allSatisfy { $0.isEmpty == ($1 == nil) }
    func words() -> [String] {
      parts[1].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
    switch (parts.first, parts.count) {
    case ("restrictions", 1): self = .restrictionList
    case ("bool", 1): self = .bool
    case ("string", 1): self = .string
    case ("list", 1): self = .list
    case ("size", 1): self = .size
    case ("level", 1): self = .level
    case ("int", 3) where isNumeric: self = .integer(min: bounds[0], max: bounds[1])
    case ("time", 3) where isNumeric: self = .time(min: bounds[0], max: bounds[1])
    case ("code", 3) where isNumeric: self = .replyCode(min: bounds[0], max: bounds[1])
    case ("choice", 2): self = .choice(words())
    case ("words", 2): self = .words(words())
    default: return nil
    }
  }
}
