import PostfixHost

/// What a sandbox remembers between commands: its ports and the processes that it started.
///
/// Kept as lines of `name value` in a file that only root can write.
struct SandboxState: Hashable {
  /// A process by pid and start time, since a pid alone may be another's by now.
  struct ProcessMark: Hashable {
    var pid: Int32
    var startTicks: UInt64

    init(_ process: LiveProcess) {
      pid = process.pid
      startTicks = process.startTicks
    }

    fileprivate init?(_ text: String) {
      let parts = text.split(separator: " ")
      guard parts.count == 2, let pid = Int32(parts[0]), let start = UInt64(parts[1]) else {
        return nil
      }
      (self.pid, startTicks) = (pid, start)
    }

    /// The process if it still runs.
    var process: LiveProcess? {
      guard let found = LiveProcess(pid: pid), found.startTicks == startTicks, !found.isZombie
      else { return nil }
      return found
    }
  }

  var smtpPort: UInt16 = 0
  var submissionPort: UInt16 = 0
  var dnsAddress = ""
  var master: ProcessMark?
  var dns: ProcessMark?

  init() {}

  /// Reads the lines; what is missing or not understood keeps its default.
  init(_ bytes: [UInt8]) {
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "smtp_port": smtpPort = UInt16(parts[1]) ?? 0
      case "submission_port": submissionPort = UInt16(parts[1]) ?? 0
      case "dns_address": dnsAddress = parts[1]
      case "master": master = ProcessMark(parts[1])
      case "dns": dns = ProcessMark(parts[1])
      default: continue
      }
    }
  }

  /// The lines, to be read again by `init`.
  var text: String {
    var lines = ["smtp_port \(smtpPort)", "submission_port \(submissionPort)"]
    if !dnsAddress.isEmpty { lines.append("dns_address \(dnsAddress)") }
    if let master { lines.append("master \(master.pid) \(master.startTicks)") }
    if let dns { lines.append("dns \(dns.pid) \(dns.startTicks)") }
    return lines.joined(separator: "\n") + "\n"
  }
}
