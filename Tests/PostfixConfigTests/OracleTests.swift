import Glibc
import Testing

@testable import PostfixConfig

/// Our reading held against the installed Postfix.
@Suite(
  .enabled(
    if: access("/usr/sbin/postconf", X_OK) == 0,
    "SKIPPED: /usr/sbin/postconf is missing, so nothing is held against the real Postfix"))
struct OracleTests {
  @Test func filesAgreeWithPostconf() throws {
    try Scratch.with { scratch in
      scratch.write("main.cf", [])
      scratch.write("master.cf", [])
      let defaults = Self.settings(scratch.run("/usr/sbin/postconf -c \(scratch.path) -d"))
      #expect(defaults.count > 500)
      var refused = 0
      for number in 0..<Generator.inputs(300) {
        var dice = Dice(UInt64(number))
        let main = Self.main(&dice)
        let master = Self.master(&dice)
        scratch.write("main.cf", main)
        scratch.write("master.cf", master)
        let postconf = "/usr/sbin/postconf -c \(scratch.path)"
        let output = scratch.run(
          ["-n", "-nx", "-M", "-P"].map { "echo @@\($0); \(postconf) \($0)" }.joined(
            separator: " && ") + " || echo FATAL")
        let parts = Self.sections(output)
        var environment = Fixture.environment
        environment.defaults = defaults
        let ours = Configuration(
          main: MainCF(main), master: MasterCF(master), environment: environment)
        if !Self.compare(ours, parts) { refused += 1 }
      }
      print("postconf refused \(refused) of \(Generator.inputs(300)) files, and so did we")
    }
  }

  /// False when Postfix refuses the file, which our checks must say too.
  private static func compare(_ ours: Configuration, _ parts: [[UInt8]]) -> Bool {
    let text = "\(ours.mainText)\n--\n\(ours.masterText)"
    let isRefused = parts[0].isFatal || parts[1].isFatal
    let codes = ours.codes()
    let saysSo = !codes.isDisjoint(with: [
      "line-without-equals", "cannot-expand", "bad-field-count",
    ])
    #expect(isRefused == saysSo, "\(ours.findings().map(\.message)) for\n\(text)")
    guard !isRefused, !saysSo, parts.count == 5 else { return false }
    let (raw, expanded) = (settings(parts[1]), settings(parts[2]))
    for name in ours.main.parameterNames where raw[name] != nil {
      #expect(raw[name] == folded(ours.main.rawValue(of: name) ?? ""), "\(name) in\n\(text)")
      #expect(
        expanded[name] == folded(ours.value(of: name) ?? "nil"), "expanded \(name) in\n\(text)")
    }
    let known = ours.main.parameterNames.filter { ours.environment.defaults[$0] != nil }
    #expect(Set(known).isSubset(of: raw.keys), "names in\n\(text)")
    // Each service once: of entries with the same name the last one holds.
    let entries = ours.master.entries
    let holding = entries.indices.filter { index in
      !entries[(index + 1)...].contains { $0.id == entries[index].id }
    }.map { entries[$0] }
    let services = lines(parts[3]).map { words($0).prefix(8).joined(separator: " ") }
    #expect(
      services.sorted()
        == holding.map { entry in
          ([entry.id.name, entry.id.type] + entry.settings.map(\.text) + [entry.command.text])
            .joined(separator: " ")
        }.sorted(), "services in\n\(text)")
    let overrides = settings(parts[4])
    var own: [String: String] = [:]
    for entry in holding {
      for override in entry.overrides {
        own["\(entry.id)/\(override.name)"] = folded(override.value)
      }
    }
    #expect(overrides == own, "overrides in\n\(text)")
    return true
  }

  private static let names = [
    "mydestination", "relay_domains", "smtpd_helo_restrictions", "mynetworks", "myorigin",
    "smtpd_banner", "user_a", "user_b", "mail_name",
  ]

  private static func main(_ dice: inout Dice) -> [UInt8] {
    let pieces = [
      "a", "b, c", "$relay_domains", "${myorigin?{x}:{y}}",
      "${{3.10} >=level {3.9} ? {new} : {old}}",
      "\n  # comment\n\n   d", "\n\te,", "$$", "${mynetworks:none}", "$(myorigin)", "  ", "=",
      "\r\n f", "${user_a?  spaced }", "${ user_b ? { in } : { out } }", "$mail_name",
      "${{a} == {b}}",
      "${{10} < {9} ? {small} : {great}}", "${{x$user_b} != {x}?{set}}", "${user_b:{$mail_name}}",
      "#", "\n# left\n  right", "$(user_a)", "${unset_name}", "{ a, b }", "\u{e9}", "${user_a:}",
      "${{$mail_name} == {Postfix} ? yes}", "${user_a?b:c}", "\u{b}",
    ]
    let broken = ["${", "$", "$ x", "${user-a}", "${{a} = {b}}", "$(user_a", "${user_a?{x}y}"]
    // Each refusal costs postconf a second.
    let isBroken = dice.chance(30)
    var text = ["", "# start\n", "\n\n", "   \n# x\n", "  # indented\n"][dice.below(5)]
    for (index, name) in names.enumerated() where !dice.chance(6) {
      text += name + [" = ", "=", " =\n   ", "\t=\t", "\n  = "][dice.below(5)]
      for _ in 0..<dice.below(6) {
        var piece = pieces[dice.below(pieces.count)]
        if isBroken, dice.chance(8) { piece = broken[dice.below(broken.count)] }
        // A name refers only to later ones, so that loops stay rare.
        if let refers = names.firstIndex(where: { piece.contains($0) }), refers <= index,
          !(isBroken && dice.chance(3))
        {
          continue
        }
        text += piece
      }
      text += dice.chance(10) ? " \r\n" : "\n"
      if dice.chance(8) { text += ["\n", "# c\n", "   \n", "\t# i\n"][dice.below(4)] }
      if dice.chance(12) { text += "\(names[dice.below(names.count)]) = twice\n" }
    }
    if isBroken, dice.chance(4) { text += "no equals\n" }
    if dice.chance(6) { text.removeLast(text.hasSuffix("\n") ? 1 : 0) }
    return Array(text.utf8)
  }

  private static func master(_ dice: inout Dice) -> [UInt8] {
    let arguments = [
      "-o a=b", "\n  -o { c = d e }", "-v", "\n  # note\n  -o user_a=$mynetworks", "-o e=",
      "\n\n   -o { f= x, y}", "-o {g=h}", "\n  -o h=a,b,c", "-o a=again", "-o j={k}",
      "\n# left\n -o { l = { m n } }",
    ]
    let services = [
      "smtp inet n - y - - smtpd", "submission  inet\tn - y - - smtpd",
      "pickup unix n - y 60 1 pickup",
      "127.0.0.1:2525 inet n - - - 5 smtpd", "smtpd pass - - y - - smtpd",
      "maildrop unix - n n - - pipe\n  flags=DRXhu user=vmail argv=/bin/true ${recipient}",
    ]
    var text = "# master\n"
    for service in services where !dice.chance(4) {
      text += service
      for _ in 0..<dice.below(4) { text += " " + arguments[dice.below(arguments.count)] }
      text += "\n"
    }
    return Array(text.utf8)
  }

  private static func sections(_ output: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = [[]]
    for line in output.split(separator: 10, omittingEmptySubsequences: false) {
      if line.starts(with: "@@-".utf8) {
        parts.append([])
      } else {
        parts[parts.count - 1] += line + [10]
      }
    }
    return parts
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }.filter {
      !words($0).isEmpty
    }
  }

  private static func words(_ text: String) -> [String] {
    text.utf8.split(whereSeparator: \.isSpace).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func folded(_ text: String) -> String { words(text).joined(separator: " ") }

  private static func settings(_ bytes: [UInt8]) -> [String: String] {
    var values: [String: String] = [:]
    for line in lines(bytes) {
      guard let equals = line.utf8.firstIndex(of: 61) else { continue }
      values[folded(String(line[..<equals]))] = folded(
        String(line[line.utf8.index(after: equals)...]))
    }
    return values
  }
}

extension [UInt8] {
  fileprivate var isFatal: Bool { split(separator: 10).contains { $0.elementsEqual("FATAL".utf8) } }
}
