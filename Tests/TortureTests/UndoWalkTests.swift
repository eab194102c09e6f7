import Glibc
import HostSystem
import TestSupport
import Testing

@testable import ChangeControl

/// The undo of a change that waits, killed or failing at each system call that changes something: what
/// the history says of the change is what main.cf holds, and it can still be taken back.
@Suite(.serialized, .enabled(if: canTorture, tortureNeeds))
struct UndoWalkTests {
  /// Long enough not to be over within one visit.
  private static let window = 90

  @Test func theUndoIsKilledAtEachChangingCall() throws {
    let start = monotonicSeconds()
    let plan = try Self.plan()
    try #require(plan.changes.count > 100)
    let chosen = every(tortureStep, of: plan.changes)
    let result = walk(chosen, rooms: 3) { room, point in
      let new = try Self.enable(in: room)
      _ = try Self.undo(in: room, at: point, .kill)
      let isStruck = Strace.hasStruck(.kill, log: room.log)
      let found = try Self.complaints(in: room, new: new)
      return isStruck ? .struck(complaints: found, lateness: 0) : .missed
    }
    result.report(
      "postgate undo killed", of: plan.changes.count, seconds: monotonicSeconds() - start)
    #expect(result.failures == [])
    #expect(result.struck * 10 >= chosen.count * 9)
  }

  @Test func theUndoMeetsEachErrorAtEachChangingCall() throws {
    let start = monotonicSeconds()
    let plan = try Self.plan()
    let faults = plan.points.flatMap { point in
      (ErrorWalkTests.errors[point.name] ?? []).map {
        ErrorWalkTests.Fault(point: point, error: $0)
      }
    }
    try #require(faults.count > 300)
    let chosen = every(tortureStep == 1 ? 1 : tortureStep * 4 + 3, of: faults)
    let result = walk(chosen, rooms: 3) { room, fault in
      let new = try Self.enable(in: room)
      let strike = Strike.error(fault.error)
      let ended = try Self.undo(in: room, at: fault.point, strike)
      let isStruck = Strace.hasStruck(strike, log: room.log)
      var found: [String] = []
      if !ended.succeeded && ended.errorText.isEmpty { found.append("no message") }
      if !ended.succeeded && fault.error == "EINTR" {
        found.append("an interrupted call was not repeated")
      }
      found += try Self.complaints(in: room, new: new)
      guard isStruck else { return .missed }
      return .struck(
        complaints: found.map { "\($0) [\(ended.ending) \(ended.errorText)]" }, lateness: 0)
    }
    result.report(
      "postgate undo with errors", of: faults.count, seconds: monotonicSeconds() - start)
    #expect(result.failures == [])
    #expect(result.struck * 10 >= chosen.count * 9)
  }

  /// The points of an undisturbed undo.
  private static func plan() throws -> TorturePlan {
    let room = try TortureRoom()
    _ = try enable(in: room)
    let result = try room.run(Strace.recording(room.arguments("undo", "1"), to: room.log))
    guard result.succeeded else { throw ScratchError(description: result.errorText) }
    return try TorturePlan(room, after: room.old.bytes)
  }

  /// Makes the change that is to be undone; main.cf as it is then.
  private static func enable(in room: TortureRoom) throws -> [UInt8] {
    let result = try room.run(
      room.arguments("enable", "reject_unknown_helo_hostname", "--confirm", "\(window)"))
    guard result.succeeded else { throw ScratchError(description: result.errorText) }
    return try readFile(room.scratch.instance.mainCF).bytes
  }

  private static func undo(
    in room: TortureRoom, at point: CallPoint, _ strike: Strike
  ) throws -> CommandResult {
    try room.run(
      Strace.striking(
        room.localised(point), strike, room.arguments("undo", "1"), log: room.log))
  }

  /// What must hold after any interruption, in the order in which an administrator would find out.
  private static func complaints(in room: TortureRoom, new: [UInt8]) throws -> [String] {
    var found = try room.fileComplaints(allowed: [room.old.bytes, new])
    found += room.postfixComplaints()
    let status = try room.run(room.arguments("status"))
    if !status.succeeded || status.outputText.contains("not repaired") {
      found.append("status: \(status.ending) \(status.outputText) \(status.errorText)")
    }
    let history = try room.transaction().history()
    if let record = history.records().last(where: { $0.phase == .prepared }) {
      found.append("status left \(record.summary)")
    }
    let first = try history.record(1)
    if try readFile(room.scratch.instance.mainCF).bytes == new {
      let armed = ChangeGuard(history, 1)
      if first.phase != .waiting || !armed.isOpen || !armed.isWatched {
        found.append("in force, but \(first.summary) \(first.notes), watched: \(armed.isWatched)")
      }
      let again = try room.run(room.arguments("undo", "1"))
      if !again.succeeded { found.append("the next undo: \(again.errorText)") }
    }
    found += try room.fileComplaints(allowed: [room.old.bytes])
    if ![.undone, .timedOut].contains(try history.record(1).phase) {
      found.append("taken back, but \(try history.record(1).summary)")
    }
    do {
      let outcome = try room.nextChange()
      if outcome.result != .kept { found.append("the next change: \(outcome.result)") }
    } catch {
      found.append("the next change: \(error)")
    }
    return try found + room.leftOvers()
  }
}
