import Testing

@testable import PostfixConfig

/// Any bytes are read, kept, expanded and checked, without a crash or an end that does not come.
@Suite struct DocumentFuzzTests {
  private static let shards = 4
  /// Policies and findings cost a hundred times what reading does: one input in so many gets them.
  private static let sampling = 100

  @Test(arguments: 0..<shards) func anyBytesAreKept(shard: Int) {
    let texts = SeedTexts.main + SeedTexts.master
    var failures = 0
    var (count, checked) = (0, 0)
    for number in stride(from: shard, to: Effort.documents, by: Self.shards) {
      let seed = Effort.firstSeed + number
      var dice = Dice(UInt64(seed))
      let text = dice.choice(texts)
      // Small pieces are quick; whole files show what depends on the size.
      let size = dice.chance(1_000) ? text.count : dice.chance(20) ? 2_000 : 160
      let bytes = Mutator.mutated(
        Mutator.window(text, &dice, size: size + 1), &dice, most: size < 2_000 ? 4 : 20)
      count += 1
      if let complaint = DocumentJudge(bytes: bytes).complaint {
        Issue.record("seed \(seed): \(complaint)\n\(bytes)")
        failures += 1
      }
      let configuration = Configuration(
        main: MainCF(bytes), master: Fixture.configuration("").master,
        environment: Fixture.environment)
      for name in configuration.main.parameterNames { _ = configuration.value(of: name) }
      if number % (Self.sampling * Self.shards) == shard {
        checked += 1
        let whole = Configuration(
          main: MainCF(bytes), master: MasterCF(dice.chance(2) ? bytes : dice.choice(texts)),
          environment: Fixture.environment)
        if whole.policy() != whole.policy() || whole.findings() != whole.findings() {
          Issue.record("seed \(seed): two readings differ")
          failures += 1
        }
      }
      if failures > 5 { return }
    }
    print(
      "documents, shard \(shard): \(count) inputs from seed \(Effort.firstSeed), \(checked) with policy and findings, \(failures) failures"
    )
  }

  @Test func chainsOfReferencesEnd() {
    let doubling = (0..<40).map { "a\($0) = $a\($0 + 1)$a\($0 + 1)\n" }.joined() + "a40 = x\n"
    let nested =
      "b = " + String(repeating: "${a?{", count: 5_000) + "x"
      + String(repeating: "}}", count: 5_000) + "\n"
    let open = "c = " + String(repeating: "${a?{", count: 5_000) + "\n"
    let compared =
      "d = " + String(repeating: "${{", count: 3_000) + "x"
      + String(repeating: "} == {y} ? {z}}", count: 3_000) + "\n"
    for text in [doubling, nested, open, compared] {
      let configuration = Fixture.configuration(text + "smtpd_helo_restrictions = $a0 $b $c $d\n")
      for name in configuration.main.parameterNames { _ = configuration.value(of: name) }
      #expect(configuration.policy().services.count == 2)
      #expect(configuration.value(of: "a0") == nil)
    }
  }
}
