import HostSystem
import Sandbox
import SystemPackage

/// The lines of a sandbox's log from a place on, read by plain text search.
struct SandboxLog {
  let path: String
  private let start: Int

  /// Everything that the log gets from now on.
  init(_ sandbox: SandboxInstance) throws {
    path = sandbox.logFile
    start = try SandboxLog.read(path).count
  }

  private static func read(_ path: String) throws -> [UInt8] {
    let file = try FileDescriptor.open(FilePath(path), .readOnly)
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try block.withUnsafeMutableBytes { try file.read(into: $0) }
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }

  func lines() throws -> [String] {
    try Self.read(path).dropFirst(start).split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// How many lines hold all of these texts.
  func count(_ texts: String...) throws -> Int {
    try lines().count { line in texts.allSatisfy { line.utf8.contains($0.utf8) } }
  }
}

extension Collection where Element == UInt8 {
  /// Plain search for a run of bytes; the standard library has one for its own String only.
  func contains(_ wanted: some Collection<UInt8>) -> Bool {
    var rest = self[...]
    while rest.count >= wanted.count {
      if rest.starts(with: wanted) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
