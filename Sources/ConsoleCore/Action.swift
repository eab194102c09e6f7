/// What a key does; the names are those of a settings file.
public enum Action: String, CaseIterable, Hashable, Sendable {
  case up, down, pageUp, pageDown, first, last
  case open, toggle, trial, trialFor, review, diff, undoEdit, redoEdit, offered
  case insert, remove, moveUp, moveDown, edit, preset
  case service, window, pause, focusNext, focusPrevious
  case search, searchNext, searchPrevious, filter, commandLine, goToTime
  case sortNext, sortPrevious, sortReverse
  case gateScreen, connectionsScreen, logScreen, settingsScreen, historyScreen
  case reread, undoChange, commands, help, keep, takeBack, rehearse, cancelRehearsal
  case recordHelo, mouse, offenders
  case apply, applyGuarded, confirmTime, message, fix, yes, no
  case accept, complete, nextCandidate, previousCandidate
  case deleteBackward, deleteForward, deleteWord, clearInput
  case cursorLeft, cursorRight, cursorStart, cursorEnd
  case suspend, redraw, escape, back, quit
}
