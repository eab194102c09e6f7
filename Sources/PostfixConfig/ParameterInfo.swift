/// What we know of a parameter (Resources/Catalog/parameters.tsv).
public struct ParameterInfo: Hashable, Sendable {
  /// How Postfix reads the value; a bound that is nil is one that Postfix does not check.
  public enum Kind: Hashable, Sendable {
    /// Restrictions of smtpd (`restrictionList`), `yes` or `no`, free text, names or tables.
    case restrictionList, bool, string, list
    /// A number between the bounds, both included.
    case integer(min: Int?, max: Int?)
    /// A duration; the bound is in seconds.
    case time(min: Int?)
    /// A number of bytes.
    case size
    /// A reply code of SMTP that smtpd can use without failing, both bounds included.
    case replyCode(min: Int?, max: Int?)
    /// One of these words; an empty one means that the value may be empty.
    case choice([String])
  }

  /// The name, whose case matters.
  public var name: String
  /// How Postfix reads the value.
  public var kind: Kind
  /// The first release that knows it; nil when Postfix 1.1 or an older one did.
  public var introduced: PostfixVersion?
  /// `reload`, or `stop and start`.
  public var activation: String
  /// One sentence: what it sets.
  public var summary: String
  /// One sentence: what it may hurt; empty when nothing is to be feared.
  public var mayHurt: String

  /// Describes a parameter.
  public init(
    name: String, kind: Kind, introduced: PostfixVersion? = nil, activation: String = "reload",
    summary: String, mayHurt: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.introduced = introduced
    self.activation = activation
    self.summary = summary
    self.mayHurt = mayHurt
  }

  /// Reads a row of parameters.tsv; nil when a column is missing or holds a word we do not know.
  init?(fields: [String]) {
    guard fields.count == 6, !fields[0].isEmpty, let kind = Kind(catalogText: fields[1]),
      ["reload", "stop and start"].contains(fields[3])
    else { return nil }
    let introduced = PostfixVersion(fields[2])
    guard (introduced == nil) == fields[2].isEmpty else { return nil }
    self.init(
      name: fields[0], kind: kind, introduced: introduced, activation: fields[3],
      summary: fields[4], mayHurt: fields[5])
  }
}

extension ParameterInfo.Kind {
  /// Reads the column `kind`, for example `int:1:` or `choice:host|subnet|class`.
  init?(catalogText text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let bounds = parts.dropFirst().map { Int($0) }
    let isNumeric = zip(parts.dropFirst(), bounds).allSatisfy { $0.isEmpty == ($1 == nil) }
    switch (parts.first, parts.count) {
    case ("restrictions", 1): self = .restrictionList
    case ("bool", 1): self = .bool
    case ("string", 1): self = .string
    case ("list", 1): self = .list
    case ("size", 1): self = .size
    case ("int", 3) where isNumeric: self = .integer(min: bounds[0], max: bounds[1])
    case ("time", 2) where isNumeric: self = .time(min: bounds[0])
    case ("code", 3) where isNumeric: self = .replyCode(min: bounds[0], max: bounds[1])
    case ("choice", 2):
      self = .choice(
        parts[1].split(separator: "|", omittingEmptySubsequences: false).map(String.init))
    default: return nil
    }
  }
}
