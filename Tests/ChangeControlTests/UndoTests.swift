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
}
