import Glibc
import HostSystem
import TestSupport

@testable import PostfixConfig

/// The installed postconf(1) on files of our own.
struct Postconf {
  static let path = "/usr/sbin/postconf"
  static let isInstalled = access(path, X_OK) == 0

  /// A directory of the test's own.
  let directory: String

  /// Calls `body` with a directory that is removed afterwards.
  static func with<Result>(_ body: (Postconf) throws -> Result) throws -> Result {
    try withTemporaryDirectory { try body(Postconf(directory: $0)) }
  }

  /// Writes both files with an old date: a fresh main.cf makes postconf wait until it has cooled down.
  func write(main: [UInt8], master: [UInt8]) throws {
    for (name, bytes) in [("main.cf", main), ("master.cf", master)] {
      let path = "\(directory)/\(name)"
      try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644).writeAll(bytes)
      let old = timeval(tv_sec: 1_500_000_000, tv_usec: 0)
      utimes(path, [old, old])
    }
  }

  /// What postconf prints, line by line; nil when it refuses the files.
  func lines(_ arguments: [String]) throws -> [[UInt8]]? {
    let result = try Command(Self.path, ["-c", directory] + arguments).run()
    guard result.succeeded else { return nil }
    return result.output.split(separator: 10, omittingEmptySubsequences: false).dropLast().map {
      Array($0)
    }
  }

  /// What postconf prints as `name = value`, both with single blanks; nil when it refuses the files.
  func settings(_ arguments: [String]) throws -> [[UInt8]: [UInt8]]? {
    try lines(arguments).map { lines in
      var values: [[UInt8]: [UInt8]] = [:]
      for line in lines {
        guard let equals = line.firstIndex(of: Byte.equals) else { continue }
        values[Self.folded(line[..<equals])] = Self.folded(line[(equals + 1)...])
      }
      return values
    }
  }

  /// postconf prints every run of white space as one blank, so that is how values compare.
  static func folded(_ bytes: some Collection<UInt8>) -> [UInt8] {
    Array(bytes.split(whereSeparator: \.isSpace).joined(separator: [32]))
  }

  static func folded(_ text: String) -> [UInt8] { folded(Array(text.utf8)) }
}
