// following-benchmark DIRECTORY: what following a busy log through its rotations costs, and whether
// every line is counted once.
//
// Writes FOLLOW_RATE lines a second (default 200000) for FOLLOW_SECONDS (default 10) below DIRECTORY.
// Ends with status 1 when a line was lost or counted twice.

import Glibc
import HostSystem
import TestSupport

guard CommandLine.arguments.count == 2 else {
  print("usage: following-benchmark DIRECTORY")
  exit(64)
}

func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

let rate = setting("FOLLOW_RATE", 200_000)
let seconds = setting("FOLLOW_SECONDS", 10)
let directory = CommandLine.arguments[1] + "/following"
mkdir(directory, 0o700)
let scenario = FollowingScenario(directory: directory, seconds: seconds, rate: rate)
let result = try scenario.run()
let lost = result.written - result.counted
print(
  "following:      \(result.written) lines at \(rate)/s, renamed, copied and cut, deleted: "
    + "\(result.counted) counted, \(lost) lost of at most \(result.destroyed.count) that the cut "
    + "destroyed, \(result.cuts) cut reported")
print(
  "                \(result.isExact ? "exact" : "NOT EXACT: \(result.wrongChunks)"), "
    + "\(rounded(result.load)) of one core, \(rounded(result.lag)) s behind at the end")
exit(result.isExact ? 0 : 1)
