import Glibc
import HostSystem
import TestSupport
import Testing

@testable import PostfixConfig

/// The unified diff held against diff(1) and patch(1).
@Suite(
  .enabled(
    if: access("/usr/bin/diff", X_OK) == 0 && access("/usr/bin/patch", X_OK) == 0,
    "SKIPPED: diff or patch is missing, so no diff is held against them"))
struct DiffOracleTests {
  private static func changed(_ dice: inout Dice) -> (old: [UInt8], new: [UInt8]) {
    let letters = ["a", "b", "c", "", "d e", "\u{e9}", "-- x", "+", "\\ No newline"]
    func text(_ lines: [String], _ isClosed: Bool) -> [UInt8] {
      Array((lines.joined(separator: "\n") + (isClosed ? "\n" : "")).utf8)
    }
    var lines = (0..<dice.below(30)).map { _ in dice.choice(letters) }
    let old = text(lines, dice.below(4) > 0)
    for _ in 0...dice.below(4) {
      let place = dice.below(lines.count + 1)
      if place < lines.count, dice.chance(2) {
        lines.remove(at: place)
      } else {
        lines.insert("new \(dice.below(3))", at: place)
      }
    }
    return (old, text(lines, dice.below(4) > 0))
  }

  /// A preset and the same after an edit that changes something.
  private static func edited(_ dice: inout Dice) -> (old: [UInt8], new: [UInt8]) {
    let original = Fixture.configuration(dice.choice(PresetTexts.all))
    let targets = original.policy().services.flatMap { $0.lists.flatMap(\.restrictions) }
    let target = dice.choice(targets).target
    let edits: [Edit] = [
      .setState(target, .off), .setState(target, .trial), .remove(target),
      .resetParameter(name: target.parameter, service: nil),
    ]
    let new = try? original.applying([dice.choice(edits)])
    return (original.main.bytes, new?.main.bytes ?? original.main.bytes)
  }

  @Test func patchMakesTheNewTextFromTheOld() throws {
    try withTemporaryDirectory { directory in
      var dice = Dice(11)
      var compared = 0
      for number in 0..<200 {
        let (old, new) = number % 4 == 0 ? Self.edited(&dice) : Self.changed(&dice)
        guard old != new else { continue }
        compared += 1
        let diff = unifiedDiff(old: old, new: new, oldLabel: "a", newLabel: "b")
        for (name, bytes) in [("old", old), ("new", new), ("own", Array(diff.utf8))] {
          try OpenFile("\(directory)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            .writeAll(bytes)
        }
        let theirs = try Command(
          "/usr/bin/diff", ["-u", "--label", "a", "--label", "b", "old", "new"],
          directory: directory
        ).run().output
        #expect(Self.size(Array(diff.utf8)) <= Self.size(theirs), "\(diff)")
        let patched = try Command(
          "/usr/bin/patch", ["-s", "-o", "out", "old", "own"], directory: directory
        ).run()
        #expect(patched.succeeded, "\(patched.errorText)\n\(diff)")
        #expect(try readFile("\(directory)/out").bytes == new, "\(diff)")
      }
      print("\(compared) diffs are no longer than those of diff -u, and patch makes the new text")
    }
  }

  /// How many lines a diff removes and adds.
  private static func size(_ diff: [UInt8]) -> Int {
    diff.split(separator: 10).dropFirst(2).count { $0.first == 43 || $0.first == 45 }
  }
}
