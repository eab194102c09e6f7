import Glibc
import Testing

@testable import PostfixConfig

/// Our reading held against the installed Postfix.
@Suite(
  .enabled(
    if: access("/usr/sbin/postconf", X_OK) == 0,
    "SKIPPED: /usr/sbin/postconf is missing, so nothing is held against the real Postfix"))
struct OracleTests {
  @Test func valuesAgreeWithPostconf() throws {
    var random = SystemSeed(state: 7)
    for _ in 0..<150 {
      let text = Self.generate(&random)
      let configuration = Configuration(
        main: MainCF(Array(text.utf8)), master: MasterCF([]), environment: Fixture.environment)
      let raw = try Self.postconf(text, "-n")
      let expanded = try Self.postconf(text, "-nx")
      for name in configuration.main.parameterNames {
        let ours = configuration.main.rawValue(of: name) ?? ""
        #expect(raw[name] == Self.folded(ours), "\(name) in \(text)")
        #expect(
          expanded[name] == Self.folded(configuration.value(of: name) ?? ""), "\(name) in \(text)")
      }
    }
  }

  /// A file of real parameter names, so that postconf -n prints each of them.
  private static func generate(_ random: inout SystemSeed) -> String {
    let names = [
      "mydestination", "relay_domains", "smtpd_helo_restrictions", "mynetworks", "myorigin",
    ]
    let pieces = [
      "a", "b, c", "$relay_domains", "${myorigin?{x}:{y}}", "${{3.10} >=level {3.9} ? {new} : old}",
      "\n  # comment\n\n   d", "\n\te,", "$$", "${mynetworks:none}", "$(myorigin)", "  ", "=",
      "\r\n f",
    ]
    var text = random.next() % 2 == 0 ? "# start\n" : ""
    for (index, name) in names.enumerated() {
      // A name refers only to later ones, so that there is no loop.
      let later = names[(index + 1)...]
      text += name + [" = ", "=", " =\n   "][Int(random.next() % 3)]
      for _ in 0..<(random.next() % 5) {
        let piece = pieces[Int(random.next() % UInt64(pieces.count))]
        let refers = names.first { piece.contains($0) }
        if let refers, !later.contains(refers) { continue }
        text += piece
      }
      text += "\n"
    }
    return text
  }

  private static func folded(_ text: String) -> String {
    text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
  }

  private static func postconf(_ main: String, _ option: String) throws -> [String: String] {
    var template = Array("/tmp/postgate-oracle-XXXXXX".utf8CString)
    let made: String? = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    let directory = try #require(made)
    defer {
      for name in ["main.cf", "master.cf"] { unlink("\(directory)/\(name)") }
      rmdir(directory)
    }
    for (name, text) in [("main.cf", main), ("master.cf", "")] {
      let file = try #require(fopen("\(directory)/\(name)", "w"))
      fputs(text, file)
      fclose(file)
      // An old file is read at once; a fresh one makes postconf wait until it has cooled down.
      let old = [
        timeval(tv_sec: 1_500_000_000, tv_usec: 0), timeval(tv_sec: 1_500_000_000, tv_usec: 0),
      ]
      utimes("\(directory)/\(name)", old)
    }
    let pipe = try #require(popen("/usr/sbin/postconf -c \(directory) \(option) 2>/dev/null", "r"))
    var output: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF {
      output.append(UInt8(truncatingIfNeeded: byte))
    }
    pclose(pipe)
    var values: [String: String] = [:]
    for line in output.split(separator: 10) {
      let text = String(decoding: line, as: UTF8.self)
      guard let equals = text.firstIndex(of: "=") else { continue }
      values[folded(String(text[..<equals]))] = folded(String(text[text.index(after: equals)...]))
    }
    return values
  }

  private struct SystemSeed {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }
}
