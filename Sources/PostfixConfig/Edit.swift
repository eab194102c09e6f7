/// One change to main.cf or to a master.cf override, as a value that can be replayed and undone.
public enum Edit: Hashable, Sendable, Codable {
  /// Switches a restriction on, to trial, or off, in its place.
  case setState(RestrictionTarget, RestrictionState)
  /// Puts a new restriction where it works in the list of `stage` of `service` (DESIGN section 4).
  case insert(
    stage: Stage, service: String, name: String, argument: String?, state: RestrictionState)
  /// Takes a restriction and its argument out of the text.
  case remove(RestrictionTarget)
  /// Moves a restriction by `offset` places among the restrictions of its value (-1 is up).
  case move(RestrictionTarget, offset: Int)
  case setArgument(RestrictionTarget, String?)
  /// Gives a restriction another name in its place, as the current one for an old spelling.
  case rename(RestrictionTarget, String)
  /// Sets `name = value` in main.cf, or in the `-o` override of `service` where given.
  case setParameter(name: String, value: String, service: String?)
  /// Removes every definition of a parameter, so that the default holds again.
  case resetParameter(name: String, service: String?)
}

/// Why an edit does not fit the text it is applied to; nothing was changed.
public struct EditError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence that says what does not fit and what to do next.
  public var message: String

  /// Creates the value from its parts.
  public init(_ message: String) { self.message = message }

  /// The text as a person writes it.
  public var description: String { message }
}
