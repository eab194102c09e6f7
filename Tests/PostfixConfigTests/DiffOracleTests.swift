import Glibc
import Testing

@testable import PostfixConfig

/// The unified diff held against diff(1) and patch(1).
@Suite(
  .enabled(
    if: access("/usr/bin/diff", X_OK) == 0 && access("/usr/bin/patch", X_OK) == 0,
    "SKIPPED: diff or patch is missing, so no diff is held against them"))
struct DiffOracleTests {
  private static func changed(_ dice: inout Dice) -> (old: [UInt8], new: [UInt8]) {
    let letters = ["a", "b", "c", "", "d e", "\u{e9}"]
    func text(_ lines: [String], _ isClosed: Bool) -> [UInt8] {
      Array((lines.joined(separator: "\n") + (isClosed ? "\n" : "")).utf8)
    }
    var lines = (0..<dice.below(30)).map { _ in letters[dice.below(letters.count)] }
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

  @Test func patchMakesTheNewTextFromTheOld() throws {
    try Scratch.with { scratch in
      var dice = Dice(11)
      for _ in 0..<150 {
        let (old, new) = Self.changed(&dice)
        guard old != new else { continue }
        let diff = unifiedDiff(old: old, new: new, oldLabel: "a", newLabel: "b")
        scratch.write("old", old)
        scratch.write("new", new)
        scratch.write("own", Array(diff.utf8))
        let other = scratch.run("cd \(scratch.path) && diff -u --label a --label b old new")
        let (ours, theirs) = (Self.size(Array(diff.utf8)), Self.size(other))
        #expect(ours <= theirs, "\(diff)")
        _ = scratch.run("cd \(scratch.path) && patch -s -o out old own")
        #expect(scratch.read("out") == new, "\(diff)")
      }
    }
  }

  /// How many lines a diff removes and adds.
  private static func size(_ diff: [UInt8]) -> Int {
    diff.split(separator: 10).dropFirst(2).count { $0.first == 43 || $0.first == 45 }
  }
}
