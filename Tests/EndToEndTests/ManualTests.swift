import HostSystem
import Testing

/// The manual page tells what is true today.
@Suite struct ManualTests {
  private func page() throws -> String {
    String(
      decoding: try readFile(packageRoot + "/Resources/man/postgate.8").bytes, as: UTF8.self)
  }

  @Test func theKeysAreThoseOfTheTable() throws {
    let keys = try Command(Postgate.path, ["manual-keys"]).run().outputText
    #expect(keys.contains("Switch on or off"))
    #expect(
      try page().contains(".\\\" keys: begin\n" + keys + ".\\\" keys: end"),
      "print them anew: postgate manual-keys")
  }

  @Test(arguments: [
    "console", "status", "show", "enable", "trial", "disable", "set", "preset", "check", "confirm",
    "undo", "exempt",
    "history", "report", "log", "explain", "recover", "sandbox",
  ])
  func everyCommandIsDescribed(command: String) throws {
    let help = try Command(Postgate.path, ["--help"]).run().outputText
    #expect(help.contains("\n  \(command)"))
    #expect(try page().contains(command))
  }
}
