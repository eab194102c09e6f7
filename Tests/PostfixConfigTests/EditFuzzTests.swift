import Testing

@testable import PostfixConfig

/// Every edit on damaged files: it throws, or does what it says and nothing else.
@Suite struct EditFuzzTests {
  /// What one value holds, `$` not expanded.
  typealias Shape = [String]

  @Test(arguments: 0..<4) func editsDoWhatTheySayOrThrow(shard: Int) {
    let texts = (PresetTexts.all + PresetTexts.odd + PresetTexts.odd + PresetTexts.odd).map {
      Array($0.utf8)
    }
    let wholeMaster = Array(PresetTexts.master.utf8)
    var failures = 0
    var files = 0
    for number in stride(from: shard, to: Effort.editedFiles, by: 4) {
      let seed = Effort.firstSeed + number
      var dice = Dice(UInt64(seed))
      let text = dice.choice(texts)
      let main = dice.chance(4) ? text : Mutator.mutated(text, &dice, most: 4)
      let master = dice.chance(3) ? Mutator.mutated(wholeMaster, &dice, most: 3) : wholeMaster
      files += 1
      let configuration = Configuration(
        main: MainCF(main), master: MasterCF(master), environment: Fixture.environment)
      for complaint in Self.complaints(configuration, &dice) {
        failures += 1
        Issue.record("seed \(seed): \(complaint)")
      }
      if failures > 5 { return }
    }
    print(
      "edits, shard \(shard): \(files) files from seed \(Effort.firstSeed), \(failures) failures")
  }

  private static func complaints(_ original: Configuration, _ dice: inout Dice) -> [String] {
    let restrictions = original.policy().services.flatMap { $0.lists.flatMap(\.restrictions) }
    guard !restrictions.isEmpty else { return [] }
    var edits: [Edit] = []
    let target = restrictions[dice.below(restrictions.count)].target
    edits += [
      .setState(target, .off), .setState(target, .trial), .setState(target, .on),
      .remove(target), .move(target, offset: dice.below(5) - 2),
      .setArgument(target, dice.chance(2) ? "hash:/new" : nil),
    ]
    let names = [
      "permit_mynetworks", "reject_unlisted_recipient", "permit", "reject_unknown_client",
    ]
    edits.append(
      .insert(
        stage: Stage.allCases[dice.below(Stage.allCases.count)],
        service: ["smtp/inet", "submission/inet", "smtpd/pass", "2525/inet"][dice.below(4)],
        name: names[dice.below(names.count)], argument: nil,
        state: RestrictionState.allCases[dice.below(3)]))
    let parameter = original.main.parameterNames.randomElement(using: &dice) ?? "mynetworks"
    let values = ["yes", "", "a, b", "\n  a\n  b", "{ a b }"]
    let service = dice.chance(3) ? "submission/inet" : nil
    edits.append(
      .setParameter(name: parameter, value: values[dice.below(values.count)], service: service))
    edits.append(.resetParameter(name: parameter, service: service))
    return edits.compactMap { edit in
      guard let draft = try? original.applying([edit]) else { return nil }
      if draft == original {
        guard case .setState(let target, let state) = edit else { return nil }
        let uses = restrictions.filter { $0.target == target }
        return uses.contains { $0.state == state } ? nil : "nothing happened: \(edit)"
      }
      return EditJudge(old: original, new: draft, edit: edit).complaint
    }
  }
}
