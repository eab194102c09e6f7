import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// What the history says of changes that were taken back, brought back and taken back again.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct UndoTests {
  private func transaction(_ scratch: ScratchInstance) throws -> Transaction {
    Transaction(instance: scratch.instance, state: try scratch.state, commands: CommandLog())
  }

  private static let off = Change.edits([
    .setParameter(name: "smtpd_helo_required", value: "no", service: nil)
  ])

  /// How far each change came, in the order of their numbers.
  private func phases(_ scratch: ScratchInstance) throws -> [ChangeRecord.Phase] {
    try transaction(scratch).history().records().map(\.phase)
  }

  @Test func anUndoOfAnUndoAndSoOnGivesTheBytesAndTheMarksOfWhatIsInForce() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    let original = try scratch.mainText
    _ = try transaction.apply(Self.off)
    let changed = try scratch.mainText
    #expect(changed != original)
    let steps: [(Change, String, [ChangeRecord.Phase])] = [
      (.undo(1), original, [.undone, .kept]),
      (.undo(2), changed, [.kept, .undone, .kept]),
      (.undo(3), original, [.undone, .kept, .undone, .kept]),
      (.undo(4), changed, [.kept, .undone, .kept, .undone, .kept]),
    ]
    for (change, text, expected) in steps {
      #expect(try transaction.apply(change).result == .kept)
      #expect(try scratch.mainText == text, "\(change)")
      #expect(try phases(scratch) == expected, "\(change)")
    }
    // The first is in force again, and is taken back by its own number like any other.
    #expect(try transaction.apply(.undo(1)).result == .kept)
    #expect(try scratch.mainText == original)
    #expect(try phases(scratch).first == .undone)
    let notes = try transaction.history().record(1).notes
    #expect(
      notes.dropFirst() == [
        "by change 2", "in force again by change 3", "by change 4", "in force again by change 5",
        "by change 6",
      ])
    // What is not in force cannot be taken back; what makes no difference is no change.
    #expect(throws: ChangeError.self) { try transaction.apply(.undo(1)) }
    #expect(try transaction.apply(.undo(5)).result == .unchanged)
  }

  @Test func whatOthersEditedInBetweenStays() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(Self.off)
    _ = try transaction.apply(.undo(1))
    try scratch.write(
      "main.cf", try scratch.mainText.replacing("10.0.0.0/8", with: "10.20.0.0/16"))
    let edited = try scratch.mainText
    _ = try transaction.apply(.undo(2))
    #expect(
      try scratch.mainText
        == edited.replacing("smtpd_helo_required = yes", with: "smtpd_helo_required = no"))
    _ = try transaction.apply(.undo(3))
    #expect(try scratch.mainText == edited)
    #expect(try phases(scratch) == [.undone, .kept, .undone, .kept])
  }

  /// An undo that was confirmed counts, however soon whoever confirmed it was killed.
  @Test func aConfirmedUndoIsMarkedByTheNextStart() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(Self.off)
    _ = try transaction.apply(.undo(1))
    let history = try transaction.history()
    // As the kill leaves it behind the rename that decides.
    var first = try history.record(1)
    first.phase = .kept
    first.notes.removeLast()
    try history.update(first)
    var second = try history.record(2)
    second.phase = .waiting
    second.window = ConfirmWindow(seconds: 600)
    try history.update(second)
    let armed = ChangeGuard(history, 2)
    try armed.open()
    #expect(armed.decide(.confirmed))
    #expect(try transaction.recover() == ["change 2 was confirmed"])
    #expect(try phases(scratch) == [.undone, .kept])
    #expect(try transaction.recover() == [])
    #expect(try history.record(1).notes.dropFirst() == ["by change 2"])
  }

  /// A second marking, as by a start after a kill, changes nothing and says nothing twice.
  @Test func marksInterruptedHalfWayAreCompleted() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    for change in [Self.off, .undo(1), .undo(2), .undo(3)] { _ = try transaction.apply(change) }
    let history = try transaction.history()
    let whole = history.records()
    // Killed before the last of the chain was marked and before the undo itself was.
    var last = whole[3]
    last.phase = .prepared
    try history.update(last)
    var first = whole[0]
    first.phase = .kept
    first.notes.removeLast()
    try history.update(first)
    try transaction.recover()
    #expect(history.records().map(\.phase) == whole.map(\.phase))
    #expect(history.records().prefix(3).map(\.notes) == whole.prefix(3).map(\.notes))
  }

  /// A change that waits; whoever calls holds the lock of its guard.
  private func waitingChange(_ scratch: ScratchInstance) throws -> Transaction {
    let transaction = try transaction(scratch)
    _ = try transaction.apply(Self.off)
    let history = try transaction.history()
    var record = try history.record(1)
    record.phase = .waiting
    record.window = ConfirmWindow(seconds: 600)
    try history.update(record)
    try ChangeGuard(history, 1).open()
    return transaction
  }

  /// An undo that was marked and then taken back itself leaves its change waiting, not kept for ever.
  @Test(arguments: [true, false])
  func anUndoThatIsKilledAndNotWrittenLeavesItsChangeWaiting(_ isOver: Bool) throws {
    let scratch = try ScratchInstance(start: false)
    let original = try scratch.mainText
    let transaction = try waitingChange(scratch)
    guard let watch = ChangeGuard(try transaction.history(), 1).watch() else {
      Issue.record("the guard's lock is held")
      return
    }
    defer { withExtendedLifetime(watch.descriptor) {} }
    let changed = try scratch.mainText
    let history = try transaction.history()
    _ = try transaction.apply(.undo(1))
    #expect(try phases(scratch) == [.undone, .kept])
    #expect(!ChangeGuard(history, 1).isArmed)
    // As a full disk and a kill leave it: marked, back on the disk, and nothing of it on record.
    try scratch.write("main.cf", changed)
    var undo = try history.record(2)
    undo.phase = .prepared
    try history.update(undo)
    let armed = ChangeGuard(history, 1)
    try armed.open()
    // The guard found its time over, and the change recorded as undone.
    if isOver { #expect(armed.decide(.expired)) }
    #expect(try transaction.recover().count == (isOver ? 2 : 1))
    #expect(try phases(scratch) == [isOver ? .timedOut : .waiting, .notWritten])
    #expect(try scratch.mainText == (isOver ? original : changed))
  }

  /// The way back from what was never confirmed is gone to its end, not judged and put back itself.
  @Test(arguments: [true, false])
  func anUndoThatIsKilledBehindTheWriteIsCompleted(_ isTakenBackMeanwhile: Bool) throws {
    let scratch = try ScratchInstance(start: false)
    let original = try scratch.mainText
    let transaction = try waitingChange(scratch)
    guard let watch = ChangeGuard(try transaction.history(), 1).watch() else {
      Issue.record("the guard's lock is held")
      return
    }
    defer { withExtendedLifetime(watch.descriptor) {} }
    let history = try transaction.history()
    let waiting = try history.record(1)
    _ = try transaction.apply(.undo(1))
    try history.update(waiting)
    var undo = try history.record(2)
    undo.phase = .prepared
    try history.update(undo)
    let armed = ChangeGuard(history, 1)
    try armed.open()
    if isTakenBackMeanwhile {
      #expect(armed.decide(.expired))
      #expect(try transaction.takeBack(1, history).contains("taken back"))
    }
    try transaction.recover()
    #expect(try phases(scratch) == [.undone, .kept])
    #expect(try scratch.mainText == original)
    #expect(!armed.isArmed)
    #expect(try transaction.recover() == [])
  }

  /// What was never confirmed stays its guard's to take back where its undo does not fit any more.
  @Test func anUndoThatNoLongerFitsLeavesItsChangeWaiting() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try waitingChange(scratch)
    guard let watch = ChangeGuard(try transaction.history(), 1).watch() else {
      Issue.record("the guard's lock is held")
      return
    }
    defer { withExtendedLifetime(watch.descriptor) {} }
    let history = try transaction.history()
    let waiting = try history.record(1)
    _ = try transaction.apply(.undo(1))
    // Killed before the write, and the line that it was to write edited since.
    try history.update(waiting)
    var undo = try history.record(2)
    undo.phase = .prepared
    try history.update(undo)
    try ChangeGuard(history, 1).open()
    let edited = try scratch.mainText.replacing("helo_required = yes", with: "helo_required = $x")
    try scratch.write("main.cf", edited)
    try transaction.recover()
    #expect(try phases(scratch) == [.waiting, .notWritten])
    #expect(try scratch.mainText == edited)
  }

  /// An undo that waits has marked nothing, so that taking it back half way unmarks nothing.
  @Test func anUndoOfAWaitingUndoThatIsKilledMarksNothing() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(Self.off)
    let changed = try scratch.mainText
    _ = try transaction.apply(.undo(1))
    let original = try scratch.mainText
    let history = try transaction.history()
    // As with --confirm.
    var first = try history.record(1)
    first.phase = .kept
    try history.update(first)
    var second = try history.record(2)
    second.phase = .waiting
    second.window = ConfirmWindow(seconds: 600)
    try history.update(second)
    try ChangeGuard(history, 2).open()
    guard let watch = ChangeGuard(history, 2).watch() else {
      Issue.record("the guard's lock is held")
      return
    }
    defer { withExtendedLifetime(watch.descriptor) {} }
    second = try history.record(2)
    _ = try transaction.apply(.undo(2))
    #expect(try phases(scratch) == [.kept, .undone, .kept])
    #expect(try scratch.mainText == changed)
    // Killed before the write.
    try scratch.write("main.cf", original)
    try history.update(second)
    try ChangeGuard(history, 2).open()
    var third = try history.record(3)
    third.phase = .prepared
    try history.update(third)
    try transaction.recover()
    #expect(try phases(scratch) == [.kept, .waiting, .notWritten])
    try transaction.confirm(2)
    #expect(try phases(scratch) == [.undone, .kept, .notWritten])
  }

  /// An undo whose record cannot be completed is put back, and what it undid waits as before.
  @Test func anUndoThatCannotBeRecordedLeavesItsChangeWaiting() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try waitingChange(scratch)
    guard let watch = ChangeGuard(try transaction.history(), 1).watch() else {
      Issue.record("the guard's lock is held")
      return
    }
    defer { withExtendedLifetime(watch.descriptor) {} }
    let history = try transaction.history()
    // Postfix's own programs, of which the last that runs in front of the record disturbs it.
    let programs = scratch.root + "/programs"
    try makePrivateDirectory(programs)
    let real = try Command("/usr/sbin/postconf", ["-dh", "command_directory"]).run().outputText
      .filter { $0 != "\n" }
    for name in ["postfix", "postmap", "postsuper", "postconf"] {
      #expect(symlink("\(real)/\(name)", "\(programs)/\(name)") == 0)
    }
    let postlog = programs + "/postlog"
    try writeNewFile(
      postlog, Array("#!/bin/sh\nmkdir '\(history.path(2))/change.json.new'\n".utf8))
    chmod(postlog, 0o755)
    try scratch.write("main.cf", try scratch.mainText + "command_directory = \(programs)\n")
    let changed = try scratch.mainText
    let first = try history.record(1)
    #expect {
      try transaction.apply(.undo(1))
    } throws: { error in
      if case .putBack? = error as? ChangeError { true } else { false }
    }
    #expect(try scratch.mainText == changed)
    #expect(try history.record(1) == first)
    #expect(ChangeGuard(history, 1).isOpen)
    #expect(try transaction.waiting()?.number == 1)
  }

  /// What an undo took back may be older than what is kept.
  @Test func anUndoOfWhatTheHistoryForgotIsConfirmed() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = try transaction(scratch)
    _ = try transaction.apply(Self.off)
    _ = try transaction.apply(.undo(1))
    var history = try transaction.history()
    var undo = try history.record(2)
    undo.phase = .waiting
    undo.window = ConfirmWindow(seconds: 600)
    try history.update(undo)
    try ChangeGuard(history, 2).open()
    // What waits keeps what it is about.
    history.retention = 1
    let empty = FilePair(main: [], master: [])
    var other = try history.record(1)
    other.phase = .kept
    for _ in 1...2 { _ = try history.add(other, before: empty, after: empty) }
    history.prune()
    #expect(history.records().map(\.number) == [1, 2, 4])
    // Taken away by hand.
    try removeTree(history.path(1))
    try transaction.confirm(2)
    #expect(try history.record(2).phase == .kept)
    #expect(try transaction.recover() == [])
  }
}
