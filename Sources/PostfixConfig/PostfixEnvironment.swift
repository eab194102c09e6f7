/// What only the installed Postfix can tell, handed in from outside.
public struct PostfixEnvironment: Hashable, Sendable {
  /// `mail_version`, for example `3.7.11`.
  public var version: PostfixVersion
  /// `postconf -d`: raw default values by parameter name.
  public var defaults: [String: String]
  /// `postconf -m`: the table types that this Postfix can open.
  public var tableTypes: Set<String>

  /// Creates the value from its parts.
  public init(version: PostfixVersion, defaults: [String: String], tableTypes: Set<String>) {
    self.version = version
    self.defaults = defaults
    self.tableTypes = tableTypes
  }
}

/// A Postfix release such as 3.7.11, ordered.
public struct PostfixVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The first number.
  public var major: Int
  /// The second number.
  public var minor: Int
  /// The third number, 0 where none is given.
  public var patch: Int

  /// Creates the value from its parts.
  public init(major: Int, minor: Int, patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads `3.7.11`, `3.10` or `3.11-20250101`; nil when there is no leading `major.minor`.
  public init?(_ text: String) {
    var numbers: [Int] = []
    for part in text.split(separator: ".").prefix(3) {
      guard let number = Int(part.prefix { $0.isNumber && $0.isASCII }) else { break }
      numbers.append(number)
    }
    guard numbers.count >= 2 else { return nil }
    self.init(major: numbers[0], minor: numbers[1], patch: numbers.count > 2 ? numbers[2] : 0)
  }

  /// The text as a person writes it.
  public var description: String { "\(major).\(minor).\(patch)" }

  /// Orders by number, part by part.
  public static func < (left: PostfixVersion, right: PostfixVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
