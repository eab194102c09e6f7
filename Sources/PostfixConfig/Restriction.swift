/// Whether a restriction bites, only logs, or is commented out in its place.
public enum RestrictionState: String, Hashable, Sendable, Codable, CaseIterable {
  case on
  /// Behind `warn_if_reject`: logged as `reject_warning`, refuses nobody.
  case trial
  case off
}

/// Which of the two configuration files.
public enum ConfigFile: String, Hashable, Sendable, Codable {
  case main = "main.cf"
  case master = "master.cf"
}

/// A place in a configuration file; line and column count from 1, columns in bytes.
public struct SourceLocation: Hashable, Sendable, Codable {
  /// Which file.
  public var file: ConfigFile
  /// The line, counted from 1; 0 for text that stands in no file.
  public var line: Int
  /// The column in bytes, counted from 1.
  public var column: Int

  /// Creates the value from its parts.
  public init(file: ConfigFile, line: Int, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// Where the text of a restriction stands, and who else reads that text.
public struct Origin: Hashable, Sendable {
  /// The exact place.
  public var location: SourceLocation
  /// The parameter whose value holds the text: `smtpd_helo_restrictions`, `mua_helo_restrictions`, …
  public var parameter: String
  /// The service whose `-o` override in master.cf holds the text; nil for main.cf.
  public var override: ServiceID?
  /// Other users of the same text, as `smtpd_helo_restrictions of submission/inet`.
  public var usedBy: [String]

  /// Creates the value from its parts.
  public init(
    location: SourceLocation, parameter: String, override: ServiceID? = nil, usedBy: [String] = []
  ) {
    self.location = location
    self.parameter = parameter
    self.override = override
    self.usedBy = usedBy
  }
}

/// Names one restriction in the text, so that an edit can be replayed on a changed file.
public struct RestrictionTarget: Hashable, Sendable, Codable {
  /// The parameter whose value holds the text (the origin, not the list that refers to it).
  public var parameter: String
  /// The service whose `-o` override holds it, as `submission/inet`; nil for main.cf.
  public var override: String?
  /// The name as written.
  public var name: String
  /// What stands behind the name.
  public var argument: String?
  /// 0 for the first such restriction in that value, 1 for the second, …
  public var occurrence: Int

  /// Creates the value from its parts.
  public init(
    parameter: String, override: String? = nil, name: String, argument: String? = nil,
    occurrence: Int = 0
  ) {
    self.parameter = parameter
    self.override = override
    self.name = name
    self.argument = argument
    self.occurrence = occurrence
  }
}

/// One element of a list with its argument, as one service sees it.
public struct Restriction: Hashable, Sendable {
  /// The name as written, `check_client_access` for a bare `type:table` in a client list.
  public var name: String
  /// What stands behind the name.
  public var argument: String?
  /// Whether it bites.
  public var state: RestrictionState
  /// Where its text stands.
  public var origin: Origin
  /// Its name for an edit.
  public var target: RestrictionTarget
  /// Why it can never be reached, nil when it can: `after permit in line 12`.
  public var unreachableReason: String?
  /// The restriction classes it came through, outermost first.
  public var classes: [String]

  /// True when nothing in front of it decides every request.
  public var isReachable: Bool { unreachableReason == nil }

  /// Creates the value from its parts.
  public init(
    name: String, argument: String? = nil, state: RestrictionState, origin: Origin,
    target: RestrictionTarget, unreachableReason: String? = nil, classes: [String] = []
  ) {
    self.name = name
    self.argument = argument
    self.state = state
    self.origin = origin
    self.target = target
    self.unreachableReason = unreachableReason
    self.classes = classes
  }
}
