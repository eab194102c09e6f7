import Testing
import TextGrid

@Suite struct FormatTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1204, "1 204"), (1_000_000, "1 000 000"), (-5000, "-5 000"),
  ])
  func counts(_ number: Int, _ text: String) { #expect(Format.count(number) == text) }

  @Test(arguments: [
    (-3, "0:00"), (4, "0:04"), (751, "12:31"), (3600, "1h00"), (11_220, "3h07"), (273_600, "3d04h"),
  ])
  func ages(_ seconds: Int64, _ text: String) { #expect(Format.age(seconds: seconds) == text) }

  @Test(arguments: [
    (900, "last 15 minutes"), (3600, "last hour"), (21_600, "last 6 hours"), (86_400, "last day"),
    (604_800, "last 7 days"),
  ])
  func windows(_ seconds: Int, _ text: String) { #expect(Format.window(seconds: seconds) == text) }

  @Test func rates() {
    #expect(Format.rate(2.7) == "2.7")
    #expect(Format.rate(32.4) == "32")
    #expect(Format.percent(0.914) == "91.4%")
    #expect(Format.oneDecimal(-0.26) == "-0.3")
    #expect(Format.oneDecimal(.nan) == "0.0")
  }

  @Test func bars() {
    #expect(Format.bar(0, width: 8) == "")
    #expect(Format.bar(0.0001, width: 8) == "▏")
    #expect(Format.bar(0.5, width: 8) == "████")
    #expect(Format.bar(2, width: 3) == "███")
    #expect(Format.sparkline([0, 1, 7, 14]) == "▁▁▄█")
    #expect(Format.sparkline([]) == "")
    #expect(Format.sparkline([0, 0]) == "▁▁")
  }

  @Test func clockWrapsAround() {
    #expect(Format.clock(secondsSinceMidnight: 43_471) == "12:04:31")
    #expect(Format.minuteClock(secondsSinceMidnight: 43_471) == "12:04")
    #expect(Format.clock(secondsSinceMidnight: -1) == "23:59:59")
  }

  @Test func wrapping() {
    #expect(Format.wrap("one two three", width: 7) == ["one two", "three"])
    #expect(Format.wrap("abcdefgh", width: 3) == ["abc", "def", "gh"])
    #expect(Format.wrap("漢字漢 a", width: 4) == ["漢字", "漢 a"])
    #expect(Format.wrap("a\nb\u{1B}", width: 4) == ["a b?"])
    #expect(Format.wrap("", width: 5).isEmpty)
    #expect(Format.wrap("x", width: 0).isEmpty)
  }

  @Test(arguments: [(0, "0m"), (59, "0m"), (60, "1m"), (3599, "59m"), (3600, "1h00"), (-5, "0m")])
  func uptime(_ seconds: Int64, _ text: String) { #expect(Format.uptime(seconds: seconds) == text) }
}
