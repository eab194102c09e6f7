import ChangeControl
import Glibc
import HostSystem
import PostfixHost
import Synchronization
import TestSupport
import Testing

/// Others edit the same file at the same time.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and Postfix"))
struct RaceTests {
  /// The lines of both parties in a main.cf.
  private static func lines(_ bytes: [UInt8]) -> Set<String> {
    Set(
      String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        .filter { $0.hasPrefix("theirs_") || $0.hasPrefix("ours_") })
  }

  /// What runs beside the changes.
  private final class Beside: Sendable {
    let isOver = Mutex(false)
    let edits = Mutex(0)
    let staged = Mutex(Set<Set<String>>())
    let error = Mutex<String?>(nil)
  }

  @Test func fiveHundredEditsOfPostconfAndTenOfOurs() throws {
    let start = monotonicSeconds()
    let scratch = try ScratchInstance(start: false)
    let directory = scratch.instance.configurationDirectory
    let staging = try scratch.state.stagingDirectory()
    let beside = Beside()
    let editor = startThread {
      while !beside.isOver.withLock({ $0 }) {
        let number = beside.edits.withLock { $0 } + 1
        let edit = Command("/usr/sbin/postconf", ["-c", directory, "-e", "theirs_\(number)=yes"])
        guard (try? edit.run().succeeded) == true else {
          beside.error.withLock { $0 = "postconf -e failed at \(number)" }
          return
        }
        beside.edits.withLock { $0 = number }
      }
    }
    // What Postfix was shown, seen from outside.
    let watcher = startThread {
      while !beside.isOver.withLock({ $0 }) {
        for name in (try? directoryEntries(staging)) ?? [] {
          guard let file = try? readFile("\(staging)/\(name)/config/main.cf") else { continue }
          _ = beside.staged.withLock { $0.insert(Self.lines(file.bytes)) }
        }
        usleep(5000)
      }
    }
    // Whatever happens, they end before the instance does.
    defer {
      beside.isOver.withLock { $0 = true }
      for thread in [editor, watcher] {
        if let thread { pthread_join(thread, nil) }
      }
    }
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    var slowest = 0.0
    for number in 1...10 {
      let outcome = try transaction.apply(
        .edits([.setParameter(name: "ours_\(number)", value: "yes", service: nil)]))
      slowest = max(slowest, outcome.seconds)
      #expect(outcome.result == .kept)
    }
    #expect(
      waitUntil(60) { beside.edits.withLock { $0 } >= 500 || beside.error.withLock { $0 } != nil })
    beside.isOver.withLock { $0 = true }
    // The edit that is just being made.
    usleep(500_000)
    let theirs = beside.edits.withLock { $0 }
    #expect(beside.error.withLock { $0 } == nil)
    let found = Self.lines(try readFile(scratch.instance.mainCF).bytes)
    let wanted =
      (1...theirs).map { "theirs_\($0) = yes" } + (1...10).map { "ours_\($0) = yes" }
    #expect(wanted.filter { !found.contains($0) } == [])
    let staged = beside.staged.withLock { $0 }
    let history = try transaction.history()
    for record in history.records() {
      let after = try readFile(history.path(record.number) + "/after/main.cf").bytes
      #expect(
        staged.contains(Self.lines(after)), "change \(record.number) was not tried as written")
    }
    #expect(history.records().count == 10 && theirs >= 500)
    print(
      "races: \(theirs) edits by postconf and 10 changes by postgate, none lost, "
        + "\(staged.count) texts tried, slowest change \(Format.seconds(slowest)), "
        + "\(Format.seconds(monotonicSeconds() - start)) in all")
  }

  /// Saves as vim does with its default `backupcopy`: the old file gets another name, a new one its.
  private func edit(_ scratch: ScratchInstance, _ old: String, _ new: String) throws {
    let path = scratch.instance.mainCF
    let vim = "/usr/bin/vim"
    if access(vim, X_OK) == 0 {
      let said = try Command(
        vim, ["-u", "NONE", "-es", "-c", "%s/\(old)/\(new)/", "-c", "wq", path],
        environment: Command.cleanEnvironment.merging(["TERM": "dumb"]) { $1 }
      ).run()
      #expect(said.succeeded)
    } else {
      print("no vim: the test saves in its manner")
      let text = try scratch.mainText
      #expect(rename(path, path + "~") == 0)
      try writeNewFile(path, Array(text.replacing(old, with: new).utf8), mode: 0o644)
      #expect(unlink(path + "~") == 0)
    }
    #expect(try scratch.mainText.contains(new))
  }

  @Test func anEditInVimIsMergedOrShown() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    let base = try scratch.instance.loadConfiguration()
    let text = try scratch.mainText
    let edited = text.replacing("helo_required = yes", with: "helo_required = no")
    let draft = Change.text(original: Array(text.utf8), edited: Array(edited.utf8))
    // Other lines: merged.
    try edit(scratch, "smtpd_peername_lookup = no", "smtpd_peername_lookup = yes")
    let outcome = try transaction.apply(draft, base: base)
    #expect(outcome.result == .kept && !outcome.diff.contains("-smtpd_peername"))
    #expect(try scratch.mainText.contains("smtpd_peername_lookup = yes"))
    #expect(try scratch.mainText.contains("smtpd_helo_required = no"))
    // The same line: refused with the reason, and the editor's text stays.
    let second = Change.text(
      original: Array(try scratch.mainText.utf8),
      edited: Array(
        try scratch.mainText.replacing("helo_required = no", with: "helo_required = yes").utf8))
    try edit(scratch, "smtpd_helo_required = no", "smtpd_helo_required = ${stress}")
    let theirs = try scratch.mainText
    #expect { try transaction.apply(second) } throws: { error in
      guard case .doesNotFit(let reason)? = error as? ChangeError else { return false }
      return reason.contains("main.cf")
    }
    #expect(try scratch.mainText == theirs)
  }
}
