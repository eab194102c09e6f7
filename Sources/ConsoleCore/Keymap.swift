/// Where keys go at the moment.
public enum KeyContext: String, CaseIterable, Hashable, Sendable {
  /// The list of restrictions on the Gate screen.
  case gate
  /// The list of live connections, on the Gate screen or on its own.
  case connections
  /// The log, on the Gate screen or on its own.
  case log
  /// A text that is only read: help, diff, details, commands.
  case popup
  case review
  /// A question that wants a yes or a no.
  case question

  /// What help calls it.
  public var title: String {
    switch self {
    case .gate: "Restrictions"
    case .connections: "Connections"
    case .log: "Log"
    case .popup: "Popups"
    case .review: "Review"
    case .question: "Questions"
    }
  }
}

/// What a key does.
public enum Action: String, CaseIterable, Hashable, Sendable {
  case up, down, pageUp, pageDown, first, last
  case open, toggle, trial, review, diff, undoEdit, redoEdit, offered
  case service, window, pause, focusNext, focusPrevious
  case gateScreen, connectionsScreen, logScreen
  case reread, undoChange, commands, help, keep, takeBack
  case apply, applyGuarded, yes, no
  case suspend, redraw, escape, back, quit
}

/// One line of the key table.
public struct Binding: Hashable, Sendable {
  /// All keys that do it, the one to print first.
  public var keys: [Key]
  /// What the keys do.
  public var action: Action
  /// Where it works.
  public var contexts: Set<KeyContext>
  /// A few words for the help and the manual page.
  public var help: String
  /// One or two words for the hint line; nil when it does not stand there.
  public var hint: String?

  init(
    _ keys: [Key], _ action: Action, _ contexts: Set<KeyContext>, _ help: String,
    hint: String? = nil
  ) {
    self.keys = keys
    self.action = action
    self.contexts = contexts
    self.help = help
    self.hint = hint
  }
}

/// The key table, from which the help, the hint line and the manual page are made.
public enum Keymap {
  private static let lists: Set<KeyContext> = [.gate, .connections, .log]
  private static let scrolling: Set<KeyContext> = [.gate, .connections, .log, .popup, .review]
  private static let all = Set(KeyContext.allCases)

  /// All bindings, in the order of the help.
  public static let bindings: [Binding] = moving + editing + looking + answering

  private static let moving: [Binding] = [
    Binding([.up, .character("k")], .up, scrolling, "move up"),
    Binding([.down, .character("j")], .down, scrolling, "move down"),
    Binding([.pageUp, .control("b")], .pageUp, scrolling, "move up by a page"),
    Binding([.pageDown, .control("f")], .pageDown, scrolling, "move down by a page"),
    Binding([.home, .character("g")], .first, scrolling, "go to the first line"),
    Binding([.end, .character("G")], .last, scrolling, "go to the last line"),
    Binding([.tab, .right, .character("l")], .focusNext, lists, "next pane"),
    Binding([.backTab, .left, .character("h")], .focusPrevious, lists, "previous pane"),
    Binding([.character("1")], .gateScreen, lists, "screen: Gate"),
    Binding([.character("2")], .connectionsScreen, lists, "screen: Connections"),
    Binding([.character("3")], .logScreen, lists, "screen: Log"),
  ]

  private static let editing: [Binding] = [
    Binding([.character(" ")], .toggle, [.gate], "switch on or off", hint: "on/off"),
    Binding([.character("t")], .trial, [.gate], "switch to trial (only log), or on", hint: "trial"),
    Binding(
      [.character("a"), .character("5")], .review, lists, "review the draft and apply it",
      hint: "apply"),
    Binding([.character("d")], .diff, lists, "show the draft as a diff", hint: "diff"),
    Binding([.character("z")], .undoEdit, lists, "take the last edit of the draft back"),
    Binding([.character("Z")], .redoEdit, lists, "make that edit again"),
    Binding([.character("U")], .undoChange, lists, "take the last applied change back"),
    Binding([.character("c")], .keep, lists, "keep the change that waits for a yes", hint: "keep"),
    Binding(
      [.character("b")], .takeBack, lists, "take the change that waits for a yes back",
      hint: "go back"),
  ]

  private static let looking: [Binding] = [
    Binding([.enter, .character("e")], .open, lists, "show what is known of this line"),
    Binding([.character("o")], .offered, [.gate], "hide or show the options that are off"),
    Binding([.character("s")], .service, lists, "next service"),
    Binding([.character("w")], .window, lists, "next window of the counts"),
    Binding([.character("p")], .pause, lists, "stop the log, or let it run", hint: "pause"),
    Binding([.character("@")], .commands, lists, "show the commands that were run"),
    Binding([.character("R")], .reread, lists, "read main.cf and master.cf again"),
    Binding([.control("l")], .redraw, all, "draw the screen again"),
    Binding([.control("z")], .suspend, all, "stop postgate; fg brings it back"),
    Binding([.character("?"), .function(1)], .help, lists, "show this help", hint: "help"),
  ]

  private static let answering: [Binding] = [
    Binding([.enter], .apply, [.review], "apply and reload", hint: "applies and reloads"),
    Binding(
      [.character("c")], .applyGuarded, [.review],
      "with or without a confirm window of \(AppState.confirmSeconds) s",
      hint: "with confirm window"),
    Binding([.character("y")], .yes, [.question, .review], "yes", hint: "yes"),
    Binding([.character("n"), .control("c")], .no, [.question], "no", hint: "no"),
    Binding([.escape], .escape, all, "back, never quits"),
    Binding([.character("q")], .back, all, "back; quits from a screen", hint: "back"),
    Binding(
      [.control("c")], .quit, all.subtracting([.question]), "quit; asks when there is a draft"),
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
