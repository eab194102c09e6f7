import ChangeControl
import Glibc
import HostSystem
import TestSupport
import Testing

/// Postfix's programs that postgate runs are killed, each at its start and before its end.
@Suite(.serialized, .enabled(if: canTorture, tortureNeeds))
struct ProgramWalkTests {
  struct Point: Sendable, CustomStringConvertible {
    var call: Int
    var command: String
    var moment: String

    var description: String { "\(command) (call \(call)) killed at its \(moment)" }
  }

  @Test func eachOfPostfixsProgramsIsKilled() throws {
    let start = monotonicSeconds()
    guard canMount else { return print("*** SKIPPED: needs mount(2) ***") }
    let (points, after) = try Self.points()
    try #require(points.count > 10)
    let chosen = every(tortureStep, of: points)
    let result = walk(chosen, rooms: 3) { room, point in
      let programs = try InterposedPrograms(room.scratch.root + "/programs")
      let ended = try room.run(
        programs.around(room.enable, striking: point.call, at: point.moment))
      var found =
        ended.succeeded || !ended.errorText.isEmpty ? [] : ["no message [\(ended.ending)]"]
      // The guard meets some of them.
      _ = waitUntil(Double(TortureRoom.window) + 1) { programs.hasStruck }
      let isStruck = programs.hasStruck
      let (complaints, lateness) = try room.complaints(new: room.localised(after))
      found += complaints
      programs.remove()
      return isStruck
        ? .struck(complaints: found.map { "\($0) [\(ended.errorText)]" }, lateness: lateness)
        : .missed
    }
    result.report(
      "Postfix's programs killed", of: points.count, seconds: monotonicSeconds() - start)
    #expect(result.failures == [])
    #expect(result.struck * 10 >= chosen.count * 9)
  }

  /// The calls of an undisturbed run, the guard's too.
  private static func points() throws -> ([Point], after: [UInt8]) {
    let room = try TortureRoom()
    let programs = try InterposedPrograms(room.scratch.root + "/programs")
    let ended = try room.run(programs.around(room.enable, striking: 0, at: "never"))
    guard ended.succeeded else { throw ScratchError(description: ended.errorText) }
    let after = Array(room.generalised(try room.scratch.mainText).utf8)
    try room.takenBack()
    let points = programs.calls.enumerated().flatMap { index, command in
      ["start", "end"].map { Point(call: index + 1, command: command, moment: $0) }
    }
    return (points, after)
  }
}

/// Scripts in the place of Postfix's programs, in a mount namespace of the program under test: each
/// notes its call, and is killed where it was told.
private final class InterposedPrograms {
  private let directory: String
  private static let programs = [
    "/usr/sbin/postconf", "/usr/sbin/postfix", "/usr/sbin/postlog", "/usr/lib/postfix/sbin/master",
    "/usr/lib/postfix/sbin/smtpd",
  ]

  init(_ directory: String) throws {
    self.directory = directory
    try removeTree(directory)
    mkdir(directory, 0o755)
    // Under their own names: master names its lock after itself.
    mkdir(directory + "/real", 0o755)
    for program in Self.programs {
      let name = String(program.split(separator: "/").last ?? "")
      try writeNewFile(
        directory + "/" + name, Array(Self.script(name, directory).utf8), mode: 0o755)
      let real = try readFile(program)
      try writeNewFile(directory + "/real/" + name, real.bytes, mode: 0o755)
    }
  }

  /// What Postfix's own programs run is left alone.
  private static func script(_ name: String, _ directory: String) -> String {
    """
    #!/bin/sh
    d='\(directory)'
    read -r parent <"/proc/$PPID/comm"
    [ "$parent" = postgate ] || exec "$d/real/\(name)" "$@"
    call=1
    while ! mkdir "$d/call-$call" 2>/dev/null; do call=$((call + 1)); done
    echo "\(name) $*" >"$d/call-$call/command"
    read -r wanted moment <"$d/strike"
    [ "$call" = "$wanted" ] || exec "$d/real/\(name)" "$@"
    : >"$d/struck"
    if [ "$moment" = end ]; then
      if [ \(name) = master ]; then
        "$d/real/master" "$@" &
        sleep 0.2
        kill -KILL $!
      else
        "$d/real/\(name)" "$@"
      fi
    fi
    kill -KILL $$

    """
  }

  /// The words that run `command` with the scripts in the programs' places.
  func around(_ command: [String], striking call: Int, at moment: String) throws -> [String] {
    try writeNewFile(directory + "/strike", Array("\(call) \(moment)\n".utf8), mode: 0o644)
    let mounts = Self.programs.map { program in
      let name = program.split(separator: "/").last ?? ""
      return "mount --bind '\(directory)/\(name)' \(program)"
    }
    return ["/usr/bin/unshare", "-m", "/bin/sh", "-c"]
      + [(mounts + ["exec \"$@\""]).joined(separator: " && "), "sh"] + command
  }

  /// What was called, in order.
  var calls: [String] {
    var found: [String] = []
    while let file = try? readFile("\(directory)/call-\(found.count + 1)/command") {
      found.append(String(String(decoding: file.bytes, as: UTF8.self).prefix(60)))
    }
    return found
  }

  var hasStruck: Bool { access(directory + "/struck", F_OK) == 0 }

  func remove() { try? removeTree(directory) }
}
