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

  /// Each code that a check gives with a class stands below that class.
  @Test func theFindingsAreThoseOfTheChecks() throws {
    let page = try page()
    let section = try #require(page.firstRange(of: ".Sh FINDINGS"))
    let body = page[section.upperBound...]
    let end = try #require(body.firstRange(of: "\n.El"))
    var listed: [String: Set<String>] = [:]
    for item in body[..<end.lowerBound].split(separator: "\n.It ").dropFirst() {
      let name = item.prefix { $0 != "\n" }
      let words = item.dropFirst(name.count).split { !($0.isLetter || $0 == "-") }
      listed[String(name)] = Set(words.map(String.init))
    }
    let checks = packageRoot + "/Sources/PostfixConfig/Checks"
    var codes: Set<String> = []
    for file in try directoryEntries(checks) {
      let text = String(decoding: try readFile(checks + "/" + file).bytes, as: UTF8.self)
      for match in text.matches(of: /\.([a-zA-Z]+),\s*"([a-z]+(?:-[a-z]+)*)",/) {
        guard let heading = Self.headings[String(match.1)] else { continue }
        codes.insert(String(match.2))
        #expect(
          listed[heading]?.contains(String(match.2)) ?? false,
          "\(match.2) is \(heading) too: \(file)")
      }
    }
    #expect(codes.count > 40 && Set(listed.keys) == Set(Self.headings.values))
  }

  private static let headings = [
    "serverDead": "server dead", "everyoneDeferred": "everyone deferred",
    "openToStrangers": "open to strangers", "hurtsOwnUsers": "hurts own users",
    "silentlyNotEnforced": "silently not enforced", "style": "style",
  ]

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
