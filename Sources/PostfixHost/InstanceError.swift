/// Why an instance cannot be read or asked: one sentence, and a way on.
public struct InstanceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of obstacle, for those who go on differently by it.
  public enum Kind: Hashable, Sendable {
    /// No postconf on this machine.
    case notInstalled
    /// The configuration directory or its main.cf does not exist.
    case notConfigured
    /// It exists but we may not read it, or not trust it.
    case noAccess
    /// Postfix itself refuses to read it, or a program failed.
    case failed
  }

  /// What kind of obstacle it is.
  public var kind: Kind
  /// One sentence that says what is wrong.
  public var problem: String
  /// One sentence that says what to do.
  public var remedy: String

  /// Describes an obstacle.
  public init(_ kind: Kind, _ problem: String, remedy: String) {
    self.kind = kind
    self.problem = problem
    self.remedy = remedy
  }

  /// The problem and the way on in one sentence.
  public var description: String { remedy.isEmpty ? problem : "\(problem); \(remedy)" }
}
