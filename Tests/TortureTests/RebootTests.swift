import ChangeControl
import Glibc
import HostSystem
import PostfixHost
import TestSupport
import Testing

/// Nobody is left to confirm: the line dropped, postgate was killed, the machine went down.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and Postfix"))
struct RebootTests {
  private static let unit: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/Resources/systemd/postgate-recover.service"
  }()

  private func guardPID(_ room: TortureRoom, _ history: History, _ number: Int) throws -> pid_t? {
    lockHolder(ofFile: history.path(number) + "/guard")
  }

  /// The line drops while `postgate enable --confirm` works, or just after it.
  @Test(arguments: [false, true]) func theTerminalGoes(_ isEarly: Bool) throws {
    let room = try TortureRoom()
    let words = room.enable.map { $0 == "\(TortureRoom.window)" ? "3" : $0 }
    let terminal = try #require(
      TerminalProgram(
        words, environment: ["POSTGATE_STATE_DIRECTORY": room.scratch.root + "/state"]))
    let history = try room.transaction().history()
    #expect(waitUntil(30) { history.records().last?.window != nil })
    if !isEarly {
      #expect(waitUntil(30) { history.records().last?.phase == .waiting })
      #expect(try FileState(room.scratch.instance.mainCF) != room.old)
    }
    let deadline = try #require(history.records().last?.window?.deadline)
    terminal.hangUp()
    #expect(
      try waitUntil(10) {
        let phase = try history.record(1).phase
        return phase == .timedOut || phase == .notWritten || phase == .putBack
          || (phase == .prepared && monotonicSeconds() > deadline + 2)
      })
    let late = monotonicSeconds() - deadline
    #expect(try room.fileComplaints(allowed: [room.old.bytes]) == [])
    #expect(late < 2, "taken back \(late) s after the deadline")
    if !isEarly {
      let record = try history.record(1)
      #expect(record.phase == .timedOut)
      #expect(record.commands.contains { $0.command.hasSuffix(" reload") })
      #expect(record.notes.contains { $0.contains("nobody confirmed") })
    }
    #expect(room.postfixComplaints() == [])
  }

  /// After a reboot the boot has another identity; the guard is gone, and Postfix does not run yet.
  @Test func theBootUnitTakesBackBeforePostfixStarts() throws {
    let room = try TortureRoom()
    let words = room.enable.map { $0 == "\(TortureRoom.window)" ? "600" : $0 }
    #expect(try room.run(words).succeeded)
    let history = try room.transaction().history()
    let guardian = try #require(try guardPID(room, history, 1))
    kill(guardian, SIGKILL)
    #expect(waitUntil { (try? guardPID(room, history, 1)) == .some(nil) })
    room.scratch.stopPostfix()
    #expect(try FileState(room.scratch.instance.mainCF) != room.old)
    let identity = room.scratch.root + "/boot_id"
    try writeNewFile(identity, Array("11111111-2222-3333-4444-555555555555\n".utf8))
    let start = try #require(
      String(decoding: try readFile(Self.unit).bytes, as: UTF8.self)
        .split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
    let command = start.dropFirst("ExecStart=".count)
      .replacing("@PREFIX@/sbin/postgate", with: postgateProgram).split(separator: " ")
    // Another identity in a mount namespace of the command's own.
    let script = "mount --bind \(identity) /proc/sys/kernel/random/boot_id && exec \"$@\""
    let ended = try room.run(
      ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"] + command.map(String.init))
    if !ended.succeeded, ended.errorText.contains("unshare") || ended.errorText.contains("mount") {
      print("*** SKIPPED: the simulated reboot needs the right to mount: \(ended.errorText) ***")
      return
    }
    #expect(ended.succeeded && ended.outputText.contains("taken back"), "\(ended)")
    #expect(try room.fileComplaints(allowed: [room.old.bytes]) == [])
    #expect(try history.record(1).phase == .timedOut)
    try room.scratch.startPostfix()
    #expect(room.postfixComplaints() == [])
  }

  @Test func theBootUnitIsSound() throws {
    let text = String(decoding: try readFile(Self.unit).bytes, as: UTF8.self)
    let before = text.split(separator: "\n").first { $0.hasPrefix("Before=") } ?? ""
    #expect(before.contains("postfix.service") && before.contains("postfix@-.service"))
    let program = "/usr/bin/systemd-analyze"
    guard access(program, X_OK) == 0 else {
      return print("*** SKIPPED: systemd-analyze verify: apt-get install systemd ***")
    }
    try withTemporaryDirectory { directory in
      mkdir(directory + "/sbin", 0o755)
      #expect(symlink(postgateProgram, directory + "/sbin/postgate") == 0)
      let unit = directory + "/postgate-recover.service"
      try writeNewFile(unit, Array(text.replacing("@PREFIX@", with: directory).utf8), mode: 0o644)
      let said = try Command(program, ["verify", "--man=no", unit]).run()
      let ours = said.errorText.split(separator: "\n").filter { $0.contains("postgate-recover") }
      #expect(said.succeeded && ours.isEmpty, "\(said.errorText)")
    }
  }
}
