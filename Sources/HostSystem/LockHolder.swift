import CHostSystem
import Glibc

/// The process that holds a flock on the file at `path` (a link is not followed), by /proc/locks; nil
/// when none does or there is no such file.
///
/// The lock is not tried, since that could keep its owner from it. The kernel names the file by the
/// device of its file system; on some (btrfs, as it gives each subvolume a number of its own)
/// stat(2) tells another, so that the device of the mount is looked for as well (proc(5),
/// "mountinfo").
public func lockHolder(ofFile path: String) -> Int32? {
  guard let status = try? FileStatus(of: path, follow: false),
    let table = try? readProcFile("/proc/locks")
  else { return nil }
  let locks = table.split(separator: "\n").compactMap { HeldLock($0) }
    .filter { $0.inode == status.inode }
  guard !locks.isEmpty else { return nil }
  let major = UInt32(truncatingIfNeeded: (status.device >> 8) & 0xFFF)
  let minor = UInt32(
    truncatingIfNeeded: (status.device & 0xFF) | ((status.device >> 12) & 0xFFF00))
  if let lock = locks.first(where: { $0.device == (major, minor) }) { return lock.process }
  guard let mount = mountDevice(of: path) else { return nil }
  return locks.first { $0.device == mount }?.process
}

/// One line of /proc/locks that tells of a flock that is held.
private struct HeldLock {
  var process: Int32
  var device: (major: UInt32, minor: UInt32)
  var inode: UInt64

  /// "1: FLOCK  ADVISORY  WRITE 307 00:2a:257 0 EOF"; nil for other locks and for waiters ("->").
  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard !fields.contains("->"), let start = fields.firstIndex(of: "FLOCK"),
      fields.count > start + 4, let process = Int32(fields[start + 3])
    else { return nil }
    let place = fields[start + 4].split(separator: ":")
    guard place.count == 3, let major = UInt32(place[0], radix: 16),
      let minor = UInt32(place[1], radix: 16), let inode = UInt64(place[2])
    else { return nil }
    self.process = process
    device = (major, minor)
    self.inode = inode
  }
}

/// The device of the mount in which a file lies.
private func mountDevice(of path: String) -> (major: UInt32, minor: UInt32)? {
  let descriptor = chost_open_path(path)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  guard let info = try? readProcFile("/proc/self/fdinfo/\(descriptor)"),
    let line = info.split(separator: "\n").first(where: { $0.hasPrefix("mnt_id:") }),
    let mount = line.split(whereSeparator: { $0.isWhitespace }).last,
    let table = try? readProcFile("/proc/self/mountinfo")
  else { return nil }
  for line in table.split(separator: "\n") {
    let fields = line.split(separator: " ", maxSplits: 3)
    guard fields.count > 2, fields[0] == mount else { continue }
    let numbers = fields[2].split(separator: ":").compactMap { UInt32($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }
  return nil
}
