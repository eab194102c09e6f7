import PostfixConfig

/// Something that can be picked, or that completes what is typed.
public struct Candidate: Hashable, Sendable {
  /// The whole text that the line holds when this is taken.
  public var text: String
  /// What the list shows.
  public var label: String
  /// One line: what it does.
  public var detail = ""
  /// One line: what it may hurt; empty when nothing is to be feared.
  public var warning = ""

  init(_ text: String, label: String? = nil, detail: String = "", warning: String = "") {
    self.text = text
    self.label = label ?? text
    self.detail = detail
    self.warning = warning
  }
}

/// A line that is being typed, with what may be picked for it and what is wrong with it.
public struct Prompt: Hashable, Sendable {
  /// What the text is for.
  public enum Purpose: Hashable, Sendable {
    case search, filter, command, time
    /// A restriction for the list of a stage.
    case restriction(Stage)
    /// The argument of a restriction that is to be inserted.
    case newArgument(Stage, String)
    /// The argument of a restriction that stands in a list.
    case argument(RestrictionTarget)
    case parameter(String)
    case preset
    /// Why the change is made, for the history.
    case message
    /// Seconds for which an applied change waits for its yes.
    case confirmSeconds
    /// For how long a restriction goes on trial.
    case trialLength(GateRow.ID)
    /// A finding of the Review whose fix is to be added to the draft.
    case fix
  }

  /// What the text is for.
  public let purpose: Purpose
  /// What stands before the text.
  public let title: String
  /// The text.
  public internal(set) var input: TextInput
  /// What may be taken now.
  public internal(set) var candidates: [Candidate] = []
  /// The candidate that Enter or Tab takes; nil while none was picked.
  public internal(set) var selected: Int?
  /// What is wrong with the text, or what it will do.
  public internal(set) var note: Notice?

  init(_ purpose: Purpose, title: String, text: String = "") {
    self.purpose = purpose
    self.title = title
    input = TextInput(text)
  }

  /// True when only a candidate can be taken, so that nothing can be mistyped.
  public var isPicker: Bool {
    switch purpose {
    case .restriction, .preset, .fix: true
    default: false
    }
  }

  /// True when it takes a box in the middle of the screen rather than the last line.
  public var isBox: Bool {
    switch purpose {
    case .restriction, .newArgument, .argument, .parameter, .preset, .fix: true
    default: false
    }
  }

  /// The candidate that Enter takes; nil when it takes the text.
  public var current: Candidate? {
    let index = selected ?? (isPicker ? 0 : nil)
    return index.flatMap { candidates.indices.contains($0) ? candidates[$0] : nil }
  }
}
