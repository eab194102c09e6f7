import ArgumentParser
import HostSystem
import PostfixConfig

/// `postgate --restricted COMMAND`: what a line of sudoers(5) may allow to people who are not root.
///
/// The line fixes the whole command; this is the second lock behind it. Only `status`, `confirm` and the
/// trial of a named restriction that rejects can be run, nothing of the command line or the
/// environment may lead to another configuration, log or state, and nothing can be made weaker.
struct RestrictedUse {
  static let option = "--restricted"

  /// The arguments without the option; nil when it is not given.
  ///
  /// - Parameter environment: the names of the variables that are set; nil for those of this process.
  /// - Throws: `ValidationError` for anything that is not allowed.
  static func arguments(_ all: [String], environment: [String]? = nil) throws -> [String]? {
    guard all.first == option else { return nil }
    let rest = Array(all.dropFirst())
    let names = try environment ?? environmentNames().map(String.init)
    if let name = names.first(where: { $0.hasPrefix("POSTGATE_") }) {
      throw ValidationError("\(option): \(name) must not be set")
    }
    switch rest.first {
    case "status": try require(rest.dropFirst().allSatisfy { $0 == "--json" }, rest)
    case "confirm": try require(rest.count == 1 || rest.count == 2 && Int(rest[1]) != nil, rest)
    case "trial":
      try require(isHarmlessTrial(Array(rest.dropFirst())), rest)
      return rest + ["--never-weaken"]
    default: throw refusal(rest)
    }
    return rest
  }

  /// Relay protection is never put on trial: Postfix would die of it, or relay for everybody.
  private static func isHarmlessTrial(_ words: [String]) -> Bool {
    guard words.count == 1 || words.count == 3 && words[1] == "--for" else { return false }
    let name = words[0].lowercased()
    return name.hasPrefix("reject_") && name != "reject_unauth_destination"
      && Catalog.restriction(named: name) != nil
  }

  private static func require(_ isAllowed: Bool, _ words: [String]) throws {
    if !isAllowed { throw refusal(words) }
  }

  private static func refusal(_ words: [String]) -> ValidationError {
    ValidationError(
      "\(option) does not allow: \(words.joined(separator: " ")); it allows status [--json], "
        + "confirm [NUMBER], and trial reject_… [--for TIME], never of relay protection")
  }

  private static func environmentNames() throws -> [Substring] {
    try readProcFile("/proc/self/environ").split(separator: "\0").map { $0.prefix { $0 != "=" } }
  }
}
