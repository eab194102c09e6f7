import PostfixConfig

/// What lies over the screen.
public enum Popup: Hashable, Sendable {
  case help, commands, review
  /// The diff of the draft.
  case diff(String)
  /// What is known of a row of the Gate list.
  case row(GateRow.ID)
  /// What is known of a session, by the process that serves it.
  case session(Int32)
  /// A log line in full.
  case logLine(Int)
  case question(Question)
}

/// Something that wants a yes or a no.
public enum Question: Hashable, Sendable {
  /// Leave although edits are not applied.
  case quitWithDraft
  /// Take the last applied change back.
  case undoChange
}
