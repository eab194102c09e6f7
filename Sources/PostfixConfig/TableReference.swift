/// A `type:name` table that the configuration names.
public struct TableReference: Hashable, Sendable {
  /// For example `hash`; the inner type for `proxy:hash:/etc/postfix/access`.
  public var type: String
  /// The file name or other text after the type, `$` already expanded.
  public var name: String

  public init(type: String, name: String) {
    self.type = type
    self.name = name
  }
}

/// What the machine says about a table; looked up outside, since this target does no I/O.
public enum TableStatus: Hashable, Sendable {
  case present
  case sourceMissing
  /// `hash:` and its like without their index file (`FILE.db`).
  case indexMissing
  /// The source is newer than its index: `postmap` was forgotten.
  case indexStale
  /// Not a file, or not looked at.
  case unknown
}
