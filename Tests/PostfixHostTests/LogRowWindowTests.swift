import Glibc
import HostSystem
import MailLog
import Testing

@testable import PostfixHost

@Suite struct LogRowWindowTests {
  private let start: Int64 = 1_790_000_000

  /// A log of 3000 lines in three files, one a second; the texts of its lines.
  private func makeLog(_ folder: LogFolder) throws -> [String] {
    var all: [String] = []
    for (index, name) in ["mail.log.2", "mail.log.1", "mail.log"].enumerated() {
      let first = start + Int64(index) * 1000
      let lines = (0..<1000).map { folder.reject(at: first + Int64($0)) }
      try folder.write(name, lines.joined())
      folder.setTime(name, first + 1000)
      all += lines.map { String($0.dropLast()) }
    }
    return all
  }

  @Test func scrollsBackToTheFirstLineAndForthToTheLast() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let lines = try makeLog(folder)
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    var back: [LogRow] = []
    var place = window.last()
    while true {
      let page = window.rows(before: place, limit: 70)
      back = page.rows + back
      place = page.start
      if page.isAtEdge { break }
    }
    #expect(back.map(\.line) == lines)
    #expect(place == window.first)
    #expect(zip(back, back.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
    var forth: [LogRow] = []
    while true {
      let page = window.rows(from: place, limit: 70)
      forth += page.rows
      place = page.end
      if page.isAtEdge { break }
    }
    #expect(forth == back)
    #expect(place == window.last())
  }

  /// A client that repeats itself within a second leaves lines that nothing but their places tells apart.
  @Test func findsEachOfTheSameLinesAgainThatWereFollowed() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let now = wallClockMicroseconds() / 1_000_000
    let line = folder.reject(at: now)
    try folder.write("mail.log", String(repeating: line, count: 500))
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    let monitor = LogMonitor(
      source: .file(path: folder.path("mail.log")), windowSeconds: 3600, zone: .utc,
      refreshSeconds: 0.02)
    try monitor.start {}
    defer { monitor.stop() }
    let deadline = monotonicSeconds() + 10
    while monitor.snapshot().rejects < 500, monotonicSeconds() < deadline { usleep(5000) }
    let rows = monitor.news(after: 0, limit: 5000).rows
    #expect(rows.count > 100)
    for (index, row) in rows.reversed().enumerated() where index % 40 == 0 {
      let offset = Int64((499 - index) * line.utf8.count)
      #expect(window.place(of: row) == LogPlace(file: 0, offset: offset))
    }
    let first = try #require(rows.first)
    let older = window.rows(before: try #require(window.place(of: first)), limit: 1000)
    #expect(older.rows.count + rows.count == 500)
    // After a rotation still, but not once the file was written anew.
    rename(folder.path("mail.log"), folder.path("mail.log.1"))
    try folder.write("mail.log", folder.reject(at: now + 1))
    #expect(window.place(of: first) == LogPlace(file: 0, offset: try #require(first.offset)))
    let file = try OpenFile(folder.path("mail.log.1"), O_WRONLY | O_TRUNC)
    try file.writeAll(Array(String(repeating: "x" + line, count: 500).utf8))
    #expect(window.place(of: first) == nil)
  }

  @Test func jumpsToAMoment() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    _ = try makeLog(folder)
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    for second in [0, 1, 500, 999, 1000, 1001, 1999, 2000, 2999] {
      let place = window.place(of: LogTime(seconds: start + Int64(second)))
      let after = window.rows(from: place, limit: 1)
      #expect(after.rows.first?.time == LogTime(seconds: start + Int64(second)))
      #expect(after.places == [place])
      let before = window.rows(before: place, limit: 1)
      #expect(
        before.rows.first?.time == (second == 0 ? nil : LogTime(seconds: start + Int64(second) - 1))
      )
    }
    #expect(window.place(of: LogTime(seconds: start - 9)) == window.first)
    #expect(window.place(of: LogTime(seconds: start + 9000)) == window.last())
  }

  @Test func filtersAndNamesPlacesInsideALine() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let lines = try makeLog(folder)
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    let wanted = LogTime(seconds: start + 1500)
    let page = window.rows(before: window.last(), limit: 10) { ($0.time ?? wanted) < wanted }
    #expect(page.rows.map(\.line) == Array(lines[1490..<1500]))
    #expect(window.place(ofLineAt: LogPlace(file: 2, offset: 3)) == LogPlace(file: 2, offset: 0))
    let inside = window.place(
      ofLineAt: LogPlace(file: 1, offset: Int64(lines[1000].utf8.count) + 5))
    #expect(window.rows(from: inside, limit: 1).rows.first?.line == lines[1001])
  }

  @Test func showsLongLinesCutAndUnfinishedOnesNotYet() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let long = String(repeating: "x", count: 700_000)
    try folder.write("mail.log", "a\n" + long + "\nb\n\nunfinished")
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    let shown = ["a", String(long.prefix(8192)), "b", ""]
    #expect(window.rows(from: window.first, limit: 10).rows.map(\.line) == shown)
    #expect(window.rows(before: window.last(), limit: 10).rows.map(\.line) == shown)
    try folder.write("mail.log", " line\n", append: true)
    let rest = window.rows(from: window.rows(from: window.first, limit: 4).end, limit: 10)
    #expect(rest.rows.map(\.line) == ["unfinished line"])
  }

  @Test func goesOnAfterARotation() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try folder.write("mail.log", "1\n2\n")
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    let page = window.rows(from: window.first, limit: 10)
    #expect(rename(folder.path("mail.log"), folder.path("mail.log.1")) == 0)
    try folder.write("mail.log.1", "3\n", append: true)
    try folder.write("mail.log", "4\n")
    #expect(window.rows(from: page.end, limit: 10).rows.map(\.line) == ["3", "4"])
    #expect(window.rows(before: window.last(), limit: 3).rows.map(\.line) == ["2", "3", "4"])
  }

  @Test func stopsAtItsByteLimit() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let block = String(repeating: String(repeating: "y", count: 1023) + "\n", count: 1024)
    for _ in 0..<18 { try folder.write("mail.log", block, append: true) }
    let window = try LogRowWindow(path: folder.path("mail.log"), zone: .utc)
    let page = window.rows(before: window.last(), limit: 1) { _ in false }
    #expect(page.rows.isEmpty && !page.isAtEdge)
    #expect(page.start == LogPlace(file: 0, offset: 2 << 20))
    #expect(window.rows(before: page.start, limit: 1) { _ in false }.isAtEdge)
  }
}
