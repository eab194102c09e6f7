import Testing
import TextGrid

@Suite struct ScreenTests {
  private func screen(_ width: Int, charset: Charset = .unicode) -> Screen {
    Screen(size: Size(width: width, height: 1), charset: charset)
  }

  @Test func wideCharactersTakeTwoCells() {
    var grid = screen(6)
    #expect(grid.write("a漢b", x: 0, y: 0) == 4)
    #expect(grid[1, 0].text == "漢")
    #expect(grid[2, 0].text == "")
    #expect(grid[3, 0].text == "b")
  }

  @Test("A wide character is never cut in half", arguments: 1...8)
  func cutting(width: Int) {
    var grid = screen(width)
    grid.write("漢字漢字", x: 0, y: 0)
    #expect(DisplayWidth.of(grid.text) <= width)
    for x in 0..<width where grid[x, 0].text.isEmpty {
      #expect(DisplayWidth.of(grid[x - 1, 0].text) == 2)
    }
  }

  @Test func overwritingHalfBlanksTheOther() {
    var grid = screen(4)
    grid.write("漢字", x: 0, y: 0)
    grid.write("x", x: 1, y: 0)
    #expect(grid.cells.map(\.text) == [" ", "x", "字", ""])
    grid.write("y", x: 2, y: 0)
    #expect(grid.cells.map(\.text) == [" ", "x", "y", " "])
  }

  @Test func marksStayWithTheirCharacter() {
    var grid = screen(4)
    #expect(grid.write("e\u{301}漢\u{302}x", x: 0, y: 0) == 4)
    #expect(grid.cells.map(\.text) == ["e\u{301}", "漢\u{302}", "", "x"])
    var flags = screen(6)
    #expect(flags.write("🇩🇪👍🏽", x: 0, y: 0) == 6)
  }

  @Test func asciiKeepsTheLayout() {
    var grid = screen(20, charset: .ascii)
    grid.write("●◐○ → ▁█ ü漢 …", x: 0, y: 0)
    #expect(grid.text == "+~- > _# ?? ~")
  }

  @Test func writingOutsideIsHarmless() {
    var grid = screen(4)
    #expect(grid.write("abc", x: 9, y: 0) == 0)
    #expect(grid.write("abc", x: 0, y: 7) == 0)
    #expect(grid.write("abc", x: -1, y: 0) == 0)
    #expect(grid.write("abc", x: 0, y: 0, width: 0) == 0)
    grid.select(x: -5, y: 0, width: 100)
    grid.clear(Rect(x: -3, y: -3, width: 50, height: 50))
    #expect(grid.text == "")
    var empty = Screen(size: Size(width: -1, height: 0))
    #expect(empty.write("x", x: 0, y: 0) == 0)
  }

  @Test func rightAlignment() {
    var grid = screen(10)
    #expect(grid.writeRight("1 204", right: 9, y: 0) == 4)
    #expect(grid.text == "    1 204")
  }

  @Test func rectanglesNeverGetNegative() {
    let rect = Rect(x: 1, y: 1, width: 4, height: 2)
    #expect(rect.splitTop(9).rest.height == 0)
    #expect(rect.splitLeft(-1).left.width == 0)
    #expect(rect.inset(columns: 3, rows: 3).width == 0)
    #expect(rect.centered(width: 2, height: 2) == Rect(x: 2, y: 1, width: 2, height: 2))
  }
}
