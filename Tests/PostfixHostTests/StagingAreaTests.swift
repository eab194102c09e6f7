import Glibc
import HostSystem
import Synchronization
import TestSupport
import Testing

@testable import PostfixHost

/// The directories of a private instance.
@Suite struct StagingAreaTests {
  /// A server that was killed may make files until it is gone.
  @Test(.enabled(if: geteuid() == 0, "SKIPPED: needs root"))
  func whatIsMadeWhileItIsRemovedGoesToo() throws {
    try withTemporaryDirectory { directory in
      let area = try StagingArea(below: directory, mailOwner: "root")
      let made = Mutex(0)
      let queue = area.queue
      let server = startThread {
        let end = monotonicSeconds() + 0.3
        while monotonicSeconds() < end {
          let number = made.withLock { made in
            made += 1
            return made
          }
          close(open("\(queue)/private/\(number)", O_CREAT | O_WRONLY, 0o600))
        }
      }
      #expect(waitUntil { made.withLock { $0 > 100 } })
      area.remove()
      if let server { pthread_join(server, nil) }
      #expect(try directoryEntries(directory) == [])
    }
  }
}
