import ConsoleCore
import Testing

@testable import CursesBackend

@Suite struct KeyDecoderTests {
  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    return decoder.feed(text.utf8, now: 0).keys
  }

  @Test(arguments: [
    ("a", Key.character("a")), (" ", .character(" ")), ("ü", .character("ü")),
    ("漢", .character("漢")), ("\r", .enter), ("\n", .enter), ("\t", .tab), ("\u{7F}", .backspace),
    ("\u{08}", .backspace), ("\u{0C}", .control("l")), ("\u{1A}", .control("z")),
    ("\u{1B}[A", .up), ("\u{1B}OA", .up), ("\u{1B}[B", .down), ("\u{1B}[C", .right),
    ("\u{1B}OD", .left), ("\u{1B}[5~", .pageUp), ("\u{1B}[6~", .pageDown), ("\u{1B}[H", .home),
    ("\u{1B}[1~", .home), ("\u{1B}[7~", .home), ("\u{1B}[F", .end), ("\u{1B}OF", .end),
    ("\u{1B}[4~", .end), ("\u{1B}[Z", .backTab), ("\u{1B}OP", .function(1)),
    ("\u{1B}[11~", .function(1)), ("\u{1B}[[A", .function(1)), ("\u{1B}[24~", .function(12)),
    ("\u{1B}[3~", .delete), ("\u{1B}[1;5A", .up),
  ])
  func sequences(_ text: String, _ key: Key) { #expect(keys(text) == [key]) }

  @Test func escapeAloneAnswersInTime() {
    var decoder = KeyDecoder()
    #expect(decoder.feed([0x1B], now: 100).keys == [])
    #expect(decoder.flush(now: 110).isEmpty)
    #expect(decoder.deadline == 125)
    #expect(decoder.flush(now: 125) == [.escape])
    #expect(decoder.deadline == nil)
    #expect(decoder.feed("q".utf8, now: 126).keys == [.character("q")])
  }

  @Test(
    "The bytes of an arrow key may arrive apart", arguments: ["\u{1B}[A", "\u{1B}OA", "\u{1B}[5~"])
  func split(_ text: String) {
    var decoder = KeyDecoder()
    var seen: [Key] = []
    for (index, byte) in text.utf8.enumerated() {
      let now = Int64(index) * 120
      seen += decoder.flush(now: now)
      seen += decoder.feed([byte], now: now).keys
    }
    #expect(seen.first == .escape)
    #expect(seen.last == (text.hasSuffix("~") ? .pageUp : .up))
    #expect(seen.count == 2)
  }

  @Test func aBracketLongAfterEscapeIsAKey() {
    var decoder = KeyDecoder()
    _ = decoder.feed([0x1B], now: 0).keys
    _ = decoder.flush(now: 30)
    #expect(decoder.feed("[".utf8, now: 2000).keys == [.character("[")])
  }

  @Test func aPasteTriggersNothing() {
    #expect(keys("\u{1B}[200~qay\r\u{1B}[A\u{1B}[201~j") == [.character("j")])
    var decoder = KeyDecoder()
    #expect(decoder.feed("\u{1B}[200~aq".utf8, now: 0).keys == [])
    #expect(decoder.feed("y\u{1B}[20".utf8, now: 1).keys == [])
    #expect(decoder.feed("1~k".utf8, now: 2).keys == [.character("k")])
  }

  @Test func unknownSequencesAreSwallowed() {
    #expect(keys("\u{1B}[?1;2c\u{1B}[99~\u{1B}[38;5;1mx") == [.character("x")])
    #expect(keys("\u{1B}x") == [.escape, .character("x")])
    #expect(keys("\u{1B}[" + String(repeating: "1", count: 5000) + "~a") == [.character("a")])
  }

  @Test func brokenUTF8IsNoKey() {
    var decoder = KeyDecoder()
    #expect(decoder.feed([0xC3, 0x71], now: 0).keys == [.character("q")])
    #expect(decoder.feed([0xFF, 0x80, 0x6A], now: 0).keys == [.character("j")])
    #expect(decoder.feed([0xE6, 0xBC], now: 0).keys == [])
    #expect(decoder.feed([0xA2], now: 0).keys == [.character("漢")])
  }

  @Test func theMouseIsReadInOrderWithTheKeys() {
    var decoder = KeyDecoder()
    let seen = decoder.feed(
      "\u{1B}[<0;5;7Mj\u{1B}[<0;5;7m\u{1B}[<64;1;1M\u{1B}[<65;80;24M".utf8, now: 0)
    #expect(seen.keys == [.character("j")])
    #expect(
      seen.pointers == [
        Pointer(kind: .press, x: 4, y: 6), Pointer(kind: .wheelUp, x: 0, y: 0),
        Pointer(kind: .wheelDown, x: 79, y: 23),
      ])
    if case .pointer? = seen.first {} else { Issue.record("the click came before the key") }
    #expect(decoder.feed("\u{1B}[<0;0;1M\u{1B}[<3;1;1M\u{1B}[<0;1M\u{1B}[<x".utf8, now: 0).isEmpty)
  }

  @Test func aPasteIsOneTextBetweenTheKeys() {
    var decoder = KeyDecoder()
    let seen = decoder.feed(":\u{1B}[200~grüße\n\u{1B}[31m\u{1B}[201~\r".utf8, now: 0)
    #expect(seen.keys == [.character(":"), .enter] && seen.count == 3)
    guard case .pasted(let text) = seen[1] else {
      Issue.record("the paste came in its place")
      return
    }
    #expect(text == "grüße\n\u{1B}[31m")
    let long = String(repeating: "x", count: 100_000)
    let cut = decoder.feed("\u{1B}[200~\(long)\u{1B}[201~q".utf8, now: 0)
    #expect(cut.keys == [.character("q")])
    guard case .pasted(let kept)? = cut.first else {
      Issue.record("a long paste is kept in part")
      return
    }
    #expect(kept.utf8.count == 4096 && kept.utf8.allSatisfy { $0 == UInt8(ascii: "x") })
  }
}

extension [Event] {
  fileprivate var keys: [Key] { compactMap { if case .key(let key) = $0 { key } else { nil } } }

  fileprivate var pointers: [Pointer] {
    compactMap { if case .pointer(let pointer) = $0 { pointer } else { nil } }
  }
}
