import Testing

@testable import PostfixConfig

/// Our reading held against the installed Postfix.
@Suite(
  .enabled(
    if: Postconf.isInstalled,
    "SKIPPED: /usr/sbin/postconf is missing, so nothing is held against the real Postfix"))
struct OracleTests {
  private static let shards = 4
  private static let emptyMaster = Array("# none\n".utf8)

  @Test(arguments: 0..<shards) func filesAgreeWithPostconf(shard: Int) throws {
    try Postconf.with { postconf in
      let environment = try Self.environment(postconf)
      var counts = (files: 0, refused: 0, masters: 0, failures: 0)
      for number in stride(from: shard, to: Effort.oracleFiles, by: Self.shards) {
        var generator = OracleGenerator(dice: Dice(UInt64(Effort.firstSeed + number)))
        let main = Self.main(&generator, number, environment)
        let withMaster = number / Self.shards % 3 == 0
        let master = withMaster ? Self.master(&generator, number) : Self.emptyMaster
        let ours = Configuration(
          main: MainCF(main), master: MasterCF(master), environment: environment)
        try postconf.write(main: main, master: master)
        let judge = OracleJudge(ours: ours, postconf: postconf)
        let complaint = try judge.complaint()
        counts.files += 1
        counts.masters += withMaster ? 1 : 0
        counts.refused += judge.expectsRefusal ? 1 : 0
        guard let complaint else { continue }
        Issue.record(
          "file \(Effort.firstSeed + number): \(complaint) in\n\(ours.mainText)\n--\n\(ours.masterText)"
        )
        counts.failures += 1
        if counts.failures > 3 { return }
      }
      print(
        "oracle, shard \(shard): \(counts.files) main.cf from seed \(Effort.firstSeed) (\(counts.refused) that Postfix refuses), \(counts.masters) with a master.cf, \(counts.failures) disagreements"
      )
    }
  }

  @Test func presetsAgreeWithPostconf() throws {
    try Postconf.with { postconf in
      let environment = try Self.environment(postconf)
      let master = Array(PresetTexts.master.utf8)
      var files: [(main: [UInt8], master: [UInt8])] = SeedTexts.master.map { ([], $0) }
      for text in SeedTexts.main {
        files.append((text, master))
        files.append((text.flatMap { $0 == 10 ? [13, 10] : [$0] }, Self.emptyMaster))
        files.append((text.dropLast(), Self.emptyMaster))
      }
      var failures = 0
      for (main, master) in files where failures < 5 {
        try postconf.write(main: main, master: master)
        let ours = Configuration(
          main: MainCF(main), master: MasterCF(master), environment: environment)
        guard let complaint = try OracleJudge(ours: ours, postconf: postconf).complaint() else {
          continue
        }
        failures += 1
        Issue.record("\(complaint) in\n\(ours.mainText)\n--\n\(ours.masterText)")
      }
      print(
        "oracle: \(files.count) presets and files that Postfix ships, \(failures) disagreements")
    }
  }

  private static func environment(_ postconf: Postconf) throws -> PostfixEnvironment {
    try postconf.write(main: [], master: emptyMaster)
    var environment = Fixture.environment
    let defaults = try #require(try postconf.lines(["-d"])).compactMap { line in
      line.firstIndex(of: Byte.equals).map { equals in
        (
          String(decoding: Postconf.folded(line[..<equals]), as: UTF8.self),
          String(decoding: line[equals...].dropFirst(2), as: UTF8.self)
        )
      }
    }
    #expect(defaults.count > 500)
    environment.defaults = Dictionary(defaults, uniquingKeysWith: { $1 })
    environment.version = try #require(
      environment.defaults["mail_version"].flatMap { PostfixVersion($0) })
    // Postfix puts a blank behind each network of this default; postconf prints all but the last.
    environment.defaults["mynetworks", default: ""] += " "
    return environment
  }

  /// Every refusal costs postconf a second, so only some files are such that we expect one.
  private static func main(
    _ generator: inout OracleGenerator, _ number: Int, _ environment: PostfixEnvironment
  ) -> [UInt8] {
    let wantsRefusal = number % 400 < Self.shards
    for _ in 0..<50 {
      let text =
        generator.dice.chance(2)
        ? generator.main(isBroken: wantsRefusal) : generator.damagedMain()
      let ours = Configuration(
        main: MainCF(text), master: MasterCF([]), environment: environment)
      // What nobody reads may be broken: postconf then tells no more which names are used.
      let isWanted =
        wantsRefusal
        ? ours.isRefusedByPostconf : !ours.isRefusedByPostconf && !ours.hasBrokenValue
      if isWanted { return text }
    }
    return []
  }

  /// Braces that do not match are left out: postconf reads such an argument to the end of the entry
  /// with a warning, but master(8) dies of it, so we take the entry's text as it stands.
  private static func master(_ generator: inout OracleGenerator, _ number: Int) -> [UInt8] {
    let wantsRefusal = number % 960 < Self.shards
    for _ in 0..<50 {
      let text = generator.dice.chance(2) ? generator.master() : generator.damagedMaster()
      let master = MasterCF(text)
      let isMatched = master.entries.allSatisfy { entry in
        entry.arguments.allSatisfy { argument in
          let bytes = text[argument.range]
          return bytes.count { $0 == Byte.leftBrace } == bytes.count { $0 == Byte.rightBrace }
        }
      }
      if isMatched, !master.badLines.isEmpty == wantsRefusal { return text }
    }
    return emptyMaster
  }
}
