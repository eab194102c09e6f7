import Glibc
import SystemPackage

/// Reads a file of /proc or /sys, whose size stat(2) does not know.
///
/// - Throws: ``SystemError`` when it cannot be read.
public func readProcFile(_ path: String) throws(SystemError) -> String {
  let file = try OpenFile(path, O_RDONLY)
  return String(decoding: try file.readAll(limit: 16 << 20), as: UTF8.self)
}

/// The name of a running process (`/proc/PID/comm`), nil when there is none.
public func processName(_ pid: Int32) -> String? {
  guard let text = try? readProcFile("/proc/\(pid)/comm") else { return nil }
  return text.hasSuffix("\n") ? String(text.dropLast()) : text
}

/// Seconds that a process has been running, nil when there is none.
public func processAge(_ pid: Int32) -> Double? {
  guard let text = try? readProcFile("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
    return nil
  }
  // proc(5): field 22 is the start in clock ticks since boot; fields 1 and 2 stand before `end`.
  let fields = text[text.index(after: end)...].split(separator: " ")
  guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
  return max(0, monotonicSeconds() - ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
}
