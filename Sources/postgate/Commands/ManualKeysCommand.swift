import ArgumentParser
import ConsoleCore

/// Prints the key table as mdoc, for the manual page; a test holds the page to it.
struct ManualKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual-keys", abstract: "Print the keys for the manual page.",
    shouldDisplay: false)

  func run() throws {
    write(".Bl -tag -width Ds")
    for binding in Keymap.bindings {
      let keys = binding.keys.map { "Sy \(escaped($0.name))" }.joined(separator: " , ")
      write(".It \(keys)")
      write(escaped(binding.help.prefix(1).uppercased() + binding.help.dropFirst()) + ".")
    }
    write(".El")
  }

  /// Protects what mdoc would take for itself.
  private func escaped(_ text: String) -> String {
    let special: Set<Character> = ["?", "!", ".", ",", ";", ":", "(", ")", "[", "]", "|"]
    let text = text.split(separator: "\\", omittingEmptySubsequences: false).joined(
      separator: "\\e")
    return text.count == 1 && special.contains(text.first ?? " ") ? "\\&" + text : text
  }
}
