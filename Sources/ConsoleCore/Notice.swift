import MailLog

/// One line for the bottom of the screen.
public struct Notice: Hashable, Sendable {
  /// How it is coloured; the text says the same.
  public enum Kind: Hashable, Sendable { case info, warning, error }

  /// How it is coloured.
  public var kind: Kind
  /// One sentence.
  public var text: String

  /// Creates a notice of one sentence.
  public init(_ text: String, kind: Kind = .info) {
    self.kind = kind
    self.text = text
  }
}

/// An applied change that waits for a yes.
public struct ConfirmWindow: Hashable, Sendable {
  /// The change's number in the history.
  public var number: Int
  /// When it is taken back.
  public var deadline: LogTime

  /// Creates a confirm window.
  public init(number: Int, deadline: LogTime) {
    self.number = number
    self.deadline = deadline
  }
}
