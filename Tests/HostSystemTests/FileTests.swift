import Glibc
import HostSystem
import SystemPackage
import Testing

/// A directory of its own that goes away with the value.
final class ScratchDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/postgate-files-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
    let file = try OpenFile("\(path)/\(name)", O_CREAT | O_WRONLY | O_TRUNC, mode: mode)
    try file.writeAll(Array(text.utf8))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try readFile("\(path)/\(name)").bytes, as: UTF8.self)
  }

  deinit { try? removeTree(path) }
}

struct FileTests {
  @Test func readsWholeFilesThroughLinksAndRefusesTheRest() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("a", "one\ntwo")
    #expect(symlink("a", scratch.path + "/link") == 0)
    let contents = try readFile(scratch.path + "/link")
    #expect(contents.path == scratch.path + "/a" && contents.bytes == Array("one\ntwo".utf8))
    #expect(throws: SystemError.self) { try readFile(scratch.path + "/a", limit: 3) }
    #expect(throws: SystemError.self) { try readFile(scratch.path) }
    // A FIFO without a writer must not make us wait.
    #expect(mkfifo(scratch.path + "/fifo", 0o600) == 0)
    #expect(throws: SystemError.self) { try readFile(scratch.path + "/fifo") }
  }

  @Test func aNewFileNeverFollowsALink() throws {
    let scratch = try ScratchDirectory()
    #expect(symlink("elsewhere", scratch.path + "/trap") == 0)
    #expect(throws: SystemError.self) { try writeNewFile(scratch.path + "/trap", [1]) }
    #expect(try directoryEntries(scratch.path) == ["trap"])
  }

  @Test func removesTreesWithoutFollowingLinks() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("kept", "x")
    mkdir(scratch.path + "/tree", 0o700)
    mkdir(scratch.path + "/tree/inner", 0o700)
    try scratch.write("tree/inner/file", "x")
    #expect(symlink("../..", scratch.path + "/tree/inner/up") == 0)
    try removeTree(scratch.path + "/tree")
    #expect(try directoryEntries(scratch.path) == ["kept"])
    try removeTree(scratch.path + "/tree")
  }

  @Test func theStateDirectoryIsClosedAndNoLink() throws {
    let scratch = try ScratchDirectory()
    let state = try StateDirectory(scratch.path + "/state")
    #expect(try FileStatus(of: state.path).mode == 0o700)
    let inner = try state.subdirectory("a", "b")
    #expect(try FileStatus(of: inner).kind == .directory)
    chmod(state.path, 0o755)
    _ = try StateDirectory(scratch.path + "/state")
    #expect(try FileStatus(of: state.path).mode == 0o700)
    #expect(symlink("state", scratch.path + "/link") == 0)
    #expect(throws: TrustError.self) { try StateDirectory(scratch.path + "/link") }
    #expect(throws: TrustError.self) { try StateDirectory("relative") }
  }

  @Test(arguments: [
    ("/etc/postfix", "etc-postfix"), ("/etc/postfix-out", "etc-postfix%2Dout"),
    ("/etc/postfix/out", "etc-postfix-out"), ("/", "root"), ("/../x", "%2E.-x"),
  ])
  func instanceNamesAreSafe(_ path: String, _ name: String) {
    #expect(StateDirectory.instanceName(for: path) == name)
  }

  @Test(.enabled(if: geteuid() == 0, "SKIPPED: needs root"))
  func rootTrustsOnlyWhatNobodyElseCanChange() throws {
    let scratch = try ScratchDirectory()
    try scratch.write("file", "x")
    let file = scratch.path + "/file"
    try requireTrust(file)
    chmod(file, 0o664)
    #expect(throws: TrustError.self) { try requireTrust(file) }
    chmod(file, 0o644)
    chown(file, 1, 0)
    #expect(throws: TrustError.self) { try requireTrust(file) }
    chown(file, 0, 0)
    chmod(scratch.path, 0o777)
    #expect(throws: TrustError.self) { try requireTrust(file) }
    #expect(throws: TrustError.self) { try requireTrust(scratch.path + "/missing") }
  }

  @Test func knowsItself() throws {
    #expect(processName(getpid()) != nil)
    let age = try #require(processAge(getpid()))
    #expect(age >= 0 && age < 3600)
    #expect(UserIdentity.current().effectiveUser == userName(geteuid()))
    #expect(servicePort("smtp") == 25)
  }

  @Test func aTerminalIsSeenByTheProgram() throws {
    let result = try Command("/usr/bin/test", ["-t", "1"]).runOnTerminal()
    #expect(result.succeeded)
    #expect(try !Command("/usr/bin/test", ["-t", "1"]).run().succeeded)
    #expect(try Command("/bin/echo", ["hello"]).runOnTerminal().outputText == "hello\n")
    let slow = try Command("/bin/sleep", ["5"], timeout: 0.2).runOnTerminal()
    #expect(slow.ending == .timedOut)
  }
}
