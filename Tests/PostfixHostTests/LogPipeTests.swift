import Glibc
import HostSystem
import MailLog
import TestSupport
import Testing

@testable import PostfixHost

/// A pipe in the place of a log: `report <(…)`, `/dev/stdin`, a FIFO.
@Suite struct LogPipeTests {
  /// Writes three lines, the first of them late, and goes.
  private func startWriter(_ folder: LogFolder, _ open: @escaping @Sendable () -> Int32) {
    _ = startThread {
      usleep(150_000)
      let descriptor = open()
      usleep(150_000)
      for _ in 0..<3 {
        folder.put(folder.rejectNow(), to: descriptor)
        usleep(20_000)
      }
      close(descriptor)
    }
  }

  @Test(arguments: ["named", "log", "rows"]) func fifoIsReadToTheEndOfItsWriter(_ way: String)
    throws
  {
    let folder = try LogFolder()
    defer { folder.remove() }
    let path = folder.path("fifo")
    mkfifo(path, 0o600)
    startWriter(folder) { open(path, O_WRONLY) }
    let inputs =
      way == "named"
      ? try logInputs(paths: [path]) : try LogSource.file(path: path).inputs(since: nil).inputs
    if way == "rows" {
      var rows = 0
      try readLogRows(inputs, since: nil, zone: .utc) { _ in rows += 1 }
      #expect(rows == 3)
    } else {
      #expect(try scanLogs(LogScanRequest(sources: inputs, zone: .utc)).rejects == 3)
    }
  }

  /// As `<(…)` of a shell; its writer may have gone before we come, without a word.
  @Test(arguments: [3, 0]) func pipeIsReadToItsEnd(_ lines: Int) throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let writer = ends[1]
    if lines == 0 { close(writer) } else { startWriter(folder) { writer } }
    defer { close(ends[0]) }
    let inputs = try logInputs(paths: ["/dev/fd/\(ends[0])"])
    #expect(try scanLogs(LogScanRequest(sources: inputs, zone: .utc)).rejects == lines)
  }
}
