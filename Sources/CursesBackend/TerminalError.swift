/// Why the terminal cannot be used; the description says what to do.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Standard input or output is no terminal.
  case notATerminal
  /// No terminfo entry for this value of TERM.
  case unknownTerminal(String)
  /// The terminal cannot address its cursor, as `dumb`.
  case cannotMoveCursor(String)
  /// The system refused a descriptor or memory.
  case system(errno: Int32)

  /// One sentence that says what to do.
  public var description: String {
    switch self {
    case .notATerminal:
      "The console needs a terminal; for pipes and files use a command such as 'postgate status'."
    case .unknownTerminal(let name):
      "Unknown terminal '\(name)': set TERM to what your terminal is, for example TERM=xterm, "
        + "or install its entry (Debian: ncurses-term)."
    case .cannotMoveCursor(let name):
      "The terminal '\(name)' cannot move its cursor: use a command such as 'postgate status', "
        + "or set TERM to what your terminal is."
    case .system(let code): "The terminal could not be opened (errno \(code)); try again."
    }
  }
}
