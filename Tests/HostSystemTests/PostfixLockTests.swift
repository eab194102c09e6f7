import Glibc
import HostSystem
import SystemPackage
import Testing

private let postconf = "/usr/sbin/postconf"

struct PostfixLockTests {
  @Test func replacesWholeAndKeepsMetadata() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("main.cf", "old\n", mode: 0o640)
    let path = scratch.path + "/main.cf"
    let before = try FileStatus(of: path)
    let file = try LockedFile(path)
    #expect(file.contents.bytes == Array("old\n".utf8))
    try file.replace(with: Array("new\n".utf8))
    let after = try FileStatus(of: path)
    #expect(try scratch.text("main.cf") == "new\n")
    #expect(after.mode == before.mode && after.modified > before.modified)
    #expect(try directoryEntries(scratch.path) == ["main.cf"])
  }

  @Test func aLeftOverIsReplacedAndAnUnusedLockLeavesNothing() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("main.cf", "old\n")
    try scratch.write("main.cf.tmp", "half a fi", mode: 0o644)
    let file = try LockedFile(scratch.path + "/main.cf")
    file.release()
    #expect(try directoryEntries(scratch.path) == ["main.cf"])
    #expect(try scratch.text("main.cf") == "old\n")
  }

  @Test func aLinkAtTheLocksPlaceIsNotFollowed() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("main.cf", "old\n")
    try scratch.write("victim", "precious")
    #expect(symlink("victim", scratch.path + "/main.cf.tmp") == 0)
    #expect(throws: SystemError.self) { try LockedFile(scratch.path + "/main.cf") }
    #expect(try scratch.text("victim") == "precious")
  }

  @Test func namesTheHolderOfALockThatIsHeldTooLong() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("main.cf", "old\n")
    let lock = try PostfixLock(scratch.path + "/main.cf")
    do {
      _ = try PostfixLock(scratch.path + "/main.cf", wait: 0.05)
      Issue.record("the lock was given twice")
    } catch {
      #expect(error.description.contains("process \(getpid())"), "\(error)")
    }
    lock.release()
    _ = try PostfixLock(scratch.path + "/main.cf", wait: 0.05)
  }

  @Test(.enabled(if: access(postconf, X_OK) == 0, "SKIPPED: needs an installed Postfix"))
  func excludesPostconfInBothDirections() async throws {
    let scratch = try ScratchDirectory()
    try scratch.write("main.cf", "# start\n")
    try scratch.write("master.cf", "")
    let directory = scratch.path
    let rounds = 50
    // postconf sets 50 parameters, we append 50 lines, at the same time: all must be there.
    async let others: Void = {
      for round in 1...rounds {
        _ = try Command(postconf, ["-c", directory, "-e", "theirs\(round) = \(round)"]).run()
      }
    }()
    for round in 1...rounds {
      let file = try LockedFile(directory + "/main.cf")
      try file.replace(with: file.contents.bytes + Array("ours\(round) = \(round)\n".utf8))
    }
    try await others
    let lines = try scratch.text("main.cf").split(separator: "\n")
    for round in 1...rounds {
      #expect(lines.contains { $0 == "ours\(round) = \(round)" }, "ours \(round)")
      #expect(lines.contains { $0 == "theirs\(round) = \(round)" }, "theirs \(round)")
    }
    #expect(lines.count == 2 * rounds + 1)
    #expect(try directoryEntries(directory) == ["main.cf", "master.cf"])
  }
}
