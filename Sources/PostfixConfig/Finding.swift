/// What a mistake does to the mail, worst first (facts: what Postfix does with each mistake).
public enum FindingClass: String, Hashable, Sendable, Codable, CaseIterable {
  case serverDead = "server dead"
  case everyoneDeferred = "everyone deferred"
  case openToStrangers = "open to strangers"
  case hurtsOwnUsers = "hurts own users"
  case silentlyNotEnforced = "silently not enforced"
  case style

  /// How loudly a finding of this class is shown where nothing else is said.
  public var severity: Severity {
    switch self {
    case .serverDead, .everyoneDeferred, .openToStrangers: .error
    case .hurtsOwnUsers, .silentlyNotEnforced: .warning
    case .style: .hint
    }
  }

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
  /// What it is about, free of line numbers: the same code, file and subject before the draft is
  /// the same old fault, wherever its line has gone.
  public var subject: String
  /// True when the draft brought it in; only such findings block or ask.
  public var addedByDraft: Bool

  /// Creates the value from its parts.
  public init(
    severity: Severity, findingClass: FindingClass, code: String, location: SourceLocation,
    message: String, fix: [Edit] = [], subject: String? = nil, addedByDraft: Bool = false
  ) {
    self.severity = severity
    self.findingClass = findingClass
    self.code = code
    self.location = location
    self.message = message
    self.fix = fix
    self.subject = subject ?? message
    self.addedByDraft = addedByDraft
  }
}

extension Finding {
  /// A finding as loud as its class.
  init(
    _ kind: FindingClass, _ code: String, at location: SourceLocation, _ message: String,
    about subject: String? = nil, severity: Severity? = nil, fix: [Edit] = []
  ) {
    self.init(
      severity: severity ?? kind.severity, findingClass: kind, code: code, location: location,
      message: message, fix: fix, subject: subject)
  }

  /// A finding about one restriction, at its place.
  init(
    _ kind: FindingClass, _ code: String, at restriction: Restriction, _ message: String,
    severity: Severity? = nil, fix: [Edit] = []
  ) {
    let place = restriction.origin
    let words = [
      place.parameter, place.override?.description ?? "", restriction.name,
      restriction.argument ?? "",
    ]
    self.init(
      kind, code, at: place.location, message, about: words.joined(separator: "\u{0}"),
      severity: severity, fix: fix)
  }
}
