import ChangeControl
import Glibc
import HostSystem
import TestSupport
import Testing

let canTorture = canRunPostfix && Strace.isPossible
let tortureNeeds: Comment = "SKIPPED: needs root, Postfix and strace"

/// SIGKILL at each system call that changes something: nothing is lost and nobody is locked out.
@Suite(.serialized, .enabled(if: canTorture, tortureNeeds))
struct KillWalkTests {
  @Test func theCommandIsKilledAtEachChangingCall() throws {
    let start = monotonicSeconds()
    let plan = try TorturePlan.ofCommand()
    try #require(plan.changes.count > 100)
    let chosen = every(tortureStep, of: plan.changes)
    let result = walk(chosen, rooms: 3) { room, point in
      let point = room.localised(point)
      _ = try room.run(Strace.striking(point, .kill, room.enable, log: room.log))
      let isStruck = Strace.hasStruck(.kill, log: room.log)
      let (complaints, lateness) = try room.complaints(new: room.localised(plan.after))
      return isStruck ? .struck(complaints: complaints, lateness: lateness) : .missed
    }
    result.report(
      "postgate enable killed", of: plan.changes.count, seconds: monotonicSeconds() - start)
    #expect(result.failures == [])
    #expect(result.struck * 10 >= chosen.count * 9)
  }

  @Test func theGuardIsKilledAtEachChangingCall() throws {
    let start = monotonicSeconds()
    let plan = try TorturePlan.ofGuard()
    try #require(plan.changes.count > 20)
    let chosen = every(tortureStep, of: plan.changes)
    let result = walk(chosen, rooms: 3) { room, point in
      let point = room.localised(point)
      try room.applyWithGuard { Strace.striking(point, .kill, $0, log: room.log) }
      let isStruck = waitUntil(Double(TortureRoom.window) + 8) {
        Strace.hasStruck(.kill, log: room.log)
      }
      let (complaints, _) = try room.complaints(new: room.localised(plan.after))
      // The guard that was to be in time is the one that died.
      return isStruck ? .struck(complaints: complaints, lateness: 0) : .missed
    }
    result.report(
      "the guard killed", of: plan.changes.count, seconds: monotonicSeconds() - start)
    #expect(result.failures == [])
    #expect(result.struck * 10 >= chosen.count * 9)
  }
}
