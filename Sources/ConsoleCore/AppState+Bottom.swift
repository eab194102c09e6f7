import TextGrid

/// A key with what it does, as it stands on the screen.
public struct KeyHint: Hashable, Sendable {
  /// The key.
  public let key: Key
  /// A word or two.
  public let words: String
  /// The column in which the key's name begins.
  public let x: Int
  /// Columns of the name, a space and the words.
  public let width: Int
}

// The last line of the screen, and the names of the screens that can be clicked.
extension AppState {
  /// What the last line says first: the countdown of a change, or how many edits wait.
  public var standing: String? {
    if let window = confirmWindow {
      let left = max(0, window.deadline.seconds - now.seconds)
      return "change \(window.number) goes back in \(left) s"
    }
    guard pendingEdits > 0 else { return nil }
    return "\(pendingEdits == 1 ? "1 edit" : "\(pendingEdits) edits") not applied"
  }

  /// The keys that the last line names, right-aligned; a popup names its own.
  public var hints: [KeyHint] {
    guard prompt == nil, notice == nil else { return [] }
    var room = size.width - 4 - (standing.map { $0.count } ?? 0)
    var shown: [(Key, String)] = []
    // What does not fit is left out from the front, since help and quit come last.
    for (key, words) in wantedHints.reversed() {
      let columns = key.name.count + words.count + 3
      guard columns <= room else { break }
      room -= columns
      shown.insert((key, words), at: 0)
    }
    var x = size.width - 1 - shown.reduce(0) { $0 + $1.0.name.count + $1.1.count + 3 }
    return shown.map { key, words in
      let columns = key.name.count + 1 + words.count
      defer { x += columns + 2 }
      return KeyHint(key: key, words: words, x: x + 2, width: columns)
    }
  }

  private var wantedHints: [(Key, String)] {
    let all = Keymap.bindings(in: context, keys: settings.keys).filter {
      isAvailable($0.action) && (pendingEdits > 0 || !Self.draftKeys.contains($0.action))
        // Over a popup only what decides a change that waits: its own keys stand in it.
        && (popup == nil || $0.action == .keep || $0.action == .takeBack)
    }
    // What is useful at any time makes room first.
    let asides = all.filter { Self.asides.contains($0.action) }
    let others = all.filter { !Self.asides.contains($0.action) }
    return (asides + others).compactMap { binding in
      binding.keys.first.flatMap { key in hint(of: binding).map { (key, $0) } }
    }
  }

  private static let asides: Set<Action> = [.open, .search, .rehearse]
  private static let draftKeys: Set<Action> = [.review, .diff]

  private func hint(of binding: Binding) -> String? {
    binding.action == .back && screen == .gate ? "quit" : binding.hint
  }

  /// The names of the screens, as they stand beside each other while the mouse is on.
  public var tabs: [KeyHint] {
    let names: [(Action, String)] = [
      (.gateScreen, "Gate"), (.connectionsScreen, "Connections"), (.logScreen, "Log"),
      (.settingsScreen, "Settings"), (.review, "Review"), (.historyScreen, "History"),
    ]
    let gap = size.width < 64 ? 1 : 2
    var x = 1
    return names.compactMap { action, name in
      let keys = Keymap.bindings(keys: settings.keys).first { $0.action == action }?.keys
      guard let key = keys?.first(where: { $0.name.count == 1 && $0.isDigit }) ?? keys?.first
      else { return nil }
      let columns = key.name.count + 1 + name.count
      defer { x += columns + gap }
      return KeyHint(key: key, words: name, x: x, width: columns)
    }
  }

  /// True for the tab of the screen that is shown.
  public func isShown(_ tab: KeyHint) -> Bool {
    switch Keymap.binding(for: tab.key, in: .gate, keys: settings.keys)?.action {
    case .gateScreen: screen == .gate
    case .connectionsScreen: screen == .connections
    case .logScreen: screen == .log
    case .settingsScreen: screen == .settings
    case .historyScreen: screen == .history
    case .review: popup == .review
    default: false
    }
  }
}

extension Key {
  fileprivate var isDigit: Bool {
    if case .character(let character) = self { character.isNumber } else { false }
  }
}
