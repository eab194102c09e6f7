import Glibc
import HostSystem
import TestSupport

/// The console under measurement, in a terminal of ours.
struct Console {
  let program: TerminalProgram

  /// Opens it at 80x24; ends the benchmark when that fails.
  init(_ binary: String, configuration: String, state: String, log: String? = nil) {
    let options = ["-c", configuration] + (log.map { ["--log", $0] } ?? [])
    guard
      let program = TerminalProgram(
        [binary] + options, environment: ["POSTGATE_STATE_DIRECTORY": state])
    else { stop("the console could not be started") }
    self.program = program
  }

  /// Seconds from the start until this text was on the screen.
  func seconds(until text: String) -> Double {
    guard program.output(until: { contains($0, text) }) != nil else { stop("\(text) never came") }
    return monotonicSeconds() - program.started
  }

  /// Types a key and tells how long it took until the screen showed this text, in milliseconds.
  func milliseconds(of key: String, until text: String) -> Double {
    let begin = monotonicSeconds()
    program.type(key)
    guard program.output(within: 10, until: { contains($0, text) }) != nil else {
      stop("\(text) never came")
    }
    return (monotonicSeconds() - begin) * 1000
  }

  /// What came within so many seconds.
  @discardableResult
  func bytes(during seconds: Double) -> [UInt8] {
    var bytes: [UInt8] = []
    let end = monotonicSeconds() + seconds
    while monotonicSeconds() < end { bytes += program.output(wait: end - monotonicSeconds()) }
    return bytes
  }

  /// A figure of its memory in KiB: `VmRSS` now, `VmHWM` at its highest (proc(5)).
  func memory(_ name: String) -> Int {
    let text = (try? readProcFile("/proc/\(program.pid)/status")) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  func quit() {
    program.type("qq")
    _ = waitUntil { program.ended() != nil }
  }

  private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...(bytes.count - wanted.count)).contains { start in
      bytes[start] == wanted[0] && bytes[start..<(start + wanted.count)].elementsEqual(wanted)
    }
  }
}

/// Ends the benchmark with a reason.
func stop(_ reason: String) -> Never {
  print("console benchmark: \(reason)")
  exit(1)
}
