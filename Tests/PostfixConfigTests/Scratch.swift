import Glibc
import Testing

/// A private directory for the programs that our reading is held against.
struct Scratch {
  let path: String

  /// Runs `body` with a fresh directory, and removes it with its files afterwards.
  static func with(_ body: (Scratch) throws -> Void) throws {
    var template = Array("/tmp/postgate-config-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    let scratch = Scratch(path: try #require(made))
    defer { scratch.remove() }
    try body(scratch)
  }

  private func remove() {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(directory)
    }
    rmdir(path)
  }

  /// Writes a file with an old date: a fresh main.cf makes postconf wait until it has cooled down.
  func write(_ name: String, _ bytes: [UInt8]) {
    guard let file = fopen("\(path)/\(name)", "w") else {
      Issue.record("cannot write \(name)")
      return
    }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    let old = timeval(tv_sec: 1_500_000_000, tv_usec: 0)
    utimes("\(path)/\(name)", [old, old])
  }

  func read(_ name: String) -> [UInt8] {
    guard let file = fopen("\(path)/\(name)", "r") else { return [] }
    defer { fclose(file) }
    return Self.all(file)
  }

  /// What a command prints.
  func run(_ command: String) -> [UInt8] {
    guard let pipe = popen("(\(command)) 2>/dev/null", "r") else { return [] }
    defer { pclose(pipe) }
    return Self.all(pipe)
  }

  private static func all(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var output: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF {
      output.append(UInt8(truncatingIfNeeded: byte))
    }
    return output
  }
}
