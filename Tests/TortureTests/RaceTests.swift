import ChangeControl
import Glibc
import HostSystem
import PostfixHost
import TestSupport
import Testing

/// Others edit the same file at the same time.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and Postfix"))
struct RaceTests {
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
