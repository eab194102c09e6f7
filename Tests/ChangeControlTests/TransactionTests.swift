import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct TransactionTests {
  private func transaction(_ scratch: ScratchInstance) throws -> Transaction {
    Transaction(instance: scratch.instance, state: try scratch.state, commands: CommandLog())
  }

  private func change(_ scratch: ScratchInstance, _ old: String, _ new: String) throws -> Change {
    let text = try scratch.mainText
    #expect(text.contains(old))
    return .text(original: Array(text.utf8), edited: Array(text.replacing(old, with: new).utf8))
  }

  @Test func writesReloadsLooksAndUndoesByteForByte() throws {
    let scratch = try ScratchInstance()
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    let wanted = try change(
      scratch, "    reject_invalid_helo_hostname,\n",
      "    warn_if_reject reject_invalid_helo_hostname,\n")
    var options = ChangeOptions()
    options.message = "try it"
    let outcome = try transaction.apply(wanted, options: options)
    #expect(outcome.result == .kept && outcome.changed && outcome.number == 1)
    print("a transaction took \(outcome.seconds) s")
    #expect(try scratch.mainText.contains("warn_if_reject reject_invalid"))
    #expect(outcome.commands.contains { $0.command.hasSuffix("reload") && $0.ending == "exit 0" })
    #expect(scratch.logText.contains("reload -- version"))
    #expect(scratch.logText.contains("change 1 by root"))

    let record = try transaction.history().record(1)
    #expect(record.message == "try it" && record.phase == .kept)
    #expect(record.user.effectiveUser == "root")

    let undone = try transaction.apply(.undo(1))
    #expect(undone.result == .kept && undone.number == 2)
    #expect(try scratch.mainText == original)
    #expect(try transaction.history().record(1).phase == .undone)
    #expect(throws: ChangeError.self) { try transaction.apply(.undo(1)) }
    #expect(try directoryEntries(scratch.root + "/etc") == ["main.cf", "master.cf"])
  }

  @Test func aChangeThatIsThereAlreadyChangesNothing() throws {
    let scratch = try ScratchInstance(start: false)
    let outcome = try transaction(scratch).apply(.edits([]))
    #expect(outcome.result == .unchanged && !outcome.changed && outcome.number == nil)
    #expect(try transaction(scratch).history().records().isEmpty)
  }

  @Test func aDryRunWritesNothing() throws {
    let scratch = try ScratchInstance(start: false)
    let original = try scratch.mainText
    var options = ChangeOptions()
    options.isDryRun = true
    let outcome = try transaction(scratch).apply(
      change(scratch, "helo_required = yes", "helo_required = no"), options: options)
    #expect(outcome.result == .planned && !outcome.changed)
    #expect(try scratch.mainText == original)
    #expect(try transaction(scratch).history().records().isEmpty)
  }

  @Test(arguments: [
    ("reject_invalid_helo_hostname", "reject_invalid_helo_hostnam"),
    ("reject_unauth_destination,", ""),
    ("smtpd_helo_required = yes", "smtpd_helo_required = yes, please"),
  ])
  func refusesAFaultAndLeavesTheFileAlone(_ edit: (old: String, new: String)) throws {
    let scratch = try ScratchInstance(start: false)
    let original = try scratch.mainText
    let before = try FileStatus(of: scratch.instance.mainCF)
    #expect {
      _ = try transaction(scratch).apply(change(scratch, edit.old, edit.new))
    } throws: { error in
      guard case .refused(let report, _)? = error as? ChangeError else { return false }
      return report.blocks && !report.objections.isEmpty
    }
    #expect(try scratch.mainText == original)
    #expect(try FileStatus(of: scratch.instance.mainCF) == before)
    #expect(try transaction(scratch).history().records().isEmpty)
  }

  @Test func keepsWhatSomebodyElseEditedMeanwhile() throws {
    let scratch = try ScratchInstance(start: false)
    let wanted = try change(scratch, "smtpd_helo_required = yes", "smtpd_helo_required = no")
    let base = try scratch.instance.loadConfiguration()
    try scratch.write(
      "main.cf", try scratch.mainText.replacing("10.0.0.0/8", with: "10.20.0.0/16"))
    let outcome = try transaction(scratch).apply(wanted, base: base)
    #expect(outcome.result == .kept)
    let text = try scratch.mainText
    #expect(text.contains("smtpd_helo_required = no") && text.contains("10.20.0.0/16"))
    // The undo keeps the other edit too.
    try scratch.write("main.cf", text.replacing("mx.example.org,", with: "mx.example.org, a.test,"))
    _ = try transaction(scratch).apply(.undo(1))
    let undone = try scratch.mainText
    #expect(undone.contains("smtpd_helo_required = yes") && undone.contains("a.test,"))
  }

  @Test func refusesToUndoLinesThatWereEditedSince() throws {
    let scratch = try ScratchInstance(start: false)
    _ = try transaction(scratch).apply(
      change(scratch, "smtpd_helo_required = yes", "smtpd_helo_required = no"))
    try scratch.write(
      "main.cf", try scratch.mainText.replacing("required = no", with: "required = $x\nx = no"))
    let text = try scratch.mainText
    #expect(throws: ChangeError.self) { try transaction(scratch).apply(.undo(1)) }
    #expect(try scratch.mainText == text)
  }

  @Test func putsBackWhatPostfixDoesNotWorkWith() throws {
    let scratch = try ScratchInstance()
    let original = try scratch.mainText
    // The private instance cannot see what only the live queue directory lacks.
    let wanted = try change(
      scratch, "smtpd_helo_required = yes",
      "smtpd_helo_required = yes\nsmtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"
        + "smtpd_sasl_path = private/nobody-listens-here")
    #expect {
      _ = try transaction(scratch).apply(wanted)
    } throws: { error in
      guard case .putBack(let outcome, _)? = error as? ChangeError else { return false }
      return outcome.result == .putBack && !outcome.changed
    }
    #expect(try scratch.mainText == original)
    #expect(try transaction(scratch).history().record(1).phase == .putBack)
  }

  @Test func keepsOwnerGroupModeAclAttributesAndLink() throws {
    let scratch = try ScratchInstance(start: false)
    let etc = scratch.root + "/etc"
    mkdir(scratch.root + "/real", 0o755)
    let real = scratch.root + "/real/main.cf"
    #expect(rename(etc + "/main.cf", real) == 0)
    #expect(symlink("../real/main.cf", etc + "/main.cf") == 0)
    let group = try #require(groupNumber("adm"))
    #expect(chown(real, 0, group) == 0 && chmod(real, 0o640) == 0)
    let acl = Command("/usr/bin/setfacl", ["-m", "u:daemon:r", real])
    let hasACL = (try? acl.run().succeeded) ?? false
    let hasAttribute =
      (try? Command("/usr/bin/setfattr", ["-n", "user.note", "-v", "x", real]).run().succeeded)
      ?? false
    if !hasACL || !hasAttribute { print("SKIPPED in part: no setfacl or setfattr") }
    let before = try FileMetadata(of: OpenFile(real, O_RDONLY))
    _ = try transaction(scratch).apply(
      change(scratch, "smtpd_helo_required = yes", "smtpd_helo_required = no"))
    #expect(try FileStatus(of: etc + "/main.cf", follow: false).kind == .symbolicLink)
    #expect(try FileMetadata(of: OpenFile(real, O_RDONLY)) == before)
    #expect(before.mode == 0o640 && before.group == group)
    #expect(before.attributes.count == (hasACL ? 1 : 0) + (hasAttribute ? 1 : 0))
    #expect(try scratch.text(real).contains("smtpd_helo_required = no"))
    #expect(try directoryEntries(etc) == ["main.cf", "master.cf"])
    #expect(try directoryEntries(scratch.root + "/real") == ["main.cf"])
  }

  @Test func refusesWhatOthersCanWrite() throws {
    let scratch = try ScratchInstance(start: false)
    let wanted = try change(scratch, "helo_required = yes", "helo_required = no")
    chmod(scratch.instance.mainCF, 0o666)
    #expect(throws: ChangeError.self) { try transaction(scratch).apply(wanted) }
    chmod(scratch.instance.mainCF, 0o644)
    chown(scratch.root + "/etc", 1, 1)
    #expect(throws: ChangeError.self) { try transaction(scratch).apply(wanted) }
  }

  @Test func completesOrTakesBackWhatWasInterrupted() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let base = try scratch.instance.loadConfiguration().configuration
    let original = try scratch.mainText
    let edited = original.replacing("helo_required = yes", with: "helo_required = no")
    let history = try transaction.history()
    let record = ChangeRecord(
      number: 0, user: .current(), message: "", configurationDirectory: "", edits: [], undoes: nil,
      diff: "", report: PreflightReport())
    let before = FilePair(base)
    let after = FilePair(main: Array(edited.utf8), master: before.master)
    // Killed before the write.
    _ = try history.add(record, before: before, after: after)
    try transaction.recover()
    #expect(try history.record(1).phase == .notWritten)
    // Killed after the write.
    _ = try history.add(record, before: before, after: after)
    try scratch.write("main.cf", edited)
    try transaction.recover()
    #expect(try history.record(2).phase == .kept)
    #expect(try scratch.mainText == edited)
    // Killed between main.cf and master.cf.
    let both = FilePair(main: Array(original.utf8), master: before.master + Array("# x\n".utf8))
    _ = try history.add(record, before: after, after: both)
    try scratch.write("main.cf", original)
    try transaction.recover()
    #expect(try history.record(3).phase == .putBack)
    #expect(try scratch.mainText == edited)
    #expect(try transaction.recover() == [])
  }

  @Test func mendsAConfigurationThatPostfixCannotRead() throws {
    let scratch = try ScratchInstance(start: false)
    let good = try scratch.mainText
    let broken = good + "smtpd_banner = ${myhostname\nno equals sign\n"
    try scratch.write("main.cf", broken)
    let wanted = Change.text(original: Array(broken.utf8), edited: Array(good.utf8))
    #expect(try transaction(scratch).apply(wanted).result == .kept)
    #expect(try scratch.mainText == good)
  }

  @Test func asksBeforeChangingWhatAnotherToolGenerates() throws {
    let scratch = try ScratchInstance(
      "# Ansible managed\n" + ScratchInstance.tutorial, start: false)
    let wanted = try change(scratch, "helo_required = yes", "helo_required = no")
    #expect {
      try transaction(scratch).apply(wanted)
    } throws: { error in
      guard case .needsYes(let report, _)? = error as? ChangeError else { return false }
      return report.objections.contains { $0.contains("Ansible") }
    }
    var options = ChangeOptions()
    options.yes = true
    #expect(try transaction(scratch).apply(wanted, options: options).result == .kept)
  }

  @Test func aUserMayReview() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = Transaction(instance: scratch.instance, state: nil, commands: CommandLog())
    let wanted = try change(scratch, "helo_required = yes", "helo_required = no")
    let outcome = try transaction.review(wanted)
    #expect(outcome.result == .planned)
    #expect(outcome.report.notJudged == ["Postfix itself was not asked: that needs root"])
    #expect(throws: ChangeError.self) { try transaction.apply(wanted) }
  }

  @Test func keepsTheLastChangesOnly() throws {
    let scratch = try ScratchInstance(start: false)
    var history = try transaction(scratch).history()
    history.retention = 3
    var record = ChangeRecord(
      number: 0, user: .current(), message: "", configurationDirectory: "", edits: [], undoes: nil,
      diff: "", report: PreflightReport())
    record.phase = .kept
    let empty = FilePair(main: [], master: [])
    for _ in 1...5 { _ = try history.add(record, before: empty, after: empty) }
    history.prune()
    #expect(history.records().map(\.number) == [3, 4, 5])
  }
}
