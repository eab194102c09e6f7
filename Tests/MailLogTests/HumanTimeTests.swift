import MailLog
import Testing

@Suite struct HumanTimeTests {
  /// 2026-11-22T14:30:00Z, a Sunday.
  private let now = LogTime(seconds: 1_795_357_800)

  @Test(arguments: [
    ("2h", -7200), ("90m", -5400), ("45s", -45), ("1h30m", -5400), ("3d", -259_200),
    ("now", 0), ("09:00", -19_800), ("14:30", 0), ("14:31", -86_340), ("today", -52_200),
    ("yesterday", -138_600), ("2026-11-22", -52_200), ("2026-11-22 09:00", -19_800),
    ("2026-11-22T09:00:30", -19_770), ("Nov 22 09:00:00", -19_800), ("Nov  2 14:30:00", -1_728_000),
    ("2026-11-22T15:30:00+02:00", -3600), ("2026-11-22T13:30:00Z", -3600), (" 2h ", -7200),
  ])
  func reads(_ text: String, _ offset: Int64) {
    #expect(parseHumanTime(text, now: now)?.seconds == now.seconds + offset)
  }

  private static let written: [(String, Int64)] = [
    ("9:00", -19_800), ("9:00:30", -19_770), ("yesterday 09:00", -106_200),
    ("Today 9:30", -18_000), ("Nov 22", -52_200), ("nov 22 09:00", -19_800),
    ("Nov 2 9:00", -1_747_800), ("Nov 23", 34_200), ("Nov 24", -31_415_400),
    ("2026-11-22T09:00Z", -19_800), ("2026-11-22 09:00", -19_800), ("2026-11-22 9:00", -19_800),
    ("2026-11-22T15:30+02:00", -3600), ("2026-11-22T09:30-05:00", 0), ("2h ago", -7200),
    ("1h30m ago", -5400),
  ]

  @Test(arguments: written) func readsWhatPeopleWrite(_ text: String, _ offset: Int64) {
    #expect(parseHumanTime(text, now: now)?.seconds == now.seconds + offset)
  }

  @Test(arguments: [
    "", "h", "2", "2x", "25:00", "09:60", "2026-13-01", "2026-02-30", "2026-11-22 9", "soon",
    "-2h", "Nov 31 09:00:00", "999999999w", "999999999d", "99999999999999999999s", "900:00", "9:0",
    "yesterday 25:00", "yesterday 9:00 9:00", "Nov", "Nov 222", "Nov 22 2026", "ago", "2h later",
    "2026-11-22T09:00+25:00", "9223372036854775807w1s", "9223372036854775807s9223372036854775807s",
  ])
  func refuses(_ text: String) {
    #expect(parseHumanTime(text, now: now) == nil)
  }

  @Test func readsLocalTimes() {
    let zone = LocalZone(offset: 3600)
    #expect(parseHumanTime("09:00", now: now, zone: zone)?.seconds == now.seconds - 23_400)
    #expect(parseHumanTime("today", now: now, zone: zone)?.seconds == now.seconds - 55_800)
  }

  @Test func yearOfAStampWithoutOneIsThePastYearAcrossNewYear() {
    // 2027-01-01T00:10:00Z
    let newYear = LogTime(seconds: 1_798_762_200)
    #expect(
      parseHumanTime("Dec 31 23:50:00", now: newYear)?.seconds == newYear.seconds - 1200)
  }

  /// Central Europe: clocks went back on 2026-10-25 at 01:00Z, and go forward on 2027-03-28.
  private let berlin = LocalZone(transitions: [
    .init(start: .min, offset: 7200), .init(start: 1_792_890_000, offset: 3600),
    .init(start: 1_806_195_600, offset: 7200),
  ])

  @Test func daysAreLocalDaysAcrossAChangeOfTheClock() {
    // 2026-10-25T12:00:00+01:00: this day has 25 hours.
    let noon = LogTime(seconds: 1_792_926_000)
    let read = { (text: String) in parseHumanTime(text, now: noon, zone: berlin)?.seconds }
    #expect(read("today") == noon.seconds - 13 * 3600)
    #expect(read("yesterday") == noon.seconds - 37 * 3600)
    #expect(read("09:00") == noon.seconds - 3 * 3600)
    #expect(read("24h") == noon.seconds - 24 * 3600)
    #expect(read("2026-10-25 01:30") == noon.seconds - 41_400)
    #expect(
      read("2026-10-25 02:30").map { [noon.seconds - 34_200, noon.seconds - 37_800].contains($0) }
        == true)
    #expect(read("2026-10-25 03:30") == noon.seconds - 30_600)
  }

  @Test func timeThatTheClockSkipsIsTheNextOne() {
    // 2027-03-28T12:00:00+02:00; 02:30 was never shown.
    let noon = LogTime(seconds: 1_806_228_000)
    let skipped = parseHumanTime("2027-03-28 02:30", now: noon, zone: berlin)
    #expect(skipped == LogTime(seconds: 1_806_197_400))
    #expect(parseHumanTime("today", now: noon, zone: berlin)?.seconds == noon.seconds - 11 * 3600)
  }
}
