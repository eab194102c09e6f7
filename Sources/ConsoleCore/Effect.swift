import PostfixConfig

/// What the console wants done; the host carries it out and answers with events.
public enum Effect: Hashable, Sendable {
  /// Restore the terminal and end.
  case quit
  /// Restore the terminal, stop the process, and draw again when it continues.
  case suspend
  /// Send the whole screen again.
  case redraw
  /// Count over this many seconds until now.
  case setWindow(seconds: Int)
  /// Check these edits against the configuration of `revision` and pre-flight them; answer with
  /// `Event.reviewed`.
  case review(edits: [Edit], revision: String)
  /// Apply the reviewed edits and reload; with `confirmSeconds`, take them back unless they are
  /// kept within that time.
  case apply(edits: [Edit], revision: String, message: String, confirmSeconds: Int?)
  /// Take back the last applied change; answer with `Event.undoFinished`.
  case undoLastChange
  /// Keep the change of the open confirm window.
  case keepChange(number: Int)
  /// Take back the change of the open confirm window now.
  case takeBackChange(number: Int)
  /// Read main.cf and master.cf again; answer with `Event.configurationLoaded`.
  case rereadConfiguration

  /// True for effects that change the machine; read-only mode refuses them in `reduce`.
  public var changesMachine: Bool {
    switch self {
    case .apply, .undoLastChange, .keepChange, .takeBackChange: true
    case .quit, .suspend, .redraw, .setWindow, .review, .rereadConfiguration: false
    }
  }
}
