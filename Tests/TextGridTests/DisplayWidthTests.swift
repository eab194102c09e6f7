import Testing
import TextGrid

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("a", 1), ("é", 1), ("Ж", 1), ("●", 1), ("█", 1), ("…", 1), ("→", 1),
    ("\u{1100}", 2), ("あ", 2), ("ア", 2), ("漢", 2), ("한", 2), ("Ａ", 2), ("￥", 2), ("　", 2),
    ("😀", 2), ("🦀", 2), ("\u{20000}", 2), ("\u{3FFFD}", 2), ("ｱ", 1), ("\u{E9}", 1),
    ("\u{300}", 0), ("\u{20DD}", 0), ("\u{303F}", 1), ("\u{2329}", 2), ("\u{FFE6}", 2),
  ])
  func columns(_ text: String, _ width: Int) throws {
    let scalar = try #require(text.unicodeScalars.first)
    #expect(DisplayWidth.of(scalar) == width)
  }

  @Test func textsAddUp() {
    #expect(DisplayWidth.of("a漢e\u{301}b") == 5)
    #expect(DisplayWidth.of("") == 0)
  }
}
