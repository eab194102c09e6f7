import Attribution
import MailLog
import PostfixConfig
import TextGrid

/// Everything that can happen to the console; workers and the terminal report nothing else.
public enum Event: Sendable {
  /// A key was pressed.
  case key(Key)
  /// The mouse was used; only while it is on.
  case pointer(Pointer)
  /// The terminal has this size now.
  case resize(Size)
  /// The clock; sent at least once a second. `utcOffset` is the local time zone's, in seconds.
  case tick(now: LogTime, utcOffset: Int)
  /// SIGTERM, SIGHUP, or the terminal is gone: end without asking.
  case terminate
  /// SIGTSTP from outside.
  case suspendRequested
  /// The process runs again after it was stopped.
  case continued
  /// What is known of the instance has changed.
  case instance(InstanceStatus)
  /// main.cf and master.cf were read; `revision` is a hash of both files.
  case configurationLoaded(Configuration, revision: String)
  /// The configuration cannot be read; one sentence that says why and what to do.
  case configurationFailed(String)
  /// New counts; shown at most once a second.
  case logSnapshot(LogSnapshot)
  /// The log is read again: forget the rows that were shown.
  case logCleared
  /// New log rows, oldest first.
  case logRows([LogRow])
  /// How the reading for `Effect.readLog` goes.
  case logReading(LogReading)
  /// What the log tells of a client, so far.
  case client(ClientHistory)
  /// The changes, newest first.
  case history([HistoryEntry])
  /// The history cannot be read; one sentence why.
  case historyFailed(String)
  /// Names that begin with the prefix; directories end with a slash.
  case files(prefix: String, names: [String])
  /// How the rehearsal goes.
  case rehearsal(RehearsalStatus)
  /// The trials with an end that run now, all of them.
  case trials([RunningTrial])
  /// What the trial that this change began showed, or shows so far; one line each.
  case verdict(number: Int, lines: [String])
  /// Edits that an earlier console of this user left unapplied, and when it saved them.
  case savedDraft([Edit], saved: LogTime)
  /// This terminal has no mouse.
  case mouseMissing
  /// A text was pasted; it goes into the line that is being typed, and nowhere else.
  case pasted(String)
  /// The sessions that are open now, all of them.
  case sessions([LiveSession])
  /// The answer to `Effect.review`.
  case reviewed(ReviewResult)
  /// What applying is doing now: `reloading`.
  case applyProgress(String)
  /// The change is live; `number` is its place in the history.
  case applied(number: Int, message: String)
  /// Nothing was changed, or everything was put back.
  case applyFailed([Problem])
  /// The last applied change was taken back, or this could not be done.
  case undoFinished(success: Bool, message: String)
  /// A confirm window has opened, or (nil) ended.
  case confirmWindow(ConfirmWindow?)
  /// A command was run, shell-quoted.
  case commandRan(String)
  /// One line for the bottom of the screen.
  case notice(Notice)
}
