/// Where keys go at the moment.
public enum KeyContext: String, CaseIterable, Hashable, Sendable {
  /// The list of restrictions on the Gate screen.
  case gate
  /// The list of live connections, on the Gate screen or on its own.
  case connections
  /// The log, on the Gate screen or on its own.
  case log
  case settings, history
  /// A text that is only read: help, diff, details, commands.
  case popup
  case review
  /// A question that wants a yes or a no.
  case question
  /// A line that is being typed: every printable character goes into it.
  case prompt

  /// What help calls it.
  public var title: String {
    switch self {
    case .gate: "Restrictions"
    case .connections: "Connections"
    case .log: "Log"
    case .settings: "Settings"
    case .history: "History"
    case .popup: "Popups"
    case .review: "Review"
    case .question: "Questions"
    case .prompt: "Typing"
    }
  }
}
