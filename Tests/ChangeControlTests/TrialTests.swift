import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// Trials that end by themselves.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct TrialTests {
  private let helo = "smtpd_helo_restrictions"

  /// Its guard processes only hold their locks for a moment; their work is done by the test.
  private func transaction(_ scratch: ScratchInstance) throws -> Transaction {
    let script = scratch.root + "/guard"
    let changes = "\(try scratch.state.path)/\(scratch.instance.stateName)/changes"
    let file = try OpenFile(script, O_CREAT | O_WRONLY, mode: 0o755)
    try file.writeAll(
      Array(
        """
        #!/bin/sh
        lock=guard
        [ "$6" = --trial ] && lock=trial-guard
        exec /usr/bin/flock "\(changes)/00000$5/$lock" /bin/sleep 0.2

        """.utf8))
    var transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    transaction.guardExecutable = script
    return transaction
  }

  private func target(_ name: String) -> RestrictionTarget {
    RestrictionTarget(parameter: helo, name: name)
  }

  private func begin(
    _ transaction: Transaction, _ edit: Edit, seconds: Int, confirm: Int? = nil
  ) throws -> Outcome {
    var options = ChangeOptions()
    options.trialSeconds = seconds
    options.confirmSeconds = confirm
    options.settleSeconds = 0.2
    return try transaction.apply(.edits([edit]), options: options)
  }

  /// Does the guard's work as soon as the script has let go of the lock.
  private func guardTrial(_ transaction: Transaction, _ number: Int) throws -> String {
    let limit = monotonicSeconds() + 10
    while monotonicSeconds() < limit {
      if let said = try transaction.guardTrial(number) { return said }
      usleep(10_000)
    }
    throw ChangeError.busy("the guard's lock stays held")
  }

  /// In a list of one line the place of what was on trial before is known to the history only; the edit
  /// that puts it back there begins a trial like any other.
  @Test func aTrialThatReturnsToItsPlaceMayHaveAnEnd() throws {
    let scratch = try ScratchInstance(
      "smtpd_helo_required = yes\n"
        + "smtpd_helo_restrictions = permit_mynetworks, warn_if_reject reject_non_fqdn_helo_hostname, permit\n"
        + "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination\n",
      start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    let name = "reject_non_fqdn_helo_hostname"
    _ = try transaction.apply(.edits([.setState(target(name), .off)]))
    let without = try scratch.mainText
    let present = try scratch.instance.loadConfiguration().configuration
    let service = try #require(present.policy().services.first).service.description
    let insertion = Edit.insert(
      stage: .helo, service: service, name: name, argument: nil, state: .trial)
    let back = try #require(transaction.returning(insertion, to: present))
    #expect(try begin(transaction, back, seconds: 1).result == .kept)
    #expect(try scratch.mainText == original)
    #expect(try guardTrial(transaction, 2).hasPrefix("change 3:"))
    #expect(try scratch.mainText == without)
  }

  @Test func aTrialEndsItselfByteForByteWithItsOwnEntryAndVerdict() throws {
    let scratch = try ScratchInstance(start: false)
    var transaction = try transaction(scratch)
    transaction.makeVerdict = { ended in Array("\(ended.trial.restriction)\n".utf8) }
    let original = try scratch.mainText
    let edit = Edit.setState(target("reject_non_fqdn_helo_hostname"), .trial)
    #expect(try begin(transaction, edit, seconds: 1).result == .kept)
    #expect(try scratch.mainText.contains("warn_if_reject reject_non_fqdn_helo_hostname"))
    #expect(try transaction.runningTrials().map(\.number) == [1])
    #expect(try transaction.waiting() == nil)
    _ = try guardTrial(transaction, 1)
    #expect(try scratch.mainText == original)
    let records = try transaction.history().records()
    #expect(records.map(\.phase) == [.undone, .kept] && records.last?.undoes == 1)
    #expect(records[0].trial?.ended != nil)
    let verdict = try readFile(transaction.history().path(1) + "/verdict.json").bytes
    #expect(verdict == Array("reject_non_fqdn_helo_hostname\n".utf8))
    #expect(try transaction.runningTrials().isEmpty)
  }

  @Test func twoTrialsRunBesideAConfirmWindowThatPutsTheirEndOff() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    let configuration = try scratch.instance.loadConfiguration().configuration
    let service = try #require(configuration.policy().services.first).service.description
    _ = try begin(
      transaction,
      .insert(
        stage: .helo, service: service, name: "reject_unknown_helo_hostname", argument: nil,
        state: .trial), seconds: 3600)
    _ = try begin(
      transaction, .setState(target("reject_invalid_helo_hostname"), .trial), seconds: 3600)
    #expect(try transaction.runningTrials().count == 2)
    var window = ChangeOptions()
    window.confirmSeconds = 30
    _ = try transaction.apply(
      .edits([.setParameter(name: "smtpd_helo_required", value: "no", service: nil)]),
      options: window)
    try transaction.extendTrial(1, seconds: 0)
    // The first is over, but a change waits.
    _ = try transaction.recover()
    #expect(try transaction.runningTrials().count == 2)
    try transaction.confirm(3)
    let done = try transaction.recover()
    #expect(done.contains { $0.contains("reject_unknown_helo_hostname is over") }, "\(done)")
    #expect(try transaction.runningTrials().map(\.number) == [2])
    #expect(try !scratch.mainText.contains("reject_unknown_helo_hostname"))
    _ = try transaction.apply(.undo(2))
    #expect(try transaction.runningTrials().isEmpty)
    _ = try transaction.apply(.undo(3))
    #expect(try scratch.mainText == original)
  }

  /// What ends a trial and is never confirmed leaves it as it was, its end and all.
  @Test func aTrialRunsOnWhenWhatEndedItIsNotConfirmed() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let edit = Edit.setState(target("reject_non_fqdn_helo_hostname"), .trial)
    _ = try begin(transaction, edit, seconds: 3600)
    let onTrial = try scratch.mainText
    var window = ChangeOptions()
    window.confirmSeconds = 600
    let off = Change.edits([.setState(target("reject_non_fqdn_helo_hostname"), .off)])
    #expect(try transaction.apply(off, options: window).result == .waiting)
    let history = try transaction.history()
    #expect(ChangeGuard(history, 2).decide(.expired))
    #expect(try transaction.takeBack(2, history).contains("taken back"))
    #expect(try scratch.mainText == onTrial)
    #expect(try transaction.runningTrials().map(\.number) == [1])
    #expect(ChangeGuard(history, 1, .trial).isOpen)
    // Confirmed, it ends the trial.
    #expect(try transaction.apply(off, options: window).result == .waiting)
    try transaction.confirm(3)
    #expect(try transaction.runningTrials().isEmpty)
  }

  @Test func aRebootDoesNotEndATrialButItsTimeDoes() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    let edit = Edit.setState(target("reject_non_fqdn_helo_hostname"), .trial)
    _ = try begin(transaction, edit, seconds: 3600)
    let history = try transaction.history()
    let path = history.path(1) + "/change.json"
    func rewrite(_ old: String, _ new: String) throws {
      let text = try scratch.text(path)
      #expect(text.contains(old))
      try replaceStateFile(path, Array(text.replacing(old, with: new).utf8))
    }
    let boot = try readProcFile("/proc/sys/kernel/random/boot_id").filter { $0 != "\n" }
    try rewrite(boot, "another boot")
    #expect(try transaction.recover() == [])
    #expect(try transaction.runningTrials().count == 1)
    let until = try #require(try history.record(1).trial?.until)
    try rewrite("\(until)", "\(until - 3600)")
    let done = try transaction.recover()
    #expect(done.count == 1 && done[0].contains("is over"), "\(done)")
    #expect(try scratch.mainText == original)
  }

  @Test func switchingTheRestrictionEndsTheTrialAndLeftOversAreTold() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let name = "reject_non_fqdn_helo_hostname"
    _ = try begin(transaction, .setState(target(name), .trial), seconds: 3600)
    var configuration = try scratch.instance.loadConfiguration().configuration
    #expect(try transaction.trialsWithoutEnd(in: configuration).isEmpty)
    _ = try transaction.apply(.edits([.setState(target(name), .on)]))
    #expect(try transaction.runningTrials().isEmpty)
    #expect(try transaction.history().record(1).trial?.ended != nil)
    _ = try transaction.apply(.edits([.setState(target(name), .trial)]))
    configuration = try scratch.instance.loadConfiguration().configuration
    #expect(try transaction.trialsWithoutEnd(in: configuration).map(\.name) == [name])
  }

  @Test func whatOthersEditedInTheSameLinesStays() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let name = "reject_non_fqdn_helo_hostname"
    _ = try begin(transaction, .setState(target(name), .trial), seconds: 1)
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "    warn_if_reject \(name),\n",
        with: "    reject_unknown_helo_hostname, warn_if_reject \(name),\n"))
    sleep(1)
    let done = try transaction.recover()
    #expect(done.count == 1 && done[0].contains("is over"), "\(done)")
    let text = try scratch.mainText
    #expect(text.contains("    reject_unknown_helo_hostname, \(name),\n"), "\(text)")
  }

  @Test func onlyAnEditThatPutsOneRestrictionOnTrialMayHaveAnEnd() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    let edit = Edit.setState(target("reject_non_fqdn_helo_hostname"), .off)
    #expect(throws: ChangeError.self) { try begin(transaction, edit, seconds: 5) }
    #expect(try scratch.mainText == original)
  }
}
