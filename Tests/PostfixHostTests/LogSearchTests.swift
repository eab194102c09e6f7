import Glibc
import HostSystem
import MailLog
import TestSupport
import Testing

@testable import PostfixHost

/// The search by halves against a reading of all lines in their order.
@Suite struct LogSearchTests {
  /// Europe/Berlin around 25 October 2026, when 03:00 became 02:00.
  private let berlin = LocalZone(transitions: [
    .init(start: 1_774_746_000, offset: 7200), .init(start: 1_792_890_000, offset: 3600),
  ])

  /// Traditional lines, one every `step` seconds; with `junk` lines of other kinds between them.
  private func lines(
    from start: Int64, count: Int, step: Int64, zone: LocalZone, junk: Int = 0
  ) -> [(time: LogTime, text: String)] {
    var random = SeededRandom(7)
    return (0..<count).map { index in
      let moment = start + Int64(index) * step
      var seconds = time_t(moment + Int64(zone.offset(at: moment)))
      var fields = tm()
      gmtime_r(&seconds, &fields)
      var text = [CChar](repeating: 0, count: 40)
      strftime(&text, text.count, "%b %e %H:%M:%S", &fields)
      let stamp = String(
        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      var line = stamp + " mx postfix/smtpd[7]: connect from x[192.0.2.1]\n"
      for _ in 0..<(junk == 0 ? 0 : Int(random.next() % UInt64(junk))) {
        line += String(repeating: "no stamp ", count: Int(random.next() % 400)) + "\n"
      }
      return (LogTime(seconds: moment), line)
    }
  }

  /// For many moments: reading from `offset` to `end` meets every line of the span, and the start is
  /// at most an hour and a block too early.
  private func check(_ lines: [(time: LogTime, text: String)], zone: LocalZone) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("x.log", lines.map(\.text).joined())
    let offsets = lines.reduce(into: [Int64(0)]) {
      $0.append(($0.last ?? 0) + Int64($1.text.utf8.count))
    }
    let descriptor = try openLog(folder.path("x.log"))
    defer { close(descriptor) }
    let reference = try #require(lines.last).time
    var search = LogSearch(descriptor: descriptor, zone: zone, reference: reference)
    let size = try #require(offsets.last)
    for index in stride(from: 0, to: lines.count, by: 97) {
      let moment = lines[index].time
      let found = search.offset(of: moment, size: size)
      #expect(found <= offsets[index])
      let hourBefore = moment.seconds - 3600
      let earliest = lines.firstIndex { $0.time.seconds >= hourBefore } ?? 0
      #expect(found >= offsets[earliest] - 65_536)
      #expect(search.end(of: moment, size: size) >= offsets[index])
    }
  }

  @Test func findsMomentsInTheHourThatComesTwice() throws {
    let start = Int64(1_792_890_000) - 7200
    try check(lines(from: start, count: 14_400, step: 1, zone: berlin), zone: berlin)
  }

  @Test func findsMomentsAcrossNewYear() throws {
    let newYear = Int64(1_798_761_600)
    try check(
      lines(from: newYear - 5 * 86_400, count: 10_000, step: 90, zone: .utc), zone: .utc)
  }

  @Test func passesOverForeignAndLongLines() throws {
    try check(
      lines(from: 1_790_000_000, count: 2000, step: 60, zone: .utc, junk: 6), zone: .utc)
  }

  @Test func neverSkipsWhatStandsBehindALongStretchWithoutStamps() throws {
    var all = lines(from: 1_790_000_000, count: 4000, step: 1, zone: .utc)
    all[1500].text += String(repeating: String(repeating: "z", count: 9999) + "\n", count: 300)
    all[2500].text += String(repeating: "z", count: 3_000_000) + "\n"
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("x.log", all.map(\.text).joined())
    let counted = try scanLogs(
      LogScanRequest(
        sources: try logInputs(paths: [folder.path("x.log")]),
        since: LogTime(seconds: 1_790_000_000 + 1000),
        until: LogTime(seconds: 1_790_000_000 + 3500), zone: .utc))
    #expect(counted.connections == 2500)
  }

  @Test func linesOutOfOrderWithinTheMarginAreCounted() throws {
    var random = SeededRandom(3)
    let sorted = lines(from: 1_790_000_000, count: 20_000, step: 1, zone: .utc)
    // Each line up to four minutes late, as when several programs write through slow syslogs.
    let mixed = sorted.map { ($0, $0.time.seconds + Int64(random.next() % 240)) }
      .sorted { $0.1 < $1.1 }.map(\.0)
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("x.log", mixed.map(\.text).joined())
    let inputs = try logInputs(paths: [folder.path("x.log")])
    for second in stride(from: Int64(0), to: 19_000, by: 1777) {
      let counted = try scanLogs(
        LogScanRequest(
          sources: inputs, since: LogTime(seconds: 1_790_000_000 + second),
          until: LogTime(seconds: 1_790_000_000 + second + 500), zone: .utc))
      #expect(counted.connections == 500)
    }
  }
}
