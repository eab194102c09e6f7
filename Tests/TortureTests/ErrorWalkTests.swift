import ChangeControl
import Glibc
import HostSystem
import TestSupport
import Testing

/// Each changing call fails in each way that it can: a message, the old file, or the whole change.
@Suite(.serialized, .enabled(if: canTorture, tortureNeeds))
struct ErrorWalkTests {
  struct Fault: Sendable, CustomStringConvertible {
    var point: CallPoint
    var error: String

    var description: String { "\(error) at \(point)" }
  }

  /// What the calls can return (their manual pages, section ERRORS, and those of the file systems).
  static let errors: [String: [String]] = {
    let name = ["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT"]
    let data = ["ENOSPC", "EIO", "EDQUOT", "EINTR"]
    let attribute = ["EIO", "EROFS", "EACCES"]
    return [
      "openat": name + ["EMFILE", "EINTR"], "write": data, "fsync": data,
      "ftruncate": ["EIO", "EROFS", "EINTR"], "rename": name, "mkdir": name,
      "unlink": attribute, "unlinkat": attribute, "chmod": attribute, "fchmod": attribute,
      "chown": attribute, "fchown": attribute, "utimensat": attribute,
      "fsetxattr": ["ENOSPC", "EDQUOT", "EACCES", "EIO"], "flock": ["EINTR"],
      "connect": ["EINTR", "EACCES"], "bind": ["EACCES", "EROFS"],
      "pipe2": ["EMFILE"], "socket": ["EMFILE"],
    ]
  }()

  @Test func theCommandMeetsEachErrorAtEachChangingCall() throws {
    let start = monotonicSeconds()
    let plan = try TorturePlan.ofCommand()
    let faults = plan.points.flatMap { point in
      (Self.errors[point.name] ?? []).map { Fault(point: point, error: $0) }
    }
    try #require(faults.count > 300)
    // There are several errors a point, so continuous integration takes fewer of them. A stride that
    // shares no factor with the lengths of the lists meets every error.
    let chosen = every(tortureStep == 1 ? 1 : tortureStep * 4 + 3, of: faults)
    let result = walk(chosen, rooms: 3) { room, fault in
      try Self.visit(fault, in: room, after: room.localised(plan.after))
    }
    result.report(
      "postgate enable with errors", of: faults.count, seconds: monotonicSeconds() - start)
    #expect(result.failures == [])
    #expect(result.struck * 10 >= chosen.count * 9)
  }

  private static func visit(
    _ fault: Fault, in room: TortureRoom, after: [UInt8]
  ) throws -> PointResult {
    let strike = Strike.error(fault.error)
    let ended = try room.run(
      Strace.striking(room.localised(fault.point), strike, room.enable, log: room.log))
    let isStruck = Strace.hasStruck(strike, log: room.log)
    var found = try immediate(ended, fault, room, after)
    let (later, lateness) = try room.complaints(new: after)
    found += later
    guard isStruck else { return .missed }
    return .struck(
      complaints: found.map { "\($0) [\(ended.ending) \(ended.errorText)]" }, lateness: lateness)
  }

  /// What must hold as soon as the command has ended.
  private static func immediate(
    _ ended: CommandResult, _ fault: Fault, _ room: TortureRoom, _ after: [UInt8]
  ) throws -> [String] {
    switch ended.ending {
    case .exited(0):
      // The window may be over by now.
      return try room.fileComplaints(allowed: [after, room.old.bytes])
        + (ended.outputText.contains("waits") || isOutput(fault) ? [] : ["done, but nothing said"])
    case .exited:
      // Whoever cannot say that it is done still has done it.
      var found = try room.fileComplaints(
        allowed: [room.old.bytes] + (isOutput(fault) ? [after] : []))
      if fault.error == "EINTR" { found.append("an interrupted call was not repeated") }
      if ended.errorText.isEmpty { found.append("no message") }
      return found
    default: return ["it ended with \(ended.ending)"]
    }
  }

  /// Of its own words on the terminal.
  private static func isOutput(_ fault: Fault) -> Bool {
    fault.point.text.hasPrefix("write(1,") || fault.point.text.hasPrefix("write(2,")
  }
}
