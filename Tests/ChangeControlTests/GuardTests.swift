import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct GuardTests {
  /// A transaction whose guard process only holds the guard's lock for a moment: the guard's work
  /// is then done by the test, or by nobody.
  private func transaction(_ scratch: ScratchInstance) throws -> Transaction {
    let script = scratch.root + "/guard"
    let changes = "\(try scratch.state.path)/\(scratch.instance.stateName)/changes"
    let file = try OpenFile(script, O_CREAT | O_WRONLY, mode: 0o755)
    try file.writeAll(
      Array(
        """
        #!/bin/sh
        exec /usr/bin/flock "\(changes)/00000$5/guard" /bin/sleep 0.2

        """.utf8))
    var transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    transaction.guardExecutable = script
    return transaction
  }

  /// Does the guard's work as soon as the script has let go of the lock.
  private func guardRun(_ transaction: Transaction) throws -> String {
    let limit = monotonicSeconds() + 3
    while monotonicSeconds() < limit {
      if let said = try transaction.guardRun(1) { return said }
      usleep(10_000)
    }
    throw ChangeError.busy("the guard's lock stays held")
  }

  private func apply(
    _ transaction: Transaction, _ scratch: ScratchInstance, seconds: Int
  ) throws -> Outcome {
    let text = try scratch.mainText
    var options = ChangeOptions()
    options.confirmSeconds = seconds
    options.settleSeconds = 0.3
    let edited = text.replacing("helo_required = yes", with: "helo_required = no")
    return try transaction.apply(
      .text(original: Array(text.utf8), edited: Array(edited.utf8)), options: options)
  }

  @Test func takesBackWhatNobodyConfirms() throws {
    let scratch = try ScratchInstance()
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    let outcome = try apply(transaction, scratch, seconds: 600)
    #expect(outcome.result == .waiting && outcome.changed)
    #expect(try scratch.mainText != original)
    #expect(try transaction.waiting()?.number == 1)
    // A second change has to wait.
    #expect {
      try transaction.apply(.text(original: [], edited: Array("a = b\n".utf8)))
    } throws: { error in
      if case .busy? = error as? ChangeError { true } else { false }
    }
    let history = try transaction.history()
    var record = try history.record(1)
    record.window = ConfirmWindow(seconds: 1)
    try history.update(record)
    #expect(try guardRun(transaction).contains("taken back"))
    #expect(record.window?.secondsLeft == 0)
    #expect(try scratch.mainText == original)
    record = try history.record(1)
    #expect(record.phase == .timedOut)
    #expect(record.commands.filter { $0.command.hasSuffix("reload") }.count == 2)
    #expect(throws: ChangeError.self) { try transaction.confirm(1) }
  }

  @Test func keepsWhatIsConfirmed() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try apply(transaction, scratch, seconds: 30)
    try transaction.confirm(1)
    #expect(try scratch.mainText.contains("helo_required = no"))
    #expect(try transaction.history().record(1).phase == .kept)
    #expect(try transaction.waiting() == nil)
    #expect(try guardRun(transaction) == "change 1 was decided")
    #expect(try scratch.mainText.contains("helo_required = no"))
  }

  @Test func goesBackInsideTheWindow() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    _ = try apply(transaction, scratch, seconds: 30)
    // The way back asks nobody, not even where a backup has linked the file meanwhile.
    #expect(link(scratch.instance.mainCF, scratch.root + "/backup") == 0)
    #expect(try transaction.apply(.undo(1)).result == .kept)
    #expect(try scratch.mainText == original)
    #expect(try transaction.history().record(1).phase == .undone)
  }

  @Test func keepsTheEditsOfOthersWhenItTakesBack() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try apply(transaction, scratch, seconds: 1)
    try scratch.write(
      "main.cf", try scratch.mainText.replacing("10.0.0.0/8", with: "10.20.0.0/16"))
    _ = try guardRun(transaction)
    let text = try scratch.mainText
    #expect(text.contains("helo_required = yes") && text.contains("10.20.0.0/16"))
  }

  @Test func theNextStartEndsAWindowThatNobodyWatched() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    _ = try apply(transaction, scratch, seconds: 30)
    // After a reboot the boot has another identity: the window is over whatever the clock says.
    let history = try transaction.history()
    var record = try history.record(1)
    record.window?.bootID = "another boot"
    try history.update(record)
    let done = Transaction.recoverAll(state: try scratch.state, commands: CommandLog())
    #expect(done == ["change 1 was not confirmed and was taken back"])
    #expect(try scratch.mainText == original)
    #expect(Transaction.recoverAll(state: try scratch.state, commands: CommandLog()) == [])
  }

  @Test func withoutAGuardNothingIsWritten() throws {
    let scratch = try ScratchInstance(start: false)
    var transaction = try transaction(scratch)
    transaction.guardExecutable = "/nowhere/postgate"
    let original = try scratch.mainText
    #expect(throws: ChangeError.self) { try apply(transaction, scratch, seconds: 5) }
    #expect(try scratch.mainText == original)
    #expect(try transaction.history().record(1).phase == .notWritten)
  }
}
