import MailLog
import PostfixConfig

/// What lies over the screen.
public enum Popup: Hashable, Sendable {
  case help, commands, review, rehearsal
  /// The diff of the draft.
  case diff(String)
  /// What is known of a row of the Gate list.
  case row(GateRow.ID)
  /// What is known of a session, by the process that serves it and the client's address.
  case session(Int32, address: String)
  /// What is known of a parameter.
  case parameter(String)
  /// A change of the history in full.
  case change(Int)
  /// A log line in full, explained.
  case logLine(LogRow)
  case question(Question)
}

/// Something that wants a yes or a no.
public enum Question: Hashable, Sendable {
  /// Leave although edits are not applied.
  case quitWithDraft
  /// Take the last applied change back, or the one with this number.
  case undoChange(Int?)
  /// Switch the recording of HELO names on, or off.
  case recordHelo(Bool)
}
