import Testing

@testable import PostfixConfig

/// Edits made on one text and carried out on a text that somebody else changed in the meantime: both
/// changes are there, or the edit is refused with a reason.
@Suite struct ReplayFuzzTests {
  private struct Outcome {
    var files = 0
    var kept = 0
    var refused = 0
  }

  @Test(arguments: 0..<4) func foreignChangesAndEditsKeepEachOther(shard: Int) {
    let texts = (PresetTexts.all + PresetTexts.odd + PresetTexts.odd).map { Array($0.utf8) }
    let master = Array(PresetTexts.master.utf8)
    var outcome = Outcome()
    var failures = 0
    for number in stride(from: shard, to: Effort.editedFiles, by: 4) where failures < 5 {
      let seed = Effort.firstSeed + number
      var dice = Dice(UInt64(seed))
      let text = dice.choice(texts)
      let original = Self.configuration(text, master)
      let isMain = !dice.chance(4)
      let foreign =
        isMain
        ? Self.configuration(Self.changed(text, &dice), master)
        : Self.configuration(text, Self.changed(master, &dice))
      outcome.files += 1
      for edit in Self.edits(original, &dice) {
        guard let complaint = Self.complaint(edit, original, foreign, &outcome) else { continue }
        failures += 1
        Issue.record("seed \(seed): \(complaint)")
      }
    }
    #expect(outcome.kept > outcome.refused)
    print(
      "replay, shard \(shard): \(outcome.files) files from seed \(Effort.firstSeed), "
        + "\(outcome.kept) edits kept both changes, \(outcome.refused) were refused, \(failures) failures"
    )
  }

  private struct Member: Equatable {
    var target: RestrictionTarget
    var state: RestrictionState
  }

  private static func configuration(_ main: [UInt8], _ master: [UInt8]) -> Configuration {
    Configuration(main: MainCF(main), master: MasterCF(master), environment: Fixture.environment)
  }

  /// What somebody else may do: lines come, go, change places, or change a little.
  private static func changed(_ text: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var lines = text.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
    for _ in 0...dice.below(3) where lines.count > 2 {
      let place = dice.below(lines.count - 1)
      switch dice.below(7) {
      case 0: lines.insert(Array("# by somebody else".utf8), at: place)
      case 1: lines.insert(Array("smtpd_banner = new".utf8), at: 0)
      case 2: lines.remove(at: place)
      case 3: lines.swapAt(place, dice.below(lines.count - 1))
      case 4: lines[place] = Mutator.mutated(lines[place], &dice, most: 1)
      case 5: lines.insert(Array("    reject_unknown_client_hostname,".utf8), at: place + 1)
      default: lines.insert([], at: place)
      }
    }
    return Array(lines.joined(separator: [10]))
  }

  private static func edits(_ original: Configuration, _ dice: inout Dice) -> [Edit] {
    let restrictions = original.policy().services.flatMap { $0.lists.flatMap(\.restrictions) }
    guard !restrictions.isEmpty else { return [] }
    let target = restrictions[dice.below(restrictions.count)].target
    return [
      .setState(target, .off), .setState(target, .trial), .remove(target),
      .move(target, offset: dice.chance(2) ? 1 : -1), .setArgument(target, "hash:/new"),
      .insert(
        stage: Stage.allCases[dice.below(Stage.allCases.count)], service: "smtp/inet",
        name: "reject_unlisted_recipient", argument: nil, state: dice.chance(3) ? .trial : .on),
    ]
  }

  /// Nil when both changes are there, or when the edit says that it does not fit.
  private static func complaint(
    _ edit: Edit, _ original: Configuration, _ foreign: Configuration, _ outcome: inout Outcome
  ) -> String? {
    // What does not fit the text that it was made on is no edit of a draft.
    guard let draft = try? original.applying([edit]), draft != original else { return nil }
    let replayed: Configuration
    do {
      replayed = try foreign.applying([edit])
    } catch {
      outcome.refused += 1
      return error.message.isEmpty ? "\(edit) is refused without a reason" : nil
    }
    outcome.kept += 1
    guard replayed != foreign else { return nil }
    return EditJudge(old: foreign, new: replayed, edit: edit).complaint
      ?? undoFault(edit, original, foreign, replayed)
  }

  /// What takes the edit back leaves the foreign change alone, or is refused; nil when it does.
  private static func undoFault(
    _ edit: Edit, _ original: Configuration, _ foreign: Configuration, _ replayed: Configuration
  ) -> String? {
    guard let inverse = edit.inverse(in: original), let undone = try? replayed.applying([inverse]),
      case .restore = inverse
    else { return nil }
    // The state that the restriction had is part of what was taken out.
    func members(_ configuration: Configuration) -> [Member] {
      configuration.policy().services.flatMap { $0.lists.flatMap(\.restrictions) }.map {
        Member(target: $0.target, state: $0.state)
      }
    }
    let states = [original, foreign].map { configuration in
      members(configuration).filter { edit.names($0.target) }.map(\.state)
    }
    guard states[0] == states[1] else { return nil }
    // Where somebody else moved or broke its line, it goes back to the neighbours and the line that it had:
    // no word is lost or new.
    func words(_ configuration: Configuration) -> [String] {
      (configuration.mainText + configuration.masterText).split { $0.isWhitespace || $0 == "," }
        .map(String.init).sorted()
    }
    // Where somebody else took the setting out, the edit set it anew: what stood there stands there again,
    // and says what the default says.
    let isDefaultInWords =
      Set(words(undone)).isSuperset(of: words(foreign)) && members(undone) == members(foreign)
    return undone.isRestored(of: foreign) || words(undone) == words(foreign) || isDefaultInWords
      ? nil
      : "\(inverse) of \(edit) gives\n\(undone.mainText)\n--\n\(undone.masterText)\nand not\n"
        + "\(foreign.mainText)\n--\n\(foreign.masterText)"
  }
}

extension Edit {
  /// True for the restriction that the edit is about.
  fileprivate func names(_ other: RestrictionTarget) -> Bool {
    switch self {
    case .setState(let target, _), .remove(let target), .move(let target, _),
      .setArgument(let target, _):
      target == other
    default: false
    }
  }
}
