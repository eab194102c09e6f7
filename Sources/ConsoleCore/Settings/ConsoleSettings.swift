import TextGrid

/// What a user may set in a file; everything has a default.
///
/// ```toml
/// refresh = 2            # seconds that counts stand at least, 0.2 to 3600
/// window = 3600          # seconds that counts cover at the start
/// mouse = false
///
/// [keys]                 # by the name of the action; all its keys, in every place where it works
/// toggle = ["Space", "X"]
///
/// [colors]               # by role: a colour of the terminal (name or 0 to 255), or "default"
/// reject = "red"
/// ```
public struct ConsoleSettings: Hashable, Sendable {
  /// Seconds that counts stand at least before they move.
  public var refreshSeconds: Double?
  /// The span that counts cover at the start, in seconds.
  public var windowSeconds: Int?
  /// True to take the mouse from the start.
  public var usesMouse: Bool?
  /// The keys of an action, in place of the standard ones.
  public var keys: [Action: [Key]] = [:]
  /// The colour of a role by its number in the terminal's palette; -1 for the terminal's own.
  public var colors: [Role: Int] = [:]
  /// Where each action was set.
  private var lines: [Action: Int] = [:]

  /// Settings that change nothing.
  public init() {}

  /// Reads a settings file.
  ///
  /// - Throws: ``SettingsError`` for the first line that cannot be used.
  public init(_ text: String) throws(SettingsError) {
    for entry in try SettingsText(text).entries {
      switch entry.table {
      case "": try setGeneral(entry)
      case "keys": try setKey(entry)
      case "colors": try setColor(entry)
      default:
        throw SettingsError(
          line: entry.line, reason: "[\(entry.table)] is unknown; there are [keys] and [colors]")
      }
    }
    try refuseClashes()
  }

  /// The settings of another file over these.
  public func overridden(by other: ConsoleSettings) -> ConsoleSettings {
    var result = self
    result.refreshSeconds = other.refreshSeconds ?? refreshSeconds
    result.windowSeconds = other.windowSeconds ?? windowSeconds
    result.usesMouse = other.usesMouse ?? usesMouse
    result.keys.merge(other.keys) { $1 }
    result.colors.merge(other.colors) { $1 }
    return result
  }

  private mutating func setGeneral(_ entry: SettingsText.Entry) throws(SettingsError) {
    switch (entry.key, entry.value) {
    case ("refresh", .number(let seconds)) where (0.2...3600).contains(seconds):
      refreshSeconds = seconds
    case ("refresh", _): throw SettingsError(entry, "refresh takes 0.2 to 3600 seconds")
    case ("window", .number(let seconds)) where (60...5_184_000).contains(seconds):
      windowSeconds = Int(seconds)
    case ("window", _): throw SettingsError(entry, "window takes 60 to 5184000 seconds")
    case ("mouse", .bool(let isOn)): usesMouse = isOn
    case ("mouse", _): throw SettingsError(entry, "mouse takes true or false")
    default:
      throw SettingsError(entry, "\(entry.key) is unknown; there are refresh, window and mouse")
    }
  }

  private mutating func setKey(_ entry: SettingsText.Entry) throws(SettingsError) {
    guard let action = Action(rawValue: entry.key) else {
      throw SettingsError(
        entry, "there is no action \(entry.key); postgate(8) names them all")
    }
    let names: [String]
    switch entry.value {
    case .string(let name): names = [name]
    case .strings(let several) where !several.isEmpty: names = several
    default: throw SettingsError(entry, "keys are written as \"Space\" or [\"Space\", \"X\"]")
    }
    var keys: [Key] = []
    for name in names {
      guard let key = Key(name: name) else {
        throw SettingsError(
          entry, "\(name) is no key; write a character, ^L, F1, Space, Enter, Tab, Up, PgUp, …")
      }
      keys.append(key)
    }
    self.keys[action] = keys
    lines[action] = entry.line
  }

  /// A key that would do two things in one place does the wrong one half of the time.
  private func refuseClashes() throws(SettingsError) {
    for context in KeyContext.allCases {
      var taken: [Key: Action] = [:]
      for binding in Keymap.bindings(in: context, keys: keys) {
        for key in binding.keys {
          guard let other = taken.updateValue(binding.action, forKey: key), other != binding.action
          else { continue }
          guard let line = lines[binding.action] ?? lines[other] else { continue }
          throw SettingsError(
            line: line,
            reason: "\(key.name) would be both \(other.rawValue) and \(binding.action.rawValue) "
              + "(\(context.title)); give one of them another key")
        }
      }
    }
  }

  private mutating func setColor(_ entry: SettingsText.Entry) throws(SettingsError) {
    guard let role = Role.allCases.first(where: { "\($0)" == entry.key }) else {
      let known = Role.allCases.map { "\($0)" }.joined(separator: ", ")
      throw SettingsError(entry, "there is no role \(entry.key); there are \(known)")
    }
    switch entry.value {
    case .number(let number) where (0...255).contains(number): colors[role] = Int(number)
    case .string("default"): colors[role] = -1
    case .string(let name):
      guard let number = Self.colorNames.firstIndex(of: name) else {
        throw SettingsError(
          entry, "\(name) is no colour; there are \(Self.colorNames.joined(separator: ", "))")
      }
      colors[role] = number
    default: throw SettingsError(entry, "a colour is 0 to 255, a name or \"default\"")
    }
  }

  /// In the order of the terminal's palette (terminfo(5), "Color Handling").
  private static let colorNames = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
  ]
}

extension SettingsError {
  init(_ entry: SettingsText.Entry, _ reason: String) {
    self.init(line: entry.line, reason: reason)
  }
}
