import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// What others edited meanwhile, or left, is neither overwritten nor in the way.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct OthersTests {
  private static let oneLine = """
    smtpd_helo_required = yes
    smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname
    smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination

    """

  private func transaction(_ scratch: ScratchInstance) throws -> Transaction {
    Transaction(instance: scratch.instance, state: try scratch.state, commands: CommandLog())
  }

  private func enable(_ name: String, _ scratch: ScratchInstance) -> Change {
    .edits([
      .insert(
        stage: .helo, service: "127.0.0.1:\(scratch.port)", name: name, argument: nil, state: .on)
    ])
  }

  @Test func anUndoFitsALineThatOthersAddedTo() throws {
    let scratch = try ScratchInstance(Self.oneLine, start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(enable("reject_non_fqdn_helo_hostname", scratch))
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "reject_invalid_helo_hostname,", with: "reject_unknown_helo_hostname,"))
    let theirs = try scratch.mainText
    #expect(theirs.contains("reject_unknown_helo_hostname, reject_non_fqdn_helo_hostname\n"))
    #expect(try transaction.apply(.undo(1)).result == .kept)
    #expect(
      try scratch.mainText
        == theirs.replacing(
          "reject_unknown_helo_hostname, reject_non_fqdn_helo_hostname\n",
          with: "reject_unknown_helo_hostname\n"))
  }

  @Test func theGuardTakesBackWhatStandsInALineThatOthersEdited() throws {
    let scratch = try ScratchInstance(Self.oneLine, start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(enable("reject_non_fqdn_helo_hostname", scratch))
    let history = try transaction.history()
    var record = try history.record(1)
    record.phase = .waiting
    record.window = ConfirmWindow(seconds: 0)
    try history.update(record)
    try ChangeGuard(history, 1).open()
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing("= permit_mynetworks, reject_i", with: "= reject_i"))
    let done = try transaction.recover()
    #expect(done == ["change 1 was not confirmed and was taken back"])
    #expect(try scratch.mainText.contains("_restrictions = reject_invalid_helo_hostname\n"))
    #expect(try history.record(1).phase == .timedOut)
  }

  @Test func whatOthersMadeOfItselfIsLeftWithAnAlarm() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(
      .edits([.setParameter(name: "smtpd_helo_required", value: "no", service: nil)]))
    let history = try transaction.history()
    var record = try history.record(1)
    record.phase = .waiting
    record.window = ConfirmWindow(seconds: 0)
    try history.update(record)
    try ChangeGuard(history, 1).open()
    try scratch.write(
      "main.cf", try scratch.mainText.replacing("required = no", with: "required = ${stress?no}"))
    let theirs = try scratch.mainText
    #expect(throws: ChangeError.self) { try transaction.recover() }
    #expect(try scratch.mainText == theirs)
    #expect(try history.record(1).phase == .alarm)
    // It does not stand in the way of the next.
    #expect(try transaction.recover() == [])
  }

  @Test func aParameterThatOthersSetMeanwhileIsNotOverwritten() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let base = try scratch.instance.loadConfiguration()
    let text = try scratch.mainText
    try scratch.write("main.cf", text + "smtpd_error_sleep_time = 5s\n")
    let theirs = try scratch.mainText
    func set(_ value: String) -> Change {
      .edits([.setParameter(name: "smtpd_error_sleep_time", value: value, service: nil)])
    }
    #expect {
      try transaction.apply(set("2s"), base: base)
    } throws: { "\($0)".contains("smtpd_error_sleep_time was changed meanwhile") }
    #expect(try scratch.mainText == theirs)
    // They wrote the same; and somebody who has seen theirs may change it.
    #expect(try transaction.apply(set("5s"), base: base).result == .unchanged)
    #expect(try transaction.apply(set("2s")).result == .kept)
  }

  @Test func aRestrictionThatOthersSwitchedMeanwhileIsNotSwitchedBack() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let base = try scratch.instance.loadConfiguration()
    let target = RestrictionTarget(
      parameter: "smtpd_helo_restrictions", name: "reject_invalid_helo_hostname")
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "    reject_invalid_helo", with: "    warn_if_reject reject_invalid_helo"))
    let theirs = try scratch.mainText
    #expect {
      try transaction.apply(.edits([.setState(target, .off)]), base: base)
    } throws: { "\($0)".contains("reject_invalid_helo_hostname was changed meanwhile") }
    #expect(try scratch.mainText == theirs)
  }

  @Test func undoingInAFileOfAnotherToolAsksToo() throws {
    let scratch = try ScratchInstance(
      "# Ansible managed\n" + ScratchInstance.tutorial, start: false)
    let transaction = try transaction(scratch)
    let wanted = Change.edits([
      .setParameter(name: "smtpd_helo_required", value: "no", service: nil)
    ])
    var options = ChangeOptions()
    options.yes = true
    _ = try transaction.apply(wanted, options: options)
    #expect {
      try transaction.apply(.undo(1))
    } throws: { error in
      guard case .needsYes(let report, _)? = error as? ChangeError else { return false }
      return report.foreignOwner?.contains("Ansible") ?? false
    }
    #expect(try scratch.mainText.contains("helo_required = no"))
    #expect(try transaction.apply(.undo(1), options: options).result == .kept)
  }

  /// The rename that puts the new text in place parts main.cf from its other names.
  @Test func aFileWithSeveralNamesIsChangedOnlyAfterAYes() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let other = scratch.root + "/other.cf"
    let original = try scratch.mainText
    #expect(link(scratch.instance.mainCF, other) == 0)
    let wanted = Change.edits([
      .setParameter(name: "smtpd_helo_required", value: "no", service: nil)
    ])
    #expect {
      try transaction.apply(wanted)
    } throws: { error in
      guard case .needsYes(let report, _)? = error as? ChangeError else { return false }
      return "\(error)".contains("main.cf has 2 names (hard links)")
        && "\(error)".contains("symbolic links") && report.foreignOwner == nil
    }
    #expect(try scratch.mainText == original)
    #expect(try FileStatus(of: other).isSameFile(as: FileStatus(of: scratch.instance.mainCF)))
    #expect(try transaction.history().records().isEmpty)
    var options = ChangeOptions()
    options.yes = true
    #expect(try transaction.apply(wanted, options: options).result == .kept)
    #expect(try scratch.mainText != original)
    #expect(try scratch.text(other) == original)
    // It has one name now; and a file that stays as it is may have as many as it likes.
    #expect(link(scratch.instance.masterCF, scratch.root + "/other-master.cf") == 0)
    #expect(try transaction.apply(.undo(1)).result == .kept)
  }

  @Test func theNewestEntryMayBeUnreadableAtBoot() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    _ = try transaction.apply(
      .edits([.setParameter(name: "smtpd_helo_required", value: "no", service: nil)]))
    let history = try transaction.history()
    var record = try history.record(1)
    record.phase = .waiting
    record.window = ConfirmWindow(seconds: 3600)
    record.window?.bootID = "another boot"
    try history.update(record)
    try ChangeGuard(history, 1).open()
    try makePrivateDirectory(history.path(2))
    try writeNewFile(history.path(2) + "/change.json", Array("{".utf8))
    let done = Transaction.recoverAll(state: try scratch.state, commands: CommandLog())
    #expect(done == ["change 1 was not confirmed and was taken back"])
    #expect(try scratch.mainText == original)
  }

  @Test func theNumberOfKeptChangesIsReadFromItsFile() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    #expect(try transaction.history().retention == 200)
    try writeNewFile(try scratch.state.path + "/retention", Array("2\n".utf8))
    for value in ["1s", "2s", "3s"] {
      _ = try transaction.apply(
        .edits([.setParameter(name: "smtpd_error_sleep_time", value: value, service: nil)]))
    }
    let history = try transaction.history()
    #expect(history.records().map(\.number) == [2, 3])
    #expect(try directoryEntries(history.directory) == ["000002", "000003"])
  }
}
