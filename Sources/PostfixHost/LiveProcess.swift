import Glibc
import HostSystem
import SystemPackage

/// What the kernel tells about one process (proc(5)).
///
/// A pid alone does not name a process, since the kernel uses it again: pid and start time do.
public struct LiveProcess: Hashable, Sendable {
  /// The process id.
  public var pid: Int32
  /// The program's name, at most 15 bytes.
  public var name: String
  /// The process id of the parent.
  public var parent: Int32
  /// The start, in clock ticks since boot.
  public var startTicks: UInt64
  /// True for a process that has ended and was not yet waited for.
  public var isZombie: Bool

  /// Reads the process with this id; nil when there is none.
  public init?(pid: Int32) {
    guard pid > 0, let stat = LiveProcFile.read("/proc/\(pid)/stat"),
      let open = stat.firstIndex(of: UInt8(ascii: "(")),
      let close = stat.lastIndex(of: UInt8(ascii: ")")), open < close
    else { return nil }
    // The name stands in parentheses and may hold blanks and parentheses itself.
    let fields = stat[(close + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 19, let parent = Int32(String(decoding: fields[1], as: UTF8.self)),
      let start = UInt64(String(decoding: fields[19], as: UTF8.self))
    else { return nil }
    self.pid = pid
    name = String(decoding: stat[(open + 1)..<close], as: UTF8.self)
    self.parent = parent
    startTicks = start
    isZombie = fields[0].first == UInt8(ascii: "Z") || fields[0].first == UInt8(ascii: "X")
  }

  /// The processes that run now, zombies left out.
  public static func all() -> [LiveProcess] {
    LiveProcFile.entries("/proc").compactMap { name in
      Int32(name).flatMap(LiveProcess.init(pid:)).flatMap { $0.isZombie ? nil : $0 }
    }
  }

  /// The processes that this one has started and that run now.
  ///
  /// The kernel's own list of children is optional (CONFIG_PROC_CHILDREN); without it all processes
  /// are looked at.
  public static func children(of parent: Int32) -> [LiveProcess] {
    guard let list = LiveProcFile.read("/proc/\(parent)/task/\(parent)/children") else {
      return all().filter { $0.parent == parent }
    }
    return list.split(separator: UInt8(ascii: " ")).compactMap { text in
      Int32(String(decoding: text, as: UTF8.self)).flatMap(LiveProcess.init(pid:))
    }.filter { $0.parent == parent && !$0.isZombie }
  }

  /// True while the very same process runs, and not another one with its pid.
  public var isAlive: Bool {
    guard let now = LiveProcess(pid: pid) else { return false }
    return now.startTicks == startTicks && !now.isZombie
  }

  /// The path of the program that runs; nil when we may not look.
  public var executable: String? { LiveProcFile.linkTarget("/proc/\(pid)/exe") }

  /// The working directory, as seen from outside of a chroot; nil when we may not look.
  public var workingDirectory: String? { LiveProcFile.linkTarget("/proc/\(pid)/cwd") }
}
