// console-benchmark BINARY BIG-LOG: what the console costs, seen from outside through its terminal.
//
// Prints figures, judges none. KEYS (default 1000) and SOAK (sessions as fast as they are read, default
// 1000000; an hour of 1,000 a second has 3600000) set the length; with SOAK_SECONDS the soak is repeated in
// real time, 1,000 sessions a second. ONLY=bytes (or start, keys, soak) leaves the others out.

import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport

guard CommandLine.arguments.count == 3 else { stop("usage: console-benchmark BINARY BIG-LOG") }
// Who stops reading the figures (`make bench | head`) must not leave a Postfix behind.
signal(SIGPIPE, SIG_IGN)
let binary = CommandLine.arguments[1]
let bigLog = CommandLine.arguments[2]

func isWanted(_ part: String) -> Bool {
  getenv("ONLY").map { String(cString: $0) == part } ?? true
}

/// Prints a line at once, since the next figure may take a minute.
func say(_ line: String) {
  print(line)
  fflush(nil)
}

func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

func firstScreen(_ sandbox: SandboxInstance, state: String) {
  let configuration = sandbox.instance.configurationDirectory
  for (name, log, isHot) in [
    ("on the sandbox", nil, false), ("with the big log", bigLog, false),
    ("on a main.cf that has just changed", nil, true),
  ] as [(String, String?, Bool)] {
    var times: [Double] = []
    for _ in 0..<10 {
      if isHot { utimes(sandbox.instance.mainCF, nil) }
      let console = Console(binary, configuration: configuration, state: state, log: log)
      times.append(console.seconds(until: "permit_mynetworks") * 1000)
      console.quit()
    }
    times.sort()
    say(
      "first screen:   \(name) \(rounded(times[5])) ms (median of 10, slowest \(rounded(times[9])))"
    )
  }
}

func latency(_ sandbox: SandboxInstance, state: String) {
  let console = Console(
    binary, configuration: sandbox.instance.configurationDirectory, state: state)
  _ = console.seconds(until: "permit_mynetworks")
  let feeder = LogFeeder(path: sandbox.logFile, rate: 50_000)
  feeder.start()
  sleep(2)
  var times: [Double] = []
  let keys = setting("KEYS", 1000)
  let begin = monotonicSeconds()
  for number in 0..<keys {
    let (key, text) = number % 2 == 0 ? ("?", " Keys ") : ("q", "permit_mynetworks")
    times.append(console.milliseconds(of: key, until: text))
    let left = begin + Double(number + 1) / 20 - monotonicSeconds()
    if left > 0 { usleep(UInt32(left * 1_000_000)) }
  }
  let rate = Double(feeder.lines) / (monotonicSeconds() - begin + 2)
  feeder.stop()
  times.sort()
  say(
    "keys:           \(keys) at 20/s while \(Int(rate)) log lines/s come in: median "
      + "\(rounded(times[keys / 2])) ms, 99% within \(rounded(times[keys * 99 / 100])) ms, all within "
      + "\(rounded(times[keys - 1])) ms")
  console.quit()
}

func bytes(_ sandbox: SandboxInstance, state: String) {
  let configuration = sandbox.instance.configurationDirectory
  // A log in which nothing has happened for long: rates and sparklines stand still too.
  var console = Console(binary, configuration: configuration, state: state, log: bigLog)
  _ = console.seconds(until: "permit_mynetworks")
  // Behind the turn of a minute, which moves the clock.
  while time(nil) % 60 > 35 { sleep(1) }
  console.bytes(during: 4)
  say("bytes:          \(console.bytes(during: 15).count) in 15 s while nothing changes")
  console.quit()

  console = Console(binary, configuration: configuration, state: state)
  _ = console.seconds(until: "permit_mynetworks")
  console.program.type("p")
  var feeder = LogFeeder(path: sandbox.logFile, rate: 30)
  feeder.start()
  console.bytes(during: 3)
  let counters = console.bytes(during: 10).count / 10
  say("bytes:          \(counters) a second while only counters move, 10 sessions a second")
  console.program.type("p3")
  feeder.stop()
  console.bytes(during: 2)
  feeder = LogFeeder(path: sandbox.logFile, rate: 30)
  feeder.start()
  console.bytes(during: 2)
  let sent = console.bytes(during: 15)
  feeder.stop()
  var scanner = TerminalOutputScanner(sent)
  _ = scanner.complaints()
  let visible = scanner.visibleBytes
  say(
    "bytes:          new log lines, with the counters above them, cost "
      + "\(Double(sent.count * 100 / max(1, visible)) / 100) times their visible bytes")
  console.quit()
}

/// So many sessions at this rate, three lines each, in the log's tail.
func soak(_ sandbox: SandboxInstance, state: String, sessions: Int, rate: Int) {
  let console = Console(
    binary, configuration: sandbox.instance.configurationDirectory, state: state)
  _ = console.seconds(until: "permit_mynetworks")
  let feeder = LogFeeder(path: sandbox.logFile, rate: rate * 3)
  let begin = monotonicSeconds()
  feeder.start()
  var course: [String] = []
  for quarter in 1...4 {
    while feeder.lines < sessions * 3 * quarter / 4 { console.bytes(during: 1) }
    course.append("\(console.memory("VmRSS") / 1024)")
  }
  let seconds = monotonicSeconds() - begin
  feeder.stop()
  console.bytes(during: 2)
  say(
    "memory:         \(console.memory("VmHWM") / 1024) MiB at most with \(feeder.lines / 3) sessions at "
      + "\(Int(Double(feeder.lines / 3) / seconds)) a second in the log's tail "
      + "(\(course.joined(separator: ", ")) MiB after each quarter)")
  console.quit()
}

do {
  try withTemporaryDirectory { directory in
    let sandbox = SandboxInstance(directory: directory + "/sandbox")
    _ = try sandbox.start()
    let state = directory + "/state"
    if isWanted("start") { firstScreen(sandbox, state: state) }
    if isWanted("bytes") { bytes(sandbox, state: state) }
    if isWanted("keys") { latency(sandbox, state: state) }
    if isWanted("soak") {
      soak(sandbox, state: state, sessions: setting("SOAK", 1_000_000), rate: 20_000)
      let seconds = setting("SOAK_SECONDS", 0)
      if seconds > 0 { soak(sandbox, state: state, sessions: seconds * 1000, rate: 1000) }
    }
    try sandbox.remove()
  }
} catch {
  stop("\(error)")
}
