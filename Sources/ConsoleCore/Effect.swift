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
  /// kept within that time; with `trialSeconds`, end what they put on trial after that time.
  case apply(
    edits: [Edit], revision: String, message: String, confirmSeconds: Int?, trialSeconds: Int?)
  /// Take back the last applied change; answer with `Event.undoFinished`.
  case undoLastChange
  /// Take back this change of the history; answer with `Event.undoFinished`.
  case undoChange(number: Int)
  /// Keep the change of the open confirm window.
  case keepChange(number: Int)
  /// Take back the change of the open confirm window now.
  case takeBackChange(number: Int)
  /// Read main.cf and master.cf again; answer with `Event.configurationLoaded`.
  case rereadConfiguration
  /// Read rows of the log on disk; answer with `Event.logReading`. A newer request ends an older one.
  case readLog(LogRequest)
  /// End the reading for the last `readLog`.
  case cancelReadLog
  /// Look through the log for this client; answer with `Event.client`, several times if it takes long.
  case readClient(address: String)
  /// End the looking for the client of the last `readClient`.
  case cancelReadClient
  /// Read the history; answer with `Event.history`.
  case readHistory
  /// List the names of files that begin with this absolute path; answer with `Event.files`.
  case listFiles(prefix: String)
  /// Ask what these edits would have done to the mail of the last seconds; answer with
  /// `Event.rehearsal`, several times.
  case rehearse(edits: [Edit], revision: String, seconds: Int, subject: String)
  /// End the rehearsal; what was answered by then is reported.
  case cancelRehearsal
  /// Read what the trial that this change began showed; answer with `Event.verdict`.
  case readVerdict(number: Int)
  /// Keep these unapplied edits, so that a dropped line loses none; none to forget them.
  case saveDraft(edits: [Edit])
  /// Have the terminal report the mouse, or no longer; answer with `Event.mouseMissing` where it has
  /// none.
  case setMouse(Bool)

  /// True for effects that change the machine; read-only mode refuses them in `reduce`.
  public var changesMachine: Bool {
    switch self {
    case .apply, .undoLastChange, .undoChange, .keepChange, .takeBackChange: true
    case .quit, .suspend, .redraw, .setWindow, .review, .rereadConfiguration, .readLog,
      .cancelReadLog, .readClient, .cancelReadClient, .readHistory, .listFiles, .rehearse,
      .cancelRehearsal, .readVerdict, .saveDraft, .setMouse:
      false
    }
  }
}
