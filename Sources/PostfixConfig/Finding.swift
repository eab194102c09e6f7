/// What a mistake does to the mail, worst first (facts: what Postfix does with each mistake).
public enum FindingClass: String, Hashable, Sendable, Codable, CaseIterable {
  case serverDead = "server dead"
  case everyoneDeferred = "everyone deferred"
  case openToStrangers = "open to strangers"
  case hurtsOwnUsers = "hurts own users"
  case silentlyNotEnforced = "silently not enforced"
  case style

  /// True for the three classes that are never applied.
  public var blocks: Bool {
    self == .serverDead || self == .everyoneDeferred || self == .openToStrangers
  }
}

/// How loudly a finding is shown.
public enum Severity: String, Hashable, Sendable, Codable {
  case error, warning, hint
}

/// One mistake at one place, with a remedy where there is one.
public struct Finding: Hashable, Sendable {
  /// How loudly it is shown.
  public var severity: Severity
  /// What it does to the mail.
  public var findingClass: FindingClass
  /// A stable name of the check, for example `unknown-restriction`.
  public var code: String
  /// The exact place.
  public var location: SourceLocation
  /// One sentence: what is wrong and what to do.
  public var message: String
  /// Edits that mend it, if any.
  public var fix: [Edit]
  /// True when the draft brought it in; only such findings block or ask.
  public var addedByDraft: Bool

  /// Creates the value from its parts.
  public init(
    severity: Severity, findingClass: FindingClass, code: String, location: SourceLocation,
    message: String, fix: [Edit] = [], addedByDraft: Bool = false
  ) {
    self.severity = severity
    self.findingClass = findingClass
    self.code = code
    self.location = location
    self.message = message
    self.fix = fix
    self.addedByDraft = addedByDraft
  }
}
