import Testing
import TextGrid

@Suite struct SanitiserTests {
  @Test(
    "Nothing that could act on a terminal survives",
    arguments: [
      "\u{1B}]52;c;aGFjaw==\u{07}", "\u{1B}]0;title\u{1B}\\", "\u{1B}[2J\u{1B}[H", "a\u{9B}31mred",
      "\u{90}q\u{9C}", "x\u{202E}gpj.exe",
      "\u{2066}\u{2067}\u{2068}\u{2069}\u{200E}\u{200F}\u{061C}",
      "a\u{200B}b\u{200C}c\u{200D}d\u{2060}e\u{FEFF}f", "soft\u{AD}hyphen", "line\u{2028}\u{2029}",
      "\r\noverwritten", "bell\u{07}\u{08}\u{7F}", "tag\u{E0041}\u{E007F}", "\u{E000}\u{F8FF}",
      "hangul\u{115F}\u{1160}\u{3164}\u{FFA0}", "\u{FFF9}a\u{FFFA}b\u{FFFB}", "\u{0378}",
      "selector\u{FE0F}\u{E0100}", "\u{180E}\u{034F}",
    ])
  func harmless(_ text: String) {
    let clean = Sanitiser.clean(text)
    #expect(!clean.isEmpty)
    for scalar in clean.unicodeScalars {
      let category = scalar.properties.generalCategory
      #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
      #expect(
        ![.control, .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator]
          .contains(category))
      #expect(!scalar.properties.isDefaultIgnorableCodePoint)
    }
  }

  @Test func replacesVisibly() {
    #expect(Sanitiser.clean("a\u{1B}[31mb") == "a?[31mb")
    #expect(Sanitiser.clean("a\tb\u{A0}c") == "a b c")
    #expect(Sanitiser.clean("x\u{202E}y") == "x?y")
  }

  @Test func keepsWhatIsText() {
    #expect(Sanitiser.clean("mail.example.org") == "mail.example.org")
    #expect(Sanitiser.clean("Grüße 例え.jp ✉") == "Grüße 例え.jp ✉")
    #expect(Sanitiser.clean("e\u{301}") == "e\u{301}")
    #expect(Sanitiser.clean("") == "")
  }

  @Test func piledUpMarksAreCut() {
    let pile = "a" + String(repeating: "\u{301}", count: 500) + "b"
    #expect(Sanitiser.clean(pile).unicodeScalars.count == 4)
    // A leading mark would join our own text.
    #expect(Sanitiser.clean("\u{301}a") == "a")
  }

  @Test func invalidBytesAreVisible() {
    #expect(Sanitiser.clean(bytes: [0x61, 0xFF, 0xFE, 0x62]) == "a??b")
    #expect(Sanitiser.clean(bytes: [0xC3]) == "?")
    // An overlong slash and a UTF-16 surrogate are no UTF-8.
    #expect(!Sanitiser.clean(bytes: [0xC0, 0xAF]).contains("/"))
    #expect(Sanitiser.clean(bytes: [0xED, 0xA0, 0x80]).allSatisfy { $0 == "?" })
  }

  @Test func aScreenTakesNoHostileText() {
    var screen = Screen(size: Size(width: 20, height: 2))
    screen.write("\u{1B}]0;x\u{07}\u{202E}", x: 0, y: 0)
    #expect(screen.lines == ["?]0;x??", ""])
    let name = String(repeating: "h", count: 10_000)
    #expect(screen.write(name, x: 0, y: 1) == 20)
    #expect(screen.lines[1] == String(repeating: "h", count: 19) + "…")
  }
}
