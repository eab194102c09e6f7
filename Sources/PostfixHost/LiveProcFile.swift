import Glibc
import HostSystem
import SystemPackage

/// Reading below /proc, where files have no size and processes vanish while one looks.
enum LiveProcFile {
  /// Reads a file as a whole; nil when it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
    else { return nil }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 16384)
    while let count = try? block.withUnsafeMutableBytes({ try file.read(into: $0) }) {
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
    return nil
  }

  /// The names in a directory but `.` and `..`; empty when it cannot be read.
  static func entries(_ path: String) -> [String] { (try? directoryEntries(path)) ?? [] }

  /// Where a symbolic link points; nil when it is none or cannot be read.
  static func linkTarget(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &target, target.count)
    guard count >= 0 else { return nil }
    return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
