import ChangeControl
import Glibc
import HostSystem
import PostfixHost
import TestSupport
import Testing

/// Whose files are used, and who is on record.
@Suite(.enabled(if: canTorture, tortureNeeds))
struct IdentityTests {
  /// Root runs none of Postfix's programs on what others own or can write.
  @Test(arguments: ["owner of the directory", "owner of main.cf", "mode of master.cf"])
  func nothingRunsOnForeignFiles(_ fault: String) throws {
    let scratch = try ScratchInstance(start: false)
    let directory = scratch.instance.configurationDirectory
    switch fault {
    case "owner of the directory": chown(directory, 65534, 65534)
    case "owner of main.cf": chown(scratch.instance.mainCF, 65534, 65534)
    default: chmod(scratch.instance.masterCF, 0o666)
    }
    let log = scratch.root + "/strace.log"
    for words in [
      ["status"], ["show"], ["check"], ["set", "smtpd_helo_required=no"], ["history"], ["undo"],
      ["enable", "reject_unknown_helo_hostname", "--dry-run"],
    ] {
      let ended = try Command(
        Strace.executable,
        ["-f", "-q", "-s", "256", "-e", "trace=execve", "-o", log, postgateProgram] + words
          + ["-c", directory],
        environment: Command.cleanEnvironment.merging([
          "POSTGATE_STATE_DIRECTORY": scratch.root + "/state"
        ]) { $1 }
      ).run()
      let ran = String(decoding: try readFile(log).bytes, as: UTF8.self).split(separator: "\n")
        .filter { $0.contains("\"\(directory)\"") && !$0.contains("/postgate\"") }
      #expect(ran.isEmpty, "\(words): \(ran)")
      if words != ["history"], words != ["undo"] {
        #expect(ended.ending == .exited(1), "\(words)")
        #expect(
          ended.errorText.contains("belongs to") || ended.errorText.contains("written by others"),
          "\(words): \(ended.errorText)")
      }
    }
  }

  /// sudo(8) takes SSH_CONNECTION away: it is found above us.
  @Test func theSSHClientIsOnRecordThroughSudo() throws {
    let scratch = try ScratchInstance(start: false)
    let directory = scratch.instance.configurationDirectory
    func run(_ words: [String], _ variables: [String: String]) throws -> CommandResult {
      let shell = ["/bin/sh", "-c", "\"$@\"; exit $?", "sh", "/usr/bin/env", "-i"]
      let environment = [
        "SUDO_USER=alice", "POSTGATE_STATE_DIRECTORY=\(scratch.root)/state", postgateProgram,
      ]
      let all = shell + environment + words + ["-c", directory]
      return try Command(all[0], Array(all.dropFirst()), environment: variables).run()
    }
    let login = ["SSH_CONNECTION": "192.0.2.77 50000 192.0.2.1 22"]
    let made = try run(
      ["set", "smtpd_helo_required=no", "--message", "a reason"], login)
    #expect(made.succeeded, "\(made.errorText)")
    let said = try run(["history", "1"], [:]).outputText
    #expect(said.contains("sudo of alice, as root, from 192.0.2.77"), "\(said)")
    #expect(said.contains("a reason") && said.contains("+smtpd_helo_required = no"))
    #expect(said.contains("ran: ") && said.contains("(exit 0)"))
    let json = try run(["history", "1", "--json"], [:]).outputText
    #expect(json.contains("\"ssh_peer\": \"192.0.2.77\""), "\(json)")
    // One line in the mail log.
    #expect(scratch.logText.split(separator: "\n").count { $0.contains("postgate[") } == 1)
    #expect(scratch.logText.contains("change 1 by alice (root, from 192.0.2.77)"))
  }

  /// A lock that somebody holds keeps the old text away only as long as it is held.
  @Test func whatCannotBePutBackNowIsPutBackLater() throws {
    let scratch = try ScratchInstance()
    let table = scratch.root + "/etc/helo"
    try writeNewFile(table, Array("mail.example.net DUNNO\n".utf8), mode: 0o644)
    let built = try Command(
      "/usr/sbin/postmap", ["-c", scratch.root + "/etc", "hash:" + table]
    ).run()
    #expect(built.succeeded)
    let old = try scratch.mainText
    let new = old.replacing(
      "    reject_invalid_helo", with: "    check_helo_access hash:\(table), reject_invalid_helo")
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    let entry = try transaction.history().path(1)
    let main = scratch.instance.mainCF
    let thief = startThread {
      _ = waitUntil(20) { access(entry, F_OK) == 0 }
      unlink(table + ".db")
      _ = waitUntil(20) { (try? readFile(main).bytes) == Array(new.utf8) }
      let lock = try? PostfixLock(main)
      // The way back gives up after ten seconds.
      _ = waitUntil(30) { access(entry + "/looked", F_OK) == 0 }
      lock?.release()
    }
    #expect {
      try transaction.apply(.text(original: Array(old.utf8), edited: Array(new.utf8)))
    } throws: { error in
      if case .putBackFailed? = error as? ChangeError { true } else { false }
    }
    #expect(try scratch.mainText == new)
    #expect(try transaction.history().record(1).phase == .prepared)
    try writeNewFile(entry + "/looked", [])
    if let thief { pthread_join(thief, nil) }
    let done = try transaction.recover()
    #expect(done.count == 1 && done[0].contains("it was put back"), "\(done)")
    #expect(try scratch.mainText == old)
  }
}
