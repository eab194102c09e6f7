import Testing

@testable import PostfixConfig

@Suite struct DiffTests {
  @Test func writesHunksAsDiffDoes() {
    let old = Array("1\n2\n3\n4\n5\n6\n7\n8\n9".utf8)
    let new = Array("1\n2\nX\n4\n5\n6\n7\n8\n9\n".utf8)
    #expect(
      unifiedDiff(old: old, new: new, oldLabel: "a", newLabel: "b", context: 1) == """
        --- a
        +++ b
        @@ -2,3 +2,3 @@
         2
        -3
        +X
         4
        @@ -8,2 +8,2 @@
         8
        -9
        \\ No newline at end of file
        +9

        """)
    #expect(unifiedDiff(old: old, new: old, oldLabel: "a", newLabel: "b").isEmpty)
    #expect(
      unifiedDiff(old: [], new: Array("x\n".utf8), oldLabel: "a", newLabel: "b")
        == "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n")
  }

  @Test func tellsTheEffectInWords() throws {
    let old = Fixture.configuration(Fixture.tutorial)
    var new = old
    let target = try #require(old.list(.helo)).restrictions[2].target
    try new.apply(.setState(target, .off))
    #expect(
      effectiveDifference(from: old.policy(), to: new.policy()) == [
        "smtp/inet helo: reject_invalid_helo_hostname is switched off",
        "submission/inet helo: reject_invalid_helo_hostname is switched off",
      ])
  }
}
