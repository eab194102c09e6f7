import Testing
import TextGrid

@testable import ConsoleCore

@Suite struct SettingsTests {
  @Test func everySettingIsRead() throws {
    let settings = try ConsoleSettings(
      """
      # of the night shift
      refresh = 2.5   # seconds
      window = 86_400
      mouse = true
      [keys]
      toggle = ["Space", 'X']
      help = "F3"
      [colors]
      reject = "red"
      dim = 240
      "on" = "default"

      """)
    #expect(settings.refreshSeconds == 2.5)
    #expect(settings.windowSeconds == 86_400)
    #expect(settings.usesMouse == true)
    #expect(settings.keys == [.toggle: [.character(" "), .character("X")], .help: [.function(3)]])
    #expect(settings.colors == [.reject: 1, .dim: 240, .on: -1])
  }

  @Test(arguments: [
    ("refresh = 0", 1, "0.2 to 3600"), ("\nrefresh = \"x\"", 2, "0.2 to 3600"),
    ("colour = 1", 1, "unknown"), ("[key]\nx = 1", 2, "[keys] and [colors]"),
    ("[keys]\nfly = \"a\"", 2, "no action fly"), ("[keys]\nhelp = \"Hyper\"", 2, "no key"),
    ("[keys]\nhelp = []", 2, "keys are written"), ("[colors]\nreject = \"mauve\"", 2, "no colour"),
    ("[colors]\nsky = 1", 2, "no role sky"), ("mouse = maybe", 1, "neither"),
    ("mouse true", 1, "= is missing"), ("mouse = true false", 1, "behind the value"),
    ("mouse = true\nmouse = false", 2, "set twice"), ("window = \"a", 1, "closing"),
    ("[keys\nhelp = \"a\"", 1, "ends with ]"), ("= 1", 1, "a name is expected"),
    ("[keys]\nhelp = \"q\"", 2, "would be both"), ("[keys]\nhelp = \"\\x\"", 2, "backslash"),
  ])
  func mistakesNameLineAndRemedy(_ text: String, _ line: Int, _ words: String) throws {
    let error = #expect(throws: SettingsError.self) { _ = try ConsoleSettings(text) }
    #expect(error?.line == line && error?.reason.contains(words) == true, "\(error as Any)")
  }

  @Test func keysThatSwapPlacesDoNotClash() throws {
    let settings = try ConsoleSettings("[keys]\ntoggle = \"t\"\ntrial = \"Space\"")
    #expect(Keymap.binding(for: .character("t"), in: .gate, keys: settings.keys)?.action == .toggle)
    #expect(Keymap.binding(for: .character(" "), in: .gate, keys: settings.keys)?.action == .trial)
  }

  @Test func theUsersFileIsLaidOverTheMachines() throws {
    let machine = try ConsoleSettings("refresh = 5\nwindow = 900\n[keys]\nhelp = \"F3\"")
    let user = try ConsoleSettings("refresh = 1\n[colors]\nreject = 9")
    let both = machine.overridden(by: user)
    #expect(both.refreshSeconds == 1 && both.windowSeconds == 900)
    #expect(both.keys == [.help: [.function(3)]] && both.colors == [.reject: 9])
  }

  @Test func everyKeyOfTheTableHasANameThatIsReadBack() {
    for key in Set(Keymap.bindings.flatMap(\.keys)) {
      #expect(Key(name: key.name) == key, "\(key.name)")
    }
    #expect(Key(name: "") == nil && Key(name: "F13") == nil && Key(name: "^1") == nil)
  }
}
