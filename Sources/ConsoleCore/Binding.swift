/// One line of the key table.
public struct Binding: Hashable, Sendable {
  /// All keys that do it, the one to print first.
  public var keys: [Key]
  /// What the keys do.
  public var action: Action
  /// Where it works.
  public var contexts: Set<KeyContext>
  /// A few words for the help and the manual page.
  public var help: String
  /// One or two words for the hint line; nil when it does not stand there.
  public var hint: String?

  init(
    _ keys: [Key], _ action: Action, _ contexts: Set<KeyContext>, _ help: String,
    hint: String? = nil
  ) {
    self.keys = keys
    self.action = action
    self.contexts = contexts
    self.help = help
    self.hint = hint
  }
}
