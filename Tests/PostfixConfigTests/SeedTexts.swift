import HostSystem
import TestSupport

/// The configuration files that the generators start from.
enum SeedTexts {
  /// Real main.cf texts: presets, odd layouts, and what Postfix itself ships where it is installed.
  static let main: [[UInt8]] =
    PresetTexts.all.map { Array($0.utf8) } + PresetTexts.odd.map { Array($0.utf8) }
    + [Array(Fixture.tutorial.utf8)] + facts
    + installed([
      "/usr/share/postfix/main.cf.dist", "/usr/share/postfix/main.cf.debian",
      "/usr/share/postfix/main.cf.tls", "/etc/postfix/main.cf.proto",
    ])

  /// Real master.cf texts.
  static let master: [[UInt8]] =
    [Array(Fixture.master.utf8), Array(PresetTexts.master.utf8)]
    + installed(["/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf.proto"])

  private static func installed(_ paths: [String]) -> [[UInt8]] {
    let texts = paths.compactMap { try? readFile($0).bytes }
    if texts.count < paths.count {
      print("\(paths.count - texts.count) of the files that Postfix ships are not here: \(paths)")
    }
    return texts
  }

  /// The examples of the collected facts: what stands between lines of three backquotes.
  private static let facts: [[UInt8]] = {
    guard let page = sharedFile("facts/presets.md") else {
      print("the collected facts are not here: no examples from them")
      return []
    }
    let parts = String(decoding: page, as: UTF8.self).split(
      separator: "```", omittingEmptySubsequences: false)
    return parts.indices.filter { $0 % 2 == 1 }.map { Array(parts[$0].utf8.dropFirst()) }
  }()
}
