/// A `type:name` table that the configuration names.
public struct TableReference: Hashable, Sendable {
  /// For example `hash`; the inner type for `proxy:hash:/etc/postfix/access`.
  public var type: String
  /// The file name or other text after the type, `$` already expanded.
  public var name: String

  /// Creates the value from its parts.
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

extension TableReference {
  /// The table types of Postfix (postconf(1), "-m"), so that prose with a colon is told from a table.
  static let knownTypes: Set<String> = [
    "btree", "cdb", "cidr", "dbm", "environ", "fail", "hash", "inline", "internal", "ldap", "lmdb",
    "memcache", "mongodb", "mysql", "netinfo", "nis", "nisplus", "pcre", "pgsql", "pipemap",
    "proxy",
    "randmap", "regexp", "sdbm", "socketmap", "sqlite", "static", "tcp", "texthash", "unionmap",
    "unix", "debug",
  ]

  /// Reads `type:name` where the type is one that some Postfix knows.
  init?(bare text: String) {
    guard let reference = TableReference(text: text), Self.knownTypes.contains(reference.type)
    else { return nil }
    self = reference
  }

  /// Reads `type:name`; `proxy:` is looked through. Nil when there is no type.
  init?(text: String) {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
    let type = String(text[..<colon])
    let name = String(text[text.index(after: colon)...])
    if type == "proxy", let inner = TableReference(text: name) {
      self = inner
    } else {
      self.init(type: type, name: name)
    }
  }
}
