/// The key table, from which the help, the hint line and the manual page are made.
public enum Keymap {
  private static let lists: Set<KeyContext> = [.gate, .connections, .log, .settings, .history]
  private static let scrolling = lists.union([.popup, .review])
  private static let all = Set(KeyContext.allCases)
  /// Where a letter is a key and no text.
  private static let reading = all.subtracting([.prompt])

  /// All bindings, in the order of the help.
  public static let bindings: [Binding] =
    moving + screens + editing + looking + finding + answering + typing + leaving

  private static let moving: [Binding] = [
    Binding([.up, .character("k")], .up, scrolling, "move up"),
    Binding([.down, .character("j")], .down, scrolling, "move down"),
    Binding([.pageUp, .control("b")], .pageUp, scrolling, "move up by a page"),
    Binding([.pageDown, .control("f")], .pageDown, scrolling, "move down by a page"),
    Binding([.home, .character("g")], .first, scrolling, "go to the first line"),
    Binding([.end, .character("G")], .last, scrolling, "go to the last line"),
    Binding([.tab, .right, .character("l")], .focusNext, lists, "next pane or screen"),
    Binding([.backTab, .left, .character("h")], .focusPrevious, lists, "previous pane or screen"),
  ]

  private static let screens: [Binding] = [
    Binding([.character("1")], .gateScreen, lists, "screen: Gate"),
    Binding([.character("2")], .connectionsScreen, lists, "screen: Connections"),
    Binding([.character("3")], .logScreen, lists, "screen: Log"),
    Binding([.character("4")], .settingsScreen, lists, "screen: Settings"),
    Binding([.character("6")], .historyScreen, lists, "screen: History"),
  ]

  private static let editing: [Binding] = [
    Binding([.character(" ")], .toggle, [.gate], "switch on or off", hint: "on/off"),
    Binding([.character("t")], .trial, [.gate], "switch to trial (only log), or on", hint: "trial"),
    Binding([.character("T")], .trialFor, [.gate], "switch to trial for a time"),
    Binding([.character("i")], .insert, [.gate], "insert a restriction from the catalog"),
    Binding(
      [.character("x"), .delete], .remove, [.gate, .settings],
      "remove the restriction; set a parameter back to its default"),
    Binding([.character("K")], .moveUp, [.gate], "move the restriction up in its list"),
    Binding([.character("J")], .moveDown, [.gate], "move the restriction down in its list"),
    Binding(
      [.character("e")], .edit, [.gate, .settings], "change the argument or the value",
      hint: "edit"),
    Binding(
      [.character("P")], .preset, [.gate, .settings], "put a preset into the draft and show it"),
    Binding(
      [.character("a"), .character("5")], .review, lists, "review the draft and apply it",
      hint: "apply"),
    Binding([.character("d")], .diff, lists, "show the draft as a diff", hint: "diff"),
    Binding([.character("z")], .undoEdit, lists, "take the last edit of the draft back"),
    Binding([.character("Z")], .redoEdit, lists, "make that edit again"),
    Binding(
      [.character("U")], .undoChange, lists,
      "take the last applied change back; on the History screen the chosen one"),
    Binding(
      [.character("c")], .keep, lists.union([.popup]), "keep the change that waits for a yes",
      hint: "keep"),
    Binding(
      [.character("b")], .takeBack, lists.union([.popup]),
      "take the change that waits for a yes back", hint: "go back"),
  ]

  private static let looking: [Binding] = [
    Binding(
      [.enter], .open, lists, "show what is known of this line", hint: "details"),
    Binding(
      [.character("r")], .rehearse, [.gate, .settings, .review],
      "rehearse: what the draft, or this restriction, would have done", hint: "rehearse"),
    Binding([.character("x")], .cancelRehearsal, [.popup], "end the rehearsal early"),
    Binding(
      [.character("H")], .recordHelo, [.gate, .settings, .popup],
      "have Postfix log the HELO names of accepted mail, or no longer"),
    Binding(
      [.character("o")], .offered, [.gate, .settings],
      "hide or show what is off or at its default"),
    Binding([.character("s")], .service, [.gate, .connections, .log], "next service"),
    Binding([.character("w")], .window, lists, "next window of the counts"),
    Binding(
      [.character("p")], .pause, [.gate, .connections, .log], "stop the log, or let it run",
      hint: "pause"),
    Binding([.character(">")], .sortNext, [.connections], "sort by the next column", hint: "sort"),
    Binding([.character("<")], .sortPrevious, [.connections], "sort by the previous column"),
    Binding([.character("I")], .sortReverse, [.connections], "sort the other way round"),
    Binding(
      [.character("O")], .offenders, lists, "who is refused most; again: who is connected"),
    Binding([.character("@")], .commands, lists, "show the commands that were run"),
    Binding([.character("R")], .reread, lists, "read main.cf and master.cf again"),
  ]

  private static let finding: [Binding] = [
    Binding([.character("/")], .search, lists, "search", hint: "search"),
    Binding([.character("n")], .searchNext, lists, "next place found; in the log the next older"),
    Binding([.character("N")], .searchPrevious, lists, "the other way"),
    Binding(
      [.character("\\")], .filter, [.log], "show only lines that fulfil conditions",
      hint: "filter"),
    Binding([.character("t")], .goToTime, [.log], "go to a time: 09:00, 2h, yesterday"),
    Binding([.character(":")], .commandLine, lists, "command line; Tab completes"),
  ]

  private static let answering: [Binding] = [
    Binding([.enter], .apply, [.review], "apply and reload", hint: "applies and reloads"),
    Binding(
      [.character("c")], .applyGuarded, [.review],
      "with or without a confirm window: without a yes the change goes back",
      hint: "with confirm window"),
    Binding([.character("w")], .confirmTime, [.review], "length of the confirm window"),
    Binding([.character("m")], .message, [.review], "say why, for the history"),
    Binding([.character("f")], .fix, [.review], "put the fix of a finding into the draft"),
    Binding([.character("y")], .yes, [.question, .review], "yes", hint: "yes"),
    Binding([.character("n"), .control("c")], .no, [.question], "no", hint: "no"),
  ]

  private static let typing: [Binding] = [
    Binding([.enter], .accept, [.prompt], "take what was typed or picked"),
    Binding([.tab], .complete, [.prompt], "complete"),
    Binding([.up, .control("p")], .previousCandidate, [.prompt], "pick the previous proposal"),
    Binding([.down, .control("n")], .nextCandidate, [.prompt], "pick the next proposal"),
    Binding([.left], .cursorLeft, [.prompt], "one character to the left"),
    Binding([.right], .cursorRight, [.prompt], "one character to the right"),
    Binding([.home, .control("a")], .cursorStart, [.prompt], "to the front"),
    Binding([.end, .control("e")], .cursorEnd, [.prompt], "to the end"),
    Binding([.backspace], .deleteBackward, [.prompt], "delete the character before the cursor"),
    Binding([.delete, .control("d")], .deleteForward, [.prompt], "delete the character under it"),
    Binding([.control("w")], .deleteWord, [.prompt], "delete the word before the cursor"),
    Binding([.control("u")], .clearInput, [.prompt], "delete all before the cursor"),
  ]

  private static let leaving: [Binding] = [
    Binding([.control("l")], .redraw, all, "draw the screen again"),
    Binding([.control("z")], .suspend, all, "stop postgate; fg brings it back"),
    Binding([.function(2)], .mouse, all, "mouse on or off"),
    Binding([.character("?"), .function(1)], .help, lists, "show this help", hint: "help"),
    Binding([.escape], .escape, all, "back, never quits"),
    Binding([.character("q")], .back, reading, "back; quits from the Gate screen", hint: "back"),
    Binding(
      [.control("c")], .quit, all.subtracting([.question]),
      "quit; asks when there is a draft"),
  ]

  /// The binding of a key in a context.
  ///
  /// - Parameter keys: the user's keys, by action, in place of the standard ones.
  public static func binding(
    for key: Key, in context: KeyContext, keys: [Action: [Key]] = [:]
  ) -> Binding? {
    bindings(in: context, keys: keys).first { $0.keys.contains(key) }
  }

  /// The bindings of a context, in the order of the help.
  ///
  /// - Parameter keys: the user's keys, by action, in place of the standard ones.
  public static func bindings(
    in context: KeyContext, keys: [Action: [Key]] = [:]
  ) -> [Binding] {
    bindings(keys: keys).filter { $0.contexts.contains(context) }
  }

  /// All bindings with the user's keys, in the order of the help.
  public static func bindings(keys: [Action: [Key]]) -> [Binding] {
    bindings.map { binding in
      var binding = binding
      binding.keys = keys[binding.action] ?? binding.keys
      return binding
    }
  }
}
