import ChangeControl
import Glibc
import HostSystem
import TestSupport

/// The points of an undisturbed run, and the main.cf that it writes; valid in any room.
struct TorturePlan: Sendable {
  var points: [CallPoint]
  var after: [UInt8]

  /// Those that change something.
  var changes: [CallPoint] { points.filter { !CallPoint.limited.contains($0.name) } }

  /// `postgate enable … --confirm`, until it has said that the change waits.
  static func ofCommand() throws -> TorturePlan {
    let room = try TortureRoom()
    let result = try room.run(Strace.recording(room.enable, to: room.log))
    guard result.succeeded else { throw ScratchError(description: result.errorText) }
    let after = try readFile(room.scratch.instance.mainCF).bytes
    let plan = try TorturePlan(room, after: after)
    try room.takenBack()
    return plan
  }

  /// The guard of such a change, until it has taken the change back.
  static func ofGuard() throws -> TorturePlan {
    let room = try TortureRoom()
    try room.applyWithGuard { Strace.recording($0, to: room.log) }
    let after = try readFile(room.scratch.instance.mainCF).bytes
    try room.takenBack()
    // strace writes what the guard did last when the guard has ended.
    usleep(500_000)
    return try TorturePlan(room, after: after)
  }

  init(_ room: TortureRoom, after: [UInt8]) throws {
    let trace = String(decoding: try readFile(room.log).bytes, as: UTF8.self)
    points = CallPoint.points(inTrace: room.generalised(trace))
    self.after = Array(room.generalised(String(decoding: after, as: UTF8.self)).utf8)
  }
}

extension TortureRoom {
  private var encodedRoot: String { StateDirectory.instanceName(for: scratch.root) }

  /// Text with this room's places replaced by marks that any room understands.
  func generalised(_ text: String) -> String {
    text.replacing(scratch.root, with: "@ROOT@").replacing(encodedRoot, with: "@NAME@")
  }

  func localised(_ text: String) -> String {
    text.replacing("@ROOT@", with: scratch.root).replacing("@NAME@", with: encodedRoot)
  }

  func localised(_ bytes: [UInt8]) -> [UInt8] {
    Array(localised(String(decoding: bytes, as: UTF8.self)).utf8)
  }

  func localised(_ point: CallPoint) -> CallPoint {
    var point = point
    point.path = point.path.map { localised($0) }
    return point
  }

  /// Makes the change with a guard that runs under `wrap` (given its command, made a command).
  ///
  /// A guard that dies before it watches makes the change fail: that is no error here.
  func applyWithGuard(_ wrap: ([String]) -> [String]) throws {
    let script = scratch.root + "/guard"
    // "$@" stands behind the last word: the arguments that postgate gives its guard.
    let words = wrap([postgateProgram]).map { "'\($0)'" }.joined(separator: " ")
    try? removeTree(script)
    try? removeTree(log)
    try writeNewFile(script, Array("#!/bin/sh\nexec \(words) \"$@\"\n".utf8), mode: 0o755)
    var transaction = try transaction()
    transaction.guardExecutable = script
    var options = ChangeOptions()
    options.confirmSeconds = Self.window
    options.settleSeconds = 0
    let text = try scratch.mainText
    let edited = text.replacing("helo_required = yes", with: "helo_required = no")
    _ = try? transaction.apply(
      .text(original: Array(text.utf8), edited: Array(edited.utf8)), options: options)
  }

  /// Waits until the unconfirmed change is gone again.
  func takenBack() throws {
    let history = try transaction().history()
    let isGone = try waitUntil(15) {
      let main = try FileState(scratch.instance.mainCF)
      return main == old && history.records().allSatisfy { $0.phase == .timedOut }
    }
    guard isGone else { throw ScratchError(description: "it was not taken back") }
  }
}
