import Glibc
import HostSystem
import MailLog
import TestSupport
import Testing

@testable import PostfixHost

@Suite struct ReadAheadTests {
  /// A log of more than 4 MiB; among its lines some at and around the length of a block.
  private func write(_ folder: LogFolder, seed: UInt64, isEnded: Bool) throws {
    var random = SeededRandom(seed)
    var text = ""
    for index in 0..<20_000 {
      text += folder.reject(at: 1_790_000_000 + Int64(index))
      if random.next() % 2000 == 0 {
        let length = LogTally.longestLine * Int(1 + random.next() % 3) - 3 + Int(random.next() % 5)
        let stamp = "2026-09-21T10:00:00+00:00 mx postfix/smtpd[9]: connect from x[192.0.2.2] "
        text += stamp + String(repeating: "z", count: length - stamp.utf8.count) + "\n"
      }
    }
    if !isEnded {
      text += "2026-09-21T20:00:00+00:00 mx postfix/smtpd[9]: connect from y[192.0.2.3]"
    }
    try folder.write("x.log", text)
  }

  private func count(
    _ descriptor: Int32, processors: Int, blockSize: Int = BlockReader.smallBlock
  ) throws -> TallySummary {
    let size = try #require(FileFacts(descriptor: descriptor)).size
    let now = LogTime(seconds: 1_795_000_000)
    let tally = LogTally(window: .fixed(since: nil, until: nil), reference: now)
    let reader = BlockReader(blockSize: blockSize)
    let ahead = ReadAhead.start(descriptor, from: 0, to: size, processors: processors)
    #expect((ahead != nil) == (processors > 1))
    defer { ahead?.stop() }
    while true {
      let count =
        ahead.map { reader.read($0, into: tally) }
        ?? reader.read(descriptor, isSeekable: true, limit: size, into: tally)
      guard count > 0 else { break }
    }
    reader.finish(into: tally)
    return tally.summary(now: now)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func countsAreThoseOfOneProcessor(seed: UInt64) throws
  {
    let folder = try LogFolder()
    defer { folder.remove() }
    try write(folder, seed: seed, isEnded: seed % 2 == 0)
    let descriptor = try openLog(folder.path("x.log"))
    defer { close(descriptor) }
    let one = try count(descriptor, processors: 1)
    #expect(one.lines > 20_000)
    #expect(try count(descriptor, processors: 2) == one)
    // Where a block cuts a line decides nothing, not even whether it is too long to be read.
    let large = try count(descriptor, processors: 1, blockSize: BlockReader.largeBlock)
    #expect(large == one)
  }

  @Test func isGivenUpInTheMiddle() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    try write(folder, seed: 1, isEnded: true)
    let descriptor = try openLog(folder.path("x.log"))
    defer { close(descriptor) }
    let ahead = try #require(
      ReadAhead.start(descriptor, from: 0, to: 5_000_000, processors: 2))
    #expect(ahead.next().count == BlockReader.smallBlock)
    ahead.stop()
  }
}
